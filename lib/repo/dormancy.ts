import { type RawBuilder, sql, type SqlBool } from "kysely";
import type { Db, Tx } from "@/lib/db/database.ts";
import type { User } from "./users.ts";

/** Since when a user `u` has not signed in. */
const SINCE = sql<Date>`coalesce(u.last_login_at, u.created_at)`;

const ago = (days: number) => sql<Date>`now() - ${days}::int * interval '1 day'`;

/**
 * Whether a user `u` is dormant: active, no admin, and without a sign-in, a session or an API key in
 * use for `days`.
 */
export function isDormant(days: number): RawBuilder<SqlBool> {
  return sql`(
    u.status = 'active' and u.role <> 'admin' and ${SINCE} < ${ago(days)}
    and not exists (
      select from sessions s where s.user_id = u.id and s.last_seen_at >= ${ago(days)}
    )
    and not exists (
      select from api_keys k
      where k.user_id = u.id and k.expires_at > now() and k.last_used_at >= ${ago(days)}
    )
  )`;
}

/** Lists up to `limit` users who are dormant for `days` and were not warned since they signed in. */
export async function findUnwarnedUsers(
  db: Db,
  days: number,
  limit: number,
): Promise<Pick<User, "id" | "username" | "email">[]> {
  return await db.selectFrom("users as u").select(["u.id", "u.username", "u.email"])
    .where(isDormant(days))
    .where(sql<boolean>`not exists (
      select from dormancy_warnings d where d.user_id = u.id and d.warned_at > ${SINCE}
    )`)
    .orderBy(SINCE).limit(limit).execute();
}

/** Notes that users were warned just now. Returns those whom no other process has warned. */
export async function upsertWarnings(
  tx: Tx,
  days: number,
  userIds: readonly number[],
): Promise<ReadonlySet<number>> {
  if (userIds.length === 0) return new Set();
  const rows = await tx.insertInto("dormancy_warnings")
    .values(userIds.map((user_id) => ({ user_id })))
    .onConflict((on) =>
      on.column("user_id").doUpdateSet({ warned_at: sql<Date>`now()`, reminded_at: null })
        .where("dormancy_warnings.warned_at", "<", ago(days))
    ).returning("user_id").execute();
  return new Set(rows.map(({ user_id }) => user_id));
}

/** Lists up to `limit` users who were warned `days` ago and not reminded since. */
export async function findUsersToRemind(db: Db, days: number, limit: number): Promise<number[]> {
  const rows = await db.selectFrom("dormancy_warnings").select("user_id")
    .where("reminded_at", "is", null).where("warned_at", "<=", ago(days))
    .orderBy("warned_at").limit(limit).execute();
  return rows.map(({ user_id }) => user_id);
}

/** Lists up to `limit` users who were reminded `days` ago. */
export async function findUsersToSuspend(db: Db, days: number, limit: number): Promise<number[]> {
  const rows = await db.selectFrom("dormancy_warnings").select("user_id")
    .where("reminded_at", "<=", ago(days)).orderBy("reminded_at").limit(limit).execute();
  return rows.map(({ user_id }) => user_id);
}

/** Whether a user, whom the transaction has locked, is dormant for `days`. */
export async function isUserDormant(tx: Tx, userId: number, days: number): Promise<boolean> {
  const row = await tx.selectFrom("users as u").select("u.id").where("u.id", "=", userId)
    .where(isDormant(days)).executeTakeFirst();
  return row !== undefined;
}

/** Notes that a user was reminded just now. Returns whether nobody had done so. */
export async function markReminded(tx: Tx, userId: number): Promise<boolean> {
  const { numUpdatedRows } = await tx.updateTable("dormancy_warnings")
    .set({ reminded_at: sql<Date>`now()` })
    .where("user_id", "=", userId).where("reminded_at", "is", null).executeTakeFirst();
  return numUpdatedRows > 0n;
}

/** Ends the countdown of a user. Returns whether there was one. */
export async function deleteWarning(tx: Tx, userId: number): Promise<boolean> {
  const { numDeletedRows } = await tx.deleteFrom("dormancy_warnings")
    .where("user_id", "=", userId).executeTakeFirst();
  return numDeletedRows > 0n;
}

/** When a user `u`, who has not signed in since, was warned, as a part of a statement. */
export const WARNED_AT = sql<Date | null>`(
  select d.warned_at from dormancy_warnings d where d.user_id = u.id and d.warned_at > ${SINCE}
)`;

/** Ends up to `limit` countdowns. Returns how many. */
export async function deleteWarnings(db: Db, limit: number): Promise<number> {
  const { numDeletedRows } = await db.deleteFrom("dormancy_warnings")
    .where(
      "user_id",
      "=",
      (from) =>
        sql<number>`any(array(${
          from.selectFrom("dormancy_warnings").select("user_id").orderBy("user_id").limit(limit)
        }))`,
    )
    .executeTakeFirst();
  return Number(numDeletedRows);
}
