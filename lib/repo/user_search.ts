import { type Selectable, sql } from "kysely";
import type { Db, Tx } from "@/lib/db/database.ts";
import type { UsersTable } from "@/lib/db/schema.ts";
import { searchEntry } from "@/lib/shared/search.ts";

/** What a user is found by. */
export interface SearchedNames extends Pick<Selectable<UsersTable>, "id" | "username" | "email"> {
  readonly full_name: string | null;
}

/**
 * Writes the search entries of users. Every function that writes a username, an address or a full
 * name calls this or {@linkcode writeUserSearch} in the same transaction.
 */
export async function refreshUserSearch(tx: Tx, userIds: readonly number[]): Promise<void> {
  if (userIds.length === 0) return;
  const users = await tx.selectFrom("users as u")
    .leftJoin("user_profiles as p", "p.user_id", "u.id")
    .select(["u.id", "u.username", "u.email", "p.full_name"])
    .where("u.id", "=", sql<number>`any(${userIds}::int8[])`)
    .execute();
  await writeUserSearch(tx, users);
}

/** Writes the search entries of users who are called so. */
export async function writeUserSearch(tx: Tx, users: readonly SearchedNames[]): Promise<void> {
  if (users.length === 0) return;
  const entries = users.map(({ id: user_id, username, email, full_name }) => {
    return { user_id, ...searchEntry([username, email, full_name ?? ""]) };
  });
  await sql`
    insert into user_search (user_id, text, grams)
    select user_id, text, grams from jsonb_populate_recordset(
      null::user_search, ${JSON.stringify(entries)}::jsonb
    )
    on conflict (user_id) do update set text = excluded.text, grams = excluded.grams
  `.execute(tx);
}

/** Users of one {@linkcode findUnsearchedUsers}. */
const MAX_FOUND = 2_000;

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
    .limit(MAX_FOUND).execute();
  return rows.map(({ id }) => id);
}
