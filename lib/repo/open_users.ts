import { type Selectable, sql } from "kysely";
import type { Db } from "@/lib/db/database.ts";
import type { OpenUsersTable, UsersTable } from "@/lib/db/schema.ts";
import { OPEN_MINUTES } from "@/lib/shared/limits.ts";

/** Somebody who has the page of a user open. */
export type Opener =
  & Pick<Selectable<OpenUsersTable>, "opened_at">
  & Pick<Selectable<UsersTable>, "username">;

/** How many others a page names. */
const MAX_OTHERS = 3;

const stillOpen = sql`now() - ${OPEN_MINUTES}::int * interval '1 minute'`;

/**
 * Notes that a viewer has the page of a user open, and returns the others who have: those who opened it
 * in the last {@linkcode OPEN_MINUTES} minutes, the latest first. One statement for both.
 */
export async function touchOpenUser(db: Db, userId: number, viewerId: number): Promise<Opener[]> {
  const { rows } = await sql<Opener>`
    with mine as (
      insert into open_users (user_id, viewer_id) values (${userId}::int8, ${viewerId}::int8)
      on conflict (user_id, viewer_id) do update set seen_at = now(),
        opened_at = case when open_users.seen_at > ${stillOpen}
          then open_users.opened_at else now() end
    )
    select u.username, o.opened_at from open_users o join users u on u.id = o.viewer_id
    where o.user_id = ${userId}::int8 and o.viewer_id <> ${viewerId}::int8
      and o.seen_at > ${stillOpen}
    order by o.seen_at desc limit ${MAX_OTHERS}
  `.execute(db);
  return rows;
}

/** Deletes up to `limit` rows of pages that are not open any more. Returns how many. */
export async function deleteClosedUsers(db: Db, limit: number): Promise<number> {
  const { rows } = await sql`
    delete from open_users o using (
      select user_id, viewer_id from open_users where seen_at <= ${stillOpen}
      order by seen_at limit ${limit}::int
    ) old
    where o.user_id = old.user_id and o.viewer_id = old.viewer_id and o.seen_at <= ${stillOpen}
    returning 1
  `.execute(db);
  return rows.length;
}
