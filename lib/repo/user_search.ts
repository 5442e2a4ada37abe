import { sql } from "kysely";
import type { Db, Tx } from "@/lib/db/database.ts";
import { searchEntry } from "@/lib/shared/search.ts";

/** Rows per statement: PostgreSQL takes 65,535 parameters. */
const ROWS_PER_STATEMENT = 2_000;

/**
 * Writes the search entries of users. Every function that writes a username, an address or a full
 * name calls this in the same transaction.
 */
export async function refreshUserSearch(tx: Tx, userIds: readonly number[]): Promise<void> {
  for (let start = 0; start < userIds.length; start += ROWS_PER_STATEMENT) {
    await refreshSome(tx, userIds.slice(start, start + ROWS_PER_STATEMENT));
  }
}

/**
 * Keeps each statement of the transaction that writes search entries short. PostgreSQL collects
 * entries in a list, and the statement that fills it writes all of them into the index: the embedded
 * database takes 1.5 s for the usual 4 MB, and a quarter of a second for 256 kB.
 */
export async function spreadSearchWrites(tx: Tx): Promise<void> {
  await sql`select set_config('gin_pending_list_limit', '256', true)`.execute(tx);
}

async function refreshSome(tx: Tx, userIds: readonly number[]): Promise<void> {
  const users = await tx.selectFrom("users as u")
    .leftJoin("user_profiles as p", "p.user_id", "u.id")
    .select(["u.id", "u.username", "u.email", "p.full_name"])
    .where("u.id", "=", sql<number>`any(${userIds}::int8[])`)
    .execute();
  if (users.length === 0) return;
  await tx.insertInto("user_search")
    .values(users.map(({ id, username, email, full_name }) => ({
      user_id: id,
      ...searchEntry([username, email, full_name ?? ""]),
    })))
    .onConflict((on) =>
      on.column("user_id").doUpdateSet((column) => ({
        text: column.ref("excluded.text"),
        grams: column.ref("excluded.grams"),
      }))
    )
    .execute();
}

/**
 * Lists users of the last day without a search entry: those who registered at a server of the
 * previous version during a rollout.
 */
export async function findUnsearchedUsers(db: Db): Promise<number[]> {
  const rows = await db.selectFrom("users as u").select("u.id")
    .where("u.created_at", ">", sql<Date>`now() - interval '1 day'`)
    .where(({ exists, not, selectFrom }) =>
      not(exists(selectFrom("user_search as s").whereRef("s.user_id", "=", "u.id")))
    )
    .limit(ROWS_PER_STATEMENT).execute();
  return rows.map(({ id }) => id);
}
