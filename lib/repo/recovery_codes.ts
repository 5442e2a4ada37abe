import type { Db, Tx } from "@/lib/db/database.ts";

/** Stores the hashes of a user's recovery codes instead of all earlier ones. */
export async function replaceRecoveryCodes(
  tx: Tx,
  userId: number,
  hashes: readonly string[],
): Promise<void> {
  await deleteRecoveryCodes(tx, userId);
  await tx.insertInto("recovery_codes")
    .values(hashes.map((code_hash) => ({ user_id: userId, code_hash }))).execute();
}

/** Uses a recovery code up. `false` if there is none, or somebody else was faster. */
export async function takeRecoveryCode(tx: Tx, userId: number, hash: string): Promise<boolean> {
  const { numDeletedRows } = await tx.deleteFrom("recovery_codes")
    .where("user_id", "=", userId).where("code_hash", "=", hash).executeTakeFirst();
  return numDeletedRows > 0n;
}

/** Counts the recovery codes that a user has left. */
export async function countRecoveryCodes(db: Db, userId: number): Promise<number> {
  const { count } = await db.selectFrom("recovery_codes").where("user_id", "=", userId)
    .select((of) => of.fn.countAll<number>().as("count")).executeTakeFirstOrThrow();
  return count;
}

/** Deletes the recovery codes of a user. */
export async function deleteRecoveryCodes(tx: Tx, userId: number): Promise<void> {
  await tx.deleteFrom("recovery_codes").where("user_id", "=", userId).execute();
}
