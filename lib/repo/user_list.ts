import { type RawBuilder, type Selectable, sql, type SqlBool } from "kysely";
import type { Db } from "@/lib/db/database.ts";
import type { UserProfilesTable } from "@/lib/db/schema.ts";
import { PAGE_SIZE_DEFAULT, PAGE_SIZE_MAX } from "@/lib/shared/limits.ts";
import { type SearchNeedle, searchNeedle } from "@/lib/shared/search.ts";
import { DEFAULT_USER_SORT, type UserListQuery, type UserSort } from "@/lib/shared/user_list.ts";
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
  /** Whether the user is locked. */
  readonly locked: boolean;
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
}

/** Filter of users. */
export type UserFilter = Pick<UserListQuery, "q" | "role" | "status">;

/**
 * Returns a page of users. Its cost does not depend on its number. A cursor of another order is
 * ignored.
 */
export async function listUsers(db: Db, query: UserListQuery): Promise<UserPage> {
  const slice = sliceOf(query);
  const { sort, limit, column, direction, before, after } = slice;
  const needle = needleOf(query);
  const ids = needle && await findPage(db, query, slice, needle);

  const found = await selectUsers(db)
    .where(filterOf(query)).where(slice.begun)
    .$if(ids !== undefined, (select) => select.where("u.id", "=", sql<number>`any(${ids}::int8[])`))
    .select(column.toCursor.as("cursor_key"))
    .orderBy(column.value, direction).orderBy("u.id", direction)
    .limit(limit + 1)
    .execute();

  const hasMore = found.length > limit;
  const rows = before ? found.slice(0, limit).reverse() : found.slice(0, limit);
  const cursorOf = (row: typeof rows[number] | undefined) =>
    row ? writeCursor(sort, { key: row.cursor_key, id: row.id }) : null;
  return {
    users: rows.map(({ cursor_key: _, ...user }) => user),
    next: before || hasMore ? cursorOf(rows.at(-1)) : null,
    previous: after || (before && hasMore) ? cursorOf(rows[0]) : null,
  };
}

/** The part of the list that a page shows, and its order. */
interface Slice {
  readonly sort: UserSort;
  readonly limit: number;
  readonly column: ReturnType<typeof sortColumn>;
  readonly direction: "asc" | "desc";
  readonly before: UserCursor | undefined;
  readonly after: UserCursor | undefined;
  /** Whether a row of `u` comes after the cursor. */
  readonly begun: RawBuilder<SqlBool>;
}

function sliceOf(query: UserListQuery): Slice {
  const sort = query.sort ?? DEFAULT_USER_SORT;
  const limit = Math.min(query.limit ?? PAGE_SIZE_DEFAULT, PAGE_SIZE_MAX);
  const before = readCursor(sort, query.before);
  const after = before ? undefined : readCursor(sort, query.after);
  const direction = directionOf(sort, before ? "backward" : "forward");
  const column = sortColumn(sort);
  const cursor = before ?? after;
  const past = direction === "asc" ? sql`>` : sql`<`;
  const begun = cursor === undefined
    ? sql<SqlBool>`true`
    : sql<SqlBool>`(${column.value}, u.id) ${past} (${
      column.fromCursor(cursor.key)
    }, ${cursor.id}::int8)`;
  return { sort, limit, column, direction, before, after, begun };
}

/** Selects account and profile for the list, for all users that match `filter`. */
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
    .select(sql<boolean>`coalesce(u.locked_until > now(), false)`.as("locked"));
}

/** Up to this many users are counted exactly. */
const COUNT_LIMIT = 10_000;

/** Size of the sample for estimates: enough for an error of a few percent at most. */
const SAMPLED_USERS = 20_000;

/**
 * Counts the users that match `filter`, exactly up to 10,000. Beyond that it estimates, by the
 * planner or, for a search, by a sample, but never below what was counted.
 */
export async function estimateUsers(db: Db, filter: UserFilter): Promise<number> {
  const needle = needleOf(filter);
  const count = await countUpTo(
    COUNT_LIMIT + 1,
    db,
    matching(filter, needle && contains(needle)),
  );
  if (count <= COUNT_LIMIT) return count;
  const estimate = needle
    ? await estimateFromSample(db, filter, needle)
    : await estimateRows(db, matching(filter));
  return Math.max(count, estimate);
}

/** Returns the planner's estimate for a query. */
async function estimateRows(db: Db, query: RawBuilder<unknown>): Promise<number> {
  const { rows: [plan] } = await sql<ExplainRow>`explain (format json) ${query}`.execute(db);
  return plan?.["QUERY PLAN"][0]?.Plan["Plan Rows"] ?? 0;
}

interface ExplainRow {
  readonly "QUERY PLAN": readonly [{ readonly Plan: { readonly "Plan Rows": number } }];
}

