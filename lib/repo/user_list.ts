import { type RawBuilder, type Selectable, sql, type SqlBool } from "kysely";
import type { Db } from "@/lib/db/database.ts";
import type { UserProfilesTable } from "@/lib/db/schema.ts";
import { PAGE_SIZE_DEFAULT } from "@/lib/shared/limits.ts";
import { LIST_END, sortOf, type UserListQuery, type UserSort } from "@/lib/shared/user_list.ts";
import {
  COUNT_LIMIT,
  countMatches,
  countOf,
  estimateMatches,
  matchesOf,
  type UserMatches,
  type UserQuery,
} from "./user_matches.ts";
import { directionOf, readCursor, sortColumn, type UserCursor, writeCursor } from "./user_order.ts";
import type { User } from "./users.ts";

/** A row of the user list. */
export interface ListedUser extends
  Pick<
    User,
    | "id"
    | "username"
    | "email"
    | "role"
    | "status"
    | "status_reason"
    | "suspended_until"
    | "failed_logins"
    | "created_at"
    | "last_login_at"
  > {
  /** Until when the user is locked; `null` if they are not. */
  readonly locked_until: Date | null;
  /** `null` if the user has no profile. */
  readonly full_name: Selectable<UserProfilesTable>["full_name"] | null;
  readonly image: string | null;
}

/** A page of the user list. */
export interface UserPage {
  readonly users: readonly ListedUser[];
  /** For `after`; `null` on the last page. */
  readonly next: string | null;
  /** For `before`; `null` on the first page. */
  readonly previous: string | null;
  /** The position of the first user in the list, from 1; `null` if it is unknown. */
  readonly first: number | null;
  /** All users that match: exact up to 10,000, estimated beyond. */
  readonly total: number;
}

/**
 * Returns a page of users. Its cost does not depend on its number. A cursor of another order is
 * ignored.
 *
 * @param knownTotal the total of an earlier page, so that nothing is counted
 */
export async function listUsers(
  db: Db,
  query: UserQuery,
  knownTotal?: number,
): Promise<UserPage> {
  const slice = sliceOf(query);
  const matches = matchesOf(query);
  const isNarrow = matches.isSearch || matches.hasFilter;
  const found = isNarrow ? await findPage(db, slice, matches, knownTotal) : undefined;
  const { column, direction, limit } = slice;
  const counted = found?.total ?? knownTotal;
  const rows = await selectUsers(db)
    .where(slice.begun)
    .$if(found !== undefined, (select) => select.where(sql<SqlBool>`u.id = any(${found!.ids})`))
    .select(column.toCursor.as("cursor_key"))
    .select((counted === undefined ? countOf(matches) : sql<number>`${counted}::int8`).as("count"))
    .orderBy(column.value, direction).orderBy("u.id", direction)
    .limit(limit + 1)
    .execute();
  const total = counted ?? await totalOf(db, matches, rows[0]?.count);
  return pageOf(slice, rows, total);
}

/** Returns the total of a list of everybody, of whom `count` were counted with its rows. */
async function totalOf(db: Db, matches: UserMatches, count: number | undefined): Promise<number> {
  const exact = count ?? await countMatches(db, matches);
  if (exact <= COUNT_LIMIT) return exact;
  return Math.max(exact, await estimateMatches(db, matches));
}

/** Makes a page of the rows after or before the cursor, and one more. */
function pageOf(
  slice: Slice,
  found: readonly (ListedUser & { readonly cursor_key: string; readonly count: number })[],
  total: number,
): UserPage {
  const { sort, limit, backward, before, after } = slice;
  const hasMore = found.length > limit;
  const kept = found.slice(0, limit);
  const rows = backward ? kept.toReversed() : kept;
  const first = firstOf(slice, rows.length, hasMore, total);
  const cursorOf = (index: number) => {
    const row = rows.at(index);
    const position = first === null ? undefined : first + (index < 0 ? rows.length - 1 : 0);
    return row ? writeCursor(sort, { key: row.cursor_key, id: row.id, position }) : null;
  };
  return {
    users: rows.map(({ cursor_key: _, count: _count, ...user }) => user),
    next: before || (!backward && hasMore) ? cursorOf(-1) : null,
    previous: after || (backward && hasMore) ? cursorOf(0) : null,
    first,
    total,
  };
}

function firstOf(
  { backward, before, after }: Slice,
  rows: number,
  hasMore: boolean,
  total: number,
): number | null {
  if (!backward) return after ? after.position === undefined ? null : after.position + 1 : 1;
  if (!hasMore) return 1;
  if (before) return before.position === undefined ? null : Math.max(1, before.position - rows);
  return total <= COUNT_LIMIT ? total - rows + 1 : null;
}

/** The part of the list that a page shows, and its order. */
export interface Slice {
  readonly sort: UserSort;
  readonly limit: number;
  readonly column: ReturnType<typeof sortColumn>;
  readonly direction: "asc" | "desc";
  /** Whether it is read from its end. */
  readonly backward: boolean;
  readonly before: UserCursor | undefined;
  readonly after: UserCursor | undefined;
  /** Whether a row of `u` comes after the cursor. */
  readonly begun: RawBuilder<SqlBool>;
}

