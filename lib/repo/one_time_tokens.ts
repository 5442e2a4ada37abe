import { type Insertable, type Selectable, sql } from "kysely";
import type { Db, Tx } from "@/lib/db/database.ts";
import type { OneTimeTokensTable } from "@/lib/db/sign_in_tables.ts";
import type { OneTimeKind } from "@/lib/shared/one_time.ts";

/** A row of `one_time_tokens`. */
export type OneTimeToken = Selectable<OneTimeTokensTable>;

/** Stores the hashes of a token and its code. */
export async function insertOneTimeToken(
  tx: Tx,
  token: Insertable<OneTimeTokensTable>,
): Promise<void> {
  await tx.insertInto("one_time_tokens").values(token).execute();
}

/** Finds a token that has not expired. Does not lock it: the user is locked first. */
export function findOneTimeToken(
  db: Db,
  kind: OneTimeKind,
  tokenHash: string,
): Promise<OneTimeToken | undefined> {
  return db.selectFrom("one_time_tokens").selectAll()
    .where("kind", "=", kind).where("token_hash", "=", tokenHash)
    .where("expires_at", ">", sql<Date>`now()`)
    .executeTakeFirst();
}

/** Whether a user has a token of a kind that was asked for after a time. */
export async function hasNewerOneTimeToken(
  db: Db,
  { kind, userId, than }: { kind: OneTimeKind; userId: number; than: Date },
): Promise<boolean> {
  const row = await db.selectFrom("one_time_tokens").select("id")
    .where("kind", "=", kind).where("user_id", "=", userId).where("created_at", ">", than)
    .limit(1).executeTakeFirst();
  return row !== undefined;
}

/** Uses a token up. `false` if somebody else was faster. */
export async function takeOneTimeToken(tx: Tx, id: number): Promise<boolean> {
  const { numDeletedRows } = await tx.deleteFrom("one_time_tokens").where("id", "=", id)
    .where("expires_at", ">", sql<Date>`now()`).executeTakeFirst();
  return numDeletedRows > 0n;
}

/**
 * Counts one try of a user's code and returns the newest token of the kind. `undefined` if its code
 * has expired or was tried `maxTries` times. Commit the transaction, even if the code is wrong.
 */
export function countCodeTry(
  tx: Tx,
  { kind, userId, maxTries }: { kind: OneTimeKind; userId: number; maxTries: number },
): Promise<OneTimeToken | undefined> {
  return tx.updateTable("one_time_tokens").set({ tries: sql<number>`tries + 1` })
    .where("id", "=", (from) =>
      from.selectFrom("one_time_tokens").select("id")
        .where("kind", "=", kind).where("user_id", "=", userId).orderBy("id", "desc").limit(1))
    .where("code_expires_at", ">", sql<Date>`now()`).where("tries", "<", maxTries)
    .returningAll().executeTakeFirst();
}

/** Invalidates all tokens of a user that were made after one of them. */
export async function deleteNewerOneTimeTokens(
  tx: Tx,
  { user_id, id }: Pick<OneTimeToken, "user_id" | "id">,
): Promise<void> {
  await tx.deleteFrom("one_time_tokens").where("user_id", "=", user_id).where("id", ">", id)
    .execute();
}

/**
 * Counts one try of a token and returns it. `undefined` if it has expired or was tried `maxTries`
 * times. Commit the transaction, even if the try fails.
 */
export function countTokenTry(
  tx: Tx,
  id: number,
  maxTries: number,
): Promise<OneTimeToken | undefined> {
  return tx.updateTable("one_time_tokens").set({ tries: sql<number>`tries + 1` })
    .where("id", "=", id).where("expires_at", ">", sql<Date>`now()`)
    .where("tries", "<", maxTries).returningAll().executeTakeFirst();
}

/** Invalidates tokens of some kinds of users, who may be deleted. */
export async function deleteOneTimeTokens(
  tx: Tx,
  userIds: readonly number[],
  kinds: readonly OneTimeKind[],
): Promise<void> {
  const anyOfThem = sql<number>`any(${userIds}::bigint[])`;
  await tx.deleteFrom("one_time_tokens")
    .where((row) =>
      row.or([row("user_id", "=", anyOfThem), row("deleted_user_id", "=", anyOfThem)])
    )
    .where("kind", "in", kinds).execute();
}

/** Deletes up to `limit` expired tokens. Returns how many. */
export async function deleteExpiredOneTimeTokens(db: Db, limit: number): Promise<number> {
  const { numDeletedRows } = await db.deleteFrom("one_time_tokens")
    .where("id", "in", (from) =>
      from.selectFrom("one_time_tokens").select("id")
        .where("expires_at", "<=", sql<Date>`now()`).orderBy("expires_at").limit(limit))
    .executeTakeFirst();
  return Number(numDeletedRows);
}
