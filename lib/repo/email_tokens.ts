import { type Insertable, type Selectable, sql } from "kysely";
import type { Db, Tx } from "@/lib/db/database.ts";
import type { EmailTokensTable } from "@/lib/db/schema.ts";

/** Stores the hash of a mailed token. */
export async function insertEmailToken(
  tx: Tx,
  token: Insertable<EmailTokensTable>,
): Promise<void> {
  await tx.insertInto("email_tokens").values(token).execute();
}

/** Uses a token up: finds it once, and only before it expires. */
export function takeEmailToken(
  tx: Tx,
  tokenHash: string,
): Promise<Pick<Selectable<EmailTokensTable>, "user_id" | "email"> | undefined> {
  return tx.deleteFrom("email_tokens")
    .where("token_hash", "=", tokenHash).where("expires_at", ">", sql<Date>`now()`)
    .returning(["user_id", "email"]).executeTakeFirst();
}

/** Whether a link for the address was created for a user within the last `seconds`. */
export async function hasEmailTokenSince(
  tx: Tx,
  { userId, email, seconds }: { userId: number; email: string; seconds: number },
): Promise<boolean> {
  const row = await tx.selectFrom("email_tokens").select("token_hash")
    .where("user_id", "=", userId).where("email", "=", email)
    .where("created_at", ">", sql<Date>`now() - ${seconds} * interval '1 second'`)
    .limit(1).executeTakeFirst();
  return row !== undefined;
}

/** Invalidates a user's mailed links. */
export async function deleteEmailTokensOfUser(tx: Tx, userId: number): Promise<void> {
  await tx.deleteFrom("email_tokens").where("user_id", "=", userId).execute();
}

/** Deletes up to `limit` expired tokens. Returns how many. */
export async function deleteExpiredEmailTokens(db: Db, limit: number): Promise<number> {
  const { numDeletedRows } = await db.deleteFrom("email_tokens")
    .where("token_hash", "in", (from) =>
      from.selectFrom("email_tokens").select("token_hash")
        .where("expires_at", "<=", sql<Date>`now()`).orderBy("expires_at").limit(limit))
    .executeTakeFirst();
  return Number(numDeletedRows);
}
