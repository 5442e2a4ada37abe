import { type RawBuilder, sql } from "kysely";
import type { Db } from "@/lib/db/database.ts";
import { columnOf, PROFILE_FIELDS, type ProfileField } from "@/lib/shared/profile_form.ts";
import { TAGS } from "./user_tags.ts";
import { listMatchingIds, ORDERS, sliceOf } from "./user_list.ts";
import { matchesOf, type UserMatches, type UserQuery } from "./user_matches.ts";
import { writeCursor } from "./user_order.ts";
import type { User } from "./users.ts";

/** A user as an export has them. Times are texts: the database writes them faster than this process. */
export interface ExportedUser
  extends
    Pick<User, "username" | "email" | "role" | "status" | "status_reason">,
    Readonly<Record<ProfileField, string>> {
  readonly user_id: number;
  readonly email_verified: boolean;
  readonly suspended_until: string | null;
  readonly locked_until: string | null;
  /** With spaces between them. */
  readonly tags: string;
  readonly created_at: string;
  readonly last_login_at: string | null;
}

/** Users of a part of the list. */
export interface ExportedPortion {
  /** May be empty before the end. */
  readonly users: readonly ExportedUser[];
  /** For `after`; `null` at the end. */
  readonly next: string | null;
}

/** Users of the list whom one statement reads, whether they match or not. */
const WALKED_USERS = 1_000;

/** Reads the next part of the list, and returns the users in it who match. */
export async function listExportedUsers(db: Db, query: UserQuery): Promise<ExportedPortion> {
  const { sort, column, direction, begun } = sliceOf(query);
  const matches = matchesOf(query);
  const orderBy = (key: RawBuilder<unknown>) =>
    sql`order by ${key} ${ORDERS[direction]}, u.id ${ORDERS[direction]}`;
  // Ordered by the key and not by the place, which is the same: the planner then knows that the join
  // keeps the order, and the first rows are on their way while the others are read.
  const { rows } = await sql<WalkedUser>`
    select ${EXPORTED}, ${matches.tested} as matches, u.place, u.cursor_key
    from (
      select u.*, ${column.value} as sort_key, ${column.toCursor} as cursor_key,
        row_number() over (${orderBy(column.value)}) as place
      from users as u where ${begun} ${orderBy(column.value)} limit ${WALKED_USERS}::int
    ) as u ${withSearch(matches)} ${WITH_PROFILE}
    where ${matches.tested} or u.place = ${WALKED_USERS}::int
    ${orderBy(sql`u.sort_key`)}
  `.execute(db);
  const last = rows.at(-1);
  return {
    users: rows.filter(({ matches }) => matches).map(userOf),
    next: last?.place === WALKED_USERS
      ? writeCursor(sort, { key: last.cursor_key, id: last.user_id })
      : null,
  };
}

/** A user of the list, with the place in the part that was read. */
interface WalkedUser extends ExportedUser {
  readonly matches: boolean | null;
  readonly place: number;
  readonly cursor_key: string;
}

function userOf({ matches: _, place: _place, cursor_key: _key, ...user }: WalkedUser) {
  return user;
}

/** Unlike the join of a list, it keeps users without an entry: the last one says how to go on. */
function withSearch({ isSearch }: UserMatches) {
  return isSearch ? sql`left join user_search as s on s.user_id = u.id` : sql``;
}

const WITH_PROFILE = sql`left join user_profiles as p on p.user_id = u.id`;

/** Writes a time as `Date` does. */
const written = (time: RawBuilder<unknown>) =>
  sql`to_char(${time} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`;

/** A new user has no profile for a moment. */
const PROFILE_COLUMNS = sql.join(
  PROFILE_FIELDS.map((field) => {
    const missing = field === "contact_email" ? sql`u.email` : sql`''`;
    return sql`coalesce(${sql.ref(`p.${columnOf(field)}`)}, ${missing}) as ${sql.ref(field)}`;
  }),
);

/** The columns of {@linkcode ExportedUser}. */
const EXPORTED = sql`
  u.id as user_id, u.username, u.email, u.email_verified_at is not null as email_verified,
  u.role, u.status, u.status_reason, ${written(sql`u.suspended_until`)} as suspended_until,
  case when u.locked_until > now() then ${written(sql`u.locked_until`)} end as locked_until,
  ${PROFILE_COLUMNS},
  array_to_string(${TAGS}, ' ') as tags,
  ${written(sql`u.created_at`)} as created_at, ${written(sql`u.last_login_at`)} as last_login_at`;

/** Lists the ids of up to `limit` users who match, in the order of the list. */
export function listExportedIds(db: Db, query: UserQuery, limit: number): Promise<number[]> {
  return listMatchingIds(db, sliceOf({ ...query, limit: limit - 1 }), matchesOf(query));
}

/** Finds users by their ids, in the order of these. */
export async function findExportedUsers(db: Db, ids: readonly number[]): Promise<ExportedUser[]> {
  const { rows } = await sql<ExportedUser>`
    select ${EXPORTED}
    from unnest(${ids}::int8[]) with ordinality as n(id, place)
    join users as u on u.id = n.id ${WITH_PROFILE}
    order by n.place
  `.execute(db);
  return rows;
}
