import type { Tx } from "@/lib/db/database.ts";
import { anyOtherActiveAdmin, lockAdmins } from "@/lib/repo/admins.ts";
import { lockUserById, type User } from "@/lib/repo/users.ts";
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
  await lockAdminsAmong(tx, [user]);
  return { user, isLastAdmin: await findLastAdmin(tx, [user]) !== undefined };
}

/** Waits like {@linkcode lockUserAndAdmins} if there is an admin among users who are locked. */
export async function lockAdminsAmong(tx: Tx, users: readonly User[]): Promise<void> {
  if (users.some(({ role }) => role === "admin")) await lockAdmins(tx);
}

/**
 * Of users who are to stop being active admins, returns the one who must stay, because nobody else is
 * an active admin. Call it after {@linkcode lockAdminsAmong}.
 */
export async function findLastAdmin(
  tx: Tx,
  users: readonly User[],
): Promise<number | undefined> {
  const admins = users.filter(({ role, status }) => role === "admin" && status === "active")
    .map(({ id }) => id);
  const isSafe = admins.length === 0 || await anyOtherActiveAdmin(tx, admins);
  return isSafe ? undefined : admins.at(-1);
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
