import { sql } from "kysely";
import type { Db, Tx } from "@/lib/db/database.ts";

/** A tag of a user. */
interface UserTag {
  readonly user_id: number;
  readonly tag: string;
}

/** The tags of a user `u` in alphabetical order, as a part of a statement. */
export const TAGS = sql<string[]>`
  array(select t.tag from user_tags as t where t.user_id = u.id order by t.tag)`;

/** Lists the tags of users in alphabetical order. */
export function listTagsOfUsers(db: Db, userIds: readonly number[]): Promise<UserTag[]> {
  return db.selectFrom("user_tags").select(["user_id", "tag"])
    .where("user_id", "=", sql<number>`any(${userIds}::bigint[])`).orderBy("tag").execute();
}

/** Finds users who have a tag, and users who have as many tags as there may be. */
export async function findTagged(
  tx: Tx,
  userIds: readonly number[],
  { tag, max }: { readonly tag: string; readonly max: number },
): Promise<[tagged: ReadonlySet<number>, full: ReadonlySet<number>]> {
  const rows = await tx.selectFrom("user_tags")
    .select(["user_id", sql<boolean>`bool_or(tag = ${tag})`.as("has_it")])
    .select(sql<boolean>`count(*) >= ${max}::int`.as("is_full"))
    .where("user_id", "=", sql<number>`any(${userIds}::bigint[])`).groupBy("user_id").execute();
  const idsOf = (found: typeof rows) => new Set(found.map(({ user_id }) => user_id));
  return [idsOf(rows.filter((row) => row.has_it)), idsOf(rows.filter((row) => row.is_full))];
}

/** Adds tags to users, who may have some of them already. */
export async function insertUserTags(
  tx: Tx,
  tags: readonly UserTag[],
): Promise<void> {
  await sql`
    insert into user_tags (user_id, tag)
    select user_id, tag from jsonb_to_recordset(${JSON.stringify(tags)}::jsonb)
      as added (user_id bigint, tag text)
    on conflict do nothing
  `.execute(tx);
}

/** Removes a tag from users. Returns those who had it. */
export async function deleteTagOfUsers(
  tx: Tx,
  userIds: readonly number[],
  tag: string,
): Promise<number[]> {
  const rows = await tx.deleteFrom("user_tags")
    .where("user_id", "=", sql<number>`any(${userIds}::bigint[])`).where("tag", "=", tag)
    .returning("user_id").execute();
  return rows.map(({ user_id }) => user_id);
}