/** Counts in a sample, because the planner cannot estimate which texts contain another. */
async function estimateFromSample(
  db: Db,
  filter: UserFilter,
  needle: SearchNeedle,
): Promise<number> {
  const all = await estimateRows(db, sql`select from user_search`);
  const percent = Math.min(100, 100 * SAMPLED_USERS / Math.max(1, all));
  // Always the same sample, so that the number does not change from page to page.
  const { rows: [row] } = await sql<{ share: number }>`
    select avg((${hasText(needle)} and ${filterOf(filter)})::int)::float8 as share
    from user_search as s tablesample system (${percent}::real) repeatable (0)
    join users as u on u.id = s.user_id
  `.execute(db);
  return Math.round(all * (row?.share ?? 0));
}

async function countUpTo(limit: number, db: Db, rows: RawBuilder<unknown>): Promise<number> {
  const { rows: [row] } = await sql<{ count: number }>`
    select count(*) as count from (${rows} limit ${limit}::int) as matching
  `.execute(db);
  return row?.count ?? 0;
}

/** Selects a row for each user that matches `filter` and whose search entry matches `found`. */
function matching(filter: UserFilter, found?: RawBuilder<SqlBool>): RawBuilder<unknown> {
  if (!found) return sql`select from users as u where ${filterOf(filter)}`;
  const join = filter.role === undefined && filter.status === undefined
    ? sql``
    : sql`join users as u on u.id = s.user_id`;
  return sql`select from user_search as s ${join} where ${found} and ${filterOf(filter)}`;
}

/** With this many results, reading in list order finds the next ones soon. */
const MANY_RESULTS = 5_000;

/** Users to read in list order before the index is asked for all results. */
const WALKED_USERS = 10_000;

/**
 * Returns a page of search results and the first user of the next page. A few results are all taken
 * from the index and sorted. Many are found soon by reading in list order, and are only sorted if
 * not. The planner gets no choice, because it might read all users to find nobody.
 */
async function findPage(
  db: Db,
  filter: UserFilter,
  slice: Slice,
  needle: SearchNeedle,
): Promise<number[]> {
  const count = await countUpTo(MANY_RESULTS, db, matching({}, contains(needle)));
  if (count === MANY_RESULTS) {
    const ids = await walk(db, filter, slice, needle);
    if (ids.length > slice.limit) return ids;
  }
  return await sortAll(db, filter, slice, needle);
}

const ORDERS = { asc: sql`asc`, desc: sql`desc` } as const;

async function walk(
  db: Db,
  filter: UserFilter,
  { column, direction, limit, begun }: Slice,
  needle: SearchNeedle,
): Promise<number[]> {
  const order = ORDERS[direction];
  const { rows } = await sql<{ id: number }>`
    select w.id from (
      select u.id, ${column.value} as key from users as u
      where ${filterOf(filter)} and ${begun}
      order by ${column.value} ${order}, u.id ${order} limit ${WALKED_USERS}::int
    ) as w join user_search as s on s.user_id = w.id
    where ${hasText(needle)}
    order by w.key ${order}, w.id ${order} limit ${limit + 1}::int
  `.execute(db);
  return rows.map(({ id }) => id);
}

async function sortAll(
  db: Db,
  filter: UserFilter,
  { column, direction, limit, begun }: Slice,
  needle: SearchNeedle,
): Promise<number[]> {
  const order = ORDERS[direction];
  const { rows } = await sql<{ id: number }>`
    with found as materialized (
      select u.id, ${column.value} as key
      from user_search as s join users as u on u.id = s.user_id
      where ${contains(needle)} and ${filterOf(filter)} and ${begun}
    )
    select id from found order by key ${order}, id ${order} limit ${limit + 1}::int
  `.execute(db);
  return rows.map(({ id }) => id);
}

function filterOf({ role, status }: UserFilter): RawBuilder<SqlBool> {
  return sql<SqlBool>`${role === undefined ? sql`true` : sql`u.role = ${role}`}
    and ${status === undefined ? sql`true` : sql`u.status = ${status}`}`;
}

function needleOf({ q }: UserFilter): SearchNeedle | undefined {
  return q === undefined ? undefined : searchNeedle(q);
}

function contains(needle: SearchNeedle): RawBuilder<SqlBool> {
  return sql<SqlBool>`${hasGrams(needle)} and ${hasText(needle)}`;
}

function hasText({ text }: SearchNeedle): RawBuilder<SqlBool> {
  return sql<SqlBool>`strpos(s.text, ${text}) > 0`;
}

function hasGrams({ grams }: SearchNeedle): RawBuilder<SqlBool> {
  return sql<SqlBool>`s.grams @> ${grams}::int4[]`;
}
