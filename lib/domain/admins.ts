import type { Tx } from "@/lib/db/database.ts";
import { lockActiveAdmins, lockUserById, type User } from "@/lib/repo/users.ts";
import { DomainError } from "./errors.ts";

/**
 * Locks a user who may be about to stop being an active admin. All active admins are locked first,
 * in the order of their ids: of two such changes at once, the second sees what the first has left.
 *
 * @throws {DomainError} `user_not_found`
 */
export async function lockUserAndAdmins(
  tx: Tx,
  userId: number,
): Promise<{ user: User; isLastAdmin: boolean }> {
  const admins = await lockActiveAdmins(tx);
  const user = await lockUser(tx, userId);
  return { user, isLastAdmin: admins.length === 1 && admins[0] === userId };
}

/**
 * Locks a user.
 *
 * @throws {DomainError} `user_not_found`
 */
export async function lockUser(tx: Tx, userId: number): Promise<User> {
  const user = await lockUserById(tx, userId);
  if (!user) throw new DomainError("user_not_found");
  return user;
}