/** Reads which part of the list a query asks for. */
export function sliceOf(query: UserListQuery): Slice {
  const sort = sortOf(query);
  const limit = query.limit ?? PAGE_SIZE_DEFAULT;
  const before = readCursor(sort, query.before);
  const backward = before !== undefined || query.before === LIST_END;
  const after = backward ? undefined : readCursor(sort, query.after);
  const direction = directionOf(sort, backward ? "backward" : "forward");
  const column = sortColumn(sort);
  const cursor = before ?? after;
  const past = direction === "asc" ? sql`>` : sql`<`;
  const begun = cursor === undefined
    ? sql<SqlBool>`true`
    : sql<SqlBool>`(${column.value}, u.id) ${past} (${
      column.fromCursor(cursor.key)
    }, ${cursor.id}::int8)`;
  return { sort, limit, column, direction, backward, before, after, begun };
}

/** Selects account and profile for the list. */
function selectUsers(db: Db) {
  return db.selectFrom("users as u").leftJoin("user_profiles as p", "p.user_id", "u.id")
    .select([
      "u.id",
      "u.username",
      "u.email",
      "u.role",
      "u.status",
      "u.status_reason",
      "u.suspended_until",
      "u.failed_logins",
      "u.created_at",
      "u.last_login_at",
      "p.full_name",
      "p.image",
    ])
    .select(sql<Date | null>`case when u.locked_until > now() then u.locked_until end`.as(
      "locked_until",
    ));
}

/** With more results, reading in list order finds a page soon. */
const MANY_RESULTS = 5_000;

/** With as many expected, whatever the error, there is no need to count. */
const SURELY_MANY = 30_000;

/** Users to read in list order before the index is asked for all results. */
const WALKED_USERS = 10_000;

interface FoundPage {
  /** An array, or a query for one. */
  readonly ids: RawBuilder<readonly number[]>;
  readonly total: number;
}

/**
 * Finds a page of users, the first one of the next page, and how many match. A few matches are all
 * taken from an index and sorted. Many are found soon by reading in list order, and are only sorted
 * if not. The planner gets no choice, because it might read all users to find nobody.
 */
async function findPage(
  db: Db,
  slice: Slice,
  matches: UserMatches,
  knownTotal: number | undefined,
): Promise<FoundPage> {
  const expected = knownTotal ?? await estimateMatches(db, matches);
  if (expected > SURELY_MANY) {
    const ids = await walk(db, slice, matches);
    if (ids) return { ids: arrayOf(ids), total: expected };
  }
  const count = knownTotal ?? await countMatches(db, matches);
  const total = count > COUNT_LIMIT ? Math.max(count, expected) : count;
  const ids = count > MANY_RESULTS ? await walk(db, slice, matches) : undefined;
  return { ids: ids ? arrayOf(ids) : sql`array(${matchingIds(slice, matches)})`, total };
}

const arrayOf = (ids: readonly number[]) => sql<readonly number[]>`${ids}::int8[]`;

/** The words of SQL for directions. */
export const ORDERS = { asc: sql`asc`, desc: sql`desc` } as const;

/**
 * Reads in list order until the page is full. `undefined` if that takes too long.
 */
async function walk(db: Db, slice: Slice, matches: UserMatches): Promise<number[] | undefined> {
  const { column, direction, limit, begun } = slice;
  const order = ORDERS[direction];
  const next = sql`
    from users as u where ${begun}
    order by ${column.value} ${order}, u.id ${order} limit ${WALKED_USERS}::int`;
  const { rows } = await sql<{ id: number }>`
    select u.id from (select u.*, ${column.value} as sort_key ${next}) as u ${matches.join}
    where ${matches.tested}
    order by u.sort_key ${order}, u.id ${order} limit ${limit + 1}::int
  `.execute(db);
  const ids = rows.map(({ id }) => id);
  if (ids.length > limit) return ids;
  const { rows: [walked] } = await sql<{ count: number }>`
    select count(*) as count from (select ${next}) as walked
  `.execute(db);
  return walked!.count < WALKED_USERS ? ids : undefined;
}

/** Lists the ids of a page, and of the first user of the next one, from all users who match. */
export async function listMatchingIds(
  db: Db,
  slice: Slice,
  matches: UserMatches,
): Promise<number[]> {
  // One text is read faster than a hundred thousand rows.
  const { rows: [row] } = await sql<{ ids: number[] | null }>`
    select json_agg(id) as ids from (${matchingIds(slice, matches)}) as page
  `.execute(db);
  return row?.ids ?? [];
}

/** The same as a part of another statement. */
function matchingIds({ column, direction, limit, begun }: Slice, matches: UserMatches) {
  const order = ORDERS[direction];
  return sql`
    with found as materialized (
      select u.id, ${column.value} as key from users as u ${matches.join}
      where ${matches.indexed} and ${begun}
    )
    select id from found order by key ${order}, id ${order} limit ${limit + 1}::int`;
}
