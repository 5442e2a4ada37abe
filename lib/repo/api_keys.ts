import { type Insertable, type Selectable, sql } from "kysely";
import type { Db, Tx } from "@/lib/db/database.ts";
import type { ApiKeysTable } from "@/lib/db/sign_in_tables.ts";
import type { UserProfilesTable, UsersTable } from "@/lib/db/schema.ts";

/** A row of `api_keys`. */
export type ApiKey = Selectable<ApiKeysTable>;

/** A key that works, and its user. */
export type ApiKeyWithUser =
  & Pick<ApiKey, "id" | "user_id" | "name" | "scopes">
  & Pick<Selectable<UsersTable>, "username" | "role">
  & {
    readonly full_name: Selectable<UserProfilesTable>["full_name"] | null;
    readonly image: string | null;
    /** Whether {@linkcode touchApiKey} is due. */
    readonly is_stale: boolean;
  };

/** Minimum time between two writes of `last_used_at`, so that not every request writes. */
const TOUCH_SECONDS = 60;

/** Stores a key. Returns its row. */
export function insertApiKey(tx: Tx, key: Insertable<ApiKeysTable>): Promise<ApiKey> {
  return tx.insertInto("api_keys").values(key).returningAll().executeTakeFirstOrThrow();
}

/** Finds the key with a hash if it works and its user is active. Runs on every request of a key. */
export function findApiKey(db: Db, tokenHash: string): Promise<ApiKeyWithUser | undefined> {
  return db.selectFrom("api_keys as k")
    .innerJoin("users as u", "u.id", "k.user_id")
    .leftJoin("user_profiles as p", "p.user_id", "k.user_id")
    .select(["k.id", "k.user_id", "k.name", "k.scopes"])
    .select(["u.username", "u.role", "p.full_name", "p.image"])
    .select(
      sql<boolean>`coalesce(k.last_used_at < now() - ${TOUCH_SECONDS} * interval '1 second', true)`
        .as("is_stale"),
    )
    .where("k.token_hash", "=", tokenHash)
    .where("k.expires_at", ">", sql<Date>`now()`)
    .where("u.status", "=", "active")
    .executeTakeFirst();
}

/** Records that a key was used just now. A key that has ended meanwhile stays as it is. */
export async function touchApiKey(db: Db, id: number, ip: string): Promise<void> {
  await db.updateTable("api_keys").set({ last_used_at: sql<Date>`now()`, last_ip: ip })
    .where("id", "=", id).execute();
}

/**
 * Makes sure that a key works until the transaction ends: anything that ends it waits. Returns
 * `false` if it has already ended.
 */
export async function holdApiKey(tx: Tx, id: number): Promise<boolean> {
  const row = await tx.selectFrom("api_keys").select("id").where("id", "=", id)
    .where("expires_at", ">", sql<Date>`now()`).forKeyShare().executeTakeFirst();
  return row !== undefined;
}

/** Lists the keys of a user, newest first. */
export function listApiKeysOfUser(db: Db, userId: number): Promise<ApiKey[]> {
  return db.selectFrom("api_keys").selectAll().where("user_id", "=", userId)
    .orderBy("id", "desc").execute();
}

/** Ends a key of a user. Returns it, or `undefined` if it was not there. */
export function deleteApiKeyOfUser(
  tx: Tx,
  userId: number,
  id: number,
): Promise<ApiKey | undefined> {
  return tx.deleteFrom("api_keys").where("id", "=", id).where("user_id", "=", userId)
    .returningAll().executeTakeFirst();
}

/** Ends all keys of users. Returns the user of each key. */
export async function deleteApiKeysOfUsers(
  tx: Tx,
  userIds: readonly number[],
): Promise<number[]> {
  const ended = await tx.deleteFrom("api_keys")
    .where("user_id", "=", sql<number>`any(${userIds}::bigint[])`)
    .returning("user_id").execute();
  return ended.map(({ user_id }) => user_id);
}

/** Deletes up to `limit` keys that ended `days` ago. Returns how many. */
export async function deleteExpiredApiKeys(db: Db, days: number, limit: number): Promise<number> {
  const { numDeletedRows } = await db.deleteFrom("api_keys")
    .where("id", "in", (from) =>
      from.selectFrom("api_keys").select("id")
        .where("expires_at", "<=", sql<Date>`now() - ${days}::int * interval '1 day'`)
        .orderBy("expires_at").limit(limit))
    .executeTakeFirst();
  return Number(numDeletedRows);
}
