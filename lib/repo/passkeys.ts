import { type Insertable, type Selectable, sql } from "kysely";
import type { Db, Tx } from "@/lib/db/database.ts";
import type { PasskeysTable } from "@/lib/db/sign_in_tables.ts";

/** A row of `passkeys`. */
export type Passkey = Selectable<PasskeysTable>;

/** Stores a passkey. Returns no row if somebody has it already. */
export function insertPasskey(
  tx: Tx,
  passkey: Insertable<PasskeysTable>,
): Promise<Passkey | undefined> {
  return tx.insertInto("passkeys").values(passkey)
    .onConflict((row) => row.column("credential_id").doNothing())
    .returningAll().executeTakeFirst();
}

/** Lists the passkeys of a user, oldest first. */
export function listPasskeysOfUser(db: Db, userId: number): Promise<Passkey[]> {
  return db.selectFrom("passkeys").selectAll().where("user_id", "=", userId).orderBy("id")
    .execute();
}

/** Counts the passkeys of a user. */
export async function countPasskeysOfUser(db: Db, userId: number): Promise<number> {
  const { count } = await db.selectFrom("passkeys").where("user_id", "=", userId)
    .select((of) => of.fn.countAll<number>().as("count")).executeTakeFirstOrThrow();
  return count;
}

/** Finds a passkey by the id that its authenticator gave it. */
export function findPasskeyByCredentialId(
  db: Db,
  credentialId: string,
): Promise<Passkey | undefined> {
  return db.selectFrom("passkeys").selectAll().where("credential_id", "=", credentialId)
    .executeTakeFirst();
}

/**
 * Records a use of a passkey. `false` if it is gone, or if its counter has not grown: then there is
 * a copy of it. Many passkeys do not count, and always say 0.
 */
export async function recordPasskeyUse(
  tx: Tx,
  id: number,
  { counter, synced }: Pick<Passkey, "counter" | "synced">,
): Promise<boolean> {
  const { numUpdatedRows } = await tx.updateTable("passkeys")
    .set({ counter, synced, last_used_at: sql<Date>`now()` })
    .where("id", "=", id).where("counter", counter === 0 ? "=" : "<", counter)
    .executeTakeFirst();
  return numUpdatedRows > 0n;
}

/** Renames a passkey of a user. Returns whether it was there. */
export async function updatePasskeyName(
  tx: Tx,
  { user_id, id, name }: Pick<Passkey, "user_id" | "id" | "name">,
): Promise<boolean> {
  const { numUpdatedRows } = await tx.updateTable("passkeys").set({ name })
    .where("id", "=", id).where("user_id", "=", user_id).executeTakeFirst();
  return numUpdatedRows > 0n;
}

/** Deletes a passkey of a user. Returns whether it was there. */
export async function deletePasskey(tx: Tx, userId: number, id: number): Promise<boolean> {
  const { numDeletedRows } = await tx.deleteFrom("passkeys")
    .where("id", "=", id).where("user_id", "=", userId).executeTakeFirst();
  return numDeletedRows > 0n;
}

/** Deletes the passkeys of a user that were added after a time. Returns whether there were any. */
export async function deletePasskeysSince(tx: Tx, userId: number, since: Date): Promise<boolean> {
  const { numDeletedRows } = await tx.deleteFrom("passkeys")
    .where("user_id", "=", userId).where("created_at", ">", since).executeTakeFirst();
  return numDeletedRows > 0n;
}

/** Deletes all passkeys of a user. Returns whether there were any. */
export async function deletePasskeysOfUser(tx: Tx, userId: number): Promise<boolean> {
  const { numDeletedRows } = await tx.deleteFrom("passkeys").where("user_id", "=", userId)
    .executeTakeFirst();
  return numDeletedRows > 0n;
}
