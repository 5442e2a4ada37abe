import type { Db, Tx } from "@/lib/db/database.ts";
import type { Database } from "@/lib/db/schema.ts";
import { foldKey } from "@/lib/shared/fold.ts";
import { type QueryCreator, sql } from "kysely";

/** A former name, and the user's id. */
export interface FormerName {
  readonly name: string;
  readonly userId: number;
}

/** Lets users sign in with former names, unless somebody else has the name now. */
export async function insertFormerUsernames(tx: Tx, names: readonly FormerName[]): Promise<void> {
  if (names.length === 0) return;
  const keys = names.map(({ name }) => foldKey(name));
  const ids = names.map(({ userId }) => userId);
  await sql`
    insert into former_usernames (name_key, user_id)
    select name_key, user_id from unnest(${keys}::text[], ${ids}::bigint[]) f (name_key, user_id)
    where not exists (select from users where username_key = f.name_key)
    on conflict (name_key) do update set user_id = excluded.user_id
  `.execute(tx);
}

/** Lists the names that a user had before and can still sign in with, as they are compared. */
export async function listFormerNameKeys(db: Db, userId: number): Promise<string[]> {
  const rows = await db.selectFrom("former_usernames").select("name_key")
    .where("user_id", "=", userId).orderBy("name_key").execute();
  return rows.map(({ name_key }) => name_key);
}

/** Ends the use of a former name that another user has now. */
export function claimNames(db: QueryCreator<Database>, keys: readonly string[]) {
  return db.deleteFrom("former_usernames")
    .where("name_key", "=", sql<string>`any(${keys}::text[])`);
}
