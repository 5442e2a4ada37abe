import type { Tx } from "@/lib/db/database.ts";
import { anyOtherActiveAdmin, lockAdmins, lockUserById, type User } from "@/lib/repo/users.ts";
import { DomainError } from "@/lib/domain/errors.ts";

/**
 * Locks a user who may stop being an active admin. For an admin it waits until no other transaction
 * can remove one, so that the second of two such changes sees the result of the first. Every
 * transaction locks its user first and this second, which prevents deadlocks.
 *
 * @throws {DomainError} `user_not_found`
 */
export async function lockUserAndAdmins(
  tx: Tx,
  userId: number,
): Promise<{ user: User; isLastAdmin: boolean }> {
  const user = await lockUser(tx, userId);
  if (user.role !== "admin") return { user, isLastAdmin: false };
  await lockAdmins(tx);
  const isLastAdmin = user.status === "active" && !await anyOtherActiveAdmin(tx, userId);
  return { user, isLastAdmin };
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
