import { type RawBuilder, sql, type SqlBool } from "kysely";
import type { Db } from "@/lib/db/database.ts";
import { DORMANT_DAYS } from "@/lib/shared/limits.ts";
import { type ExactUsers, readSearch, type SearchQuery } from "@/lib/shared/search_query.ts";
import type { UserListQuery } from "@/lib/shared/user_list.ts";
import { filterCondition } from "./user_filters.ts";

type Condition = RawBuilder<SqlBool>;

/** Which users a query asks for, as conditions on `users as u` and `user_search as s`. */
export interface UserMatches {
  /** For a scan by the indexes of both tables. */
  readonly indexed: Condition;
  /** The same for rows that are read anyway. */
  readonly tested: Condition;
  /** The tables, without `u` where it is not needed. */
  readonly from: RawBuilder<unknown>;
  /** Adds to `users as u` what `indexed` and `tested` need. */
  readonly join: RawBuilder<unknown>;
  /** The order of the ids, which an index has. */
  readonly id: RawBuilder<unknown>;
  readonly isSearch: boolean;
  /** Whether it searches for more than ids and addresses. */
  readonly hasWords: boolean;
  readonly hasFilter: boolean;
}

/** A query, and where its words are looked for. */
export interface UserQuery extends UserListQuery {
  /** In names, and not in addresses. Default: in all of them. */
  readonly searchIn?: "names" | undefined;
  /** Days after which users are dormant. Default: {@linkcode DORMANT_DAYS}. */
  readonly dormantDays?: number | undefined;
}

/** Reads search and filters of a query. */
export function matchesOf(
  { q = "", searchIn, dormantDays = DORMANT_DAYS, ...filters }: UserQuery,
): UserMatches {
  const search = readSearch(q, searchIn);
  const filter = filterCondition(filters, dormantDays);
  const rest = filter ?? sql<SqlBool>`true`;
  if (!search) {
    return {
      isSearch: false,
      hasWords: false,
      hasFilter: filter !== undefined,
      indexed: rest,
      tested: rest,
      from: sql`users as u`,
      join: sql``,
      id: sql`u.id`,
    };
  }
  return {
    isSearch: true,
    hasWords: search.needles.length > 0,
    hasFilter: filter !== undefined,
    indexed: sql`(${found(search, hasGrams(search), searchIn)}) and ${rest}`,
    tested: sql`(${found(search, sql`true`, searchIn)}) and ${rest}`,
    from: filter
      ? sql`user_search as s join users as u on u.id = s.user_id`
      : sql`user_search as s`,
    join: sql`join user_search as s on s.user_id = u.id`,
    id: sql`s.user_id`,
  };
}

/** The lines of an entry are username, address and full name. */
const NAMES = sql`(split_part(s.text, e'\n', 1) || e'\n' || split_part(s.text, e'\n', 3))`;

function found(
  { needles, among, also }: SearchQuery,
  grams: Condition,
  searchIn: UserQuery["searchIn"],
): Condition {
  const searched = searchIn === "names" ? NAMES : sql`s.text`;
  const texts = needles.map(({ text }) => sql<SqlBool>`strpos(${searched}, ${text}) > 0`);
  const all = sql<SqlBool>`${
    sql.join(
      [...(among ? [isOneOf(among)] : []), ...(texts.length > 0 ? [grams] : []), ...texts],
      sql` and `,
    )
  }`;
  return also ? sql`${all} or ${isOneOf(also)}` : all;
}

/** More would cost more index reads and hardly narrow the search. */
const MAX_GRAMS = 8;

function hasGrams({ needles }: SearchQuery): Condition {
  const each = Math.max(1, Math.floor(MAX_GRAMS / needles.length));
  const grams = needles.flatMap(({ grams }) => grams.slice(0, each));
  return sql`s.grams @> ${grams}::int4[]`;
}

function isOneOf({ ids, emails }: ExactUsers): Condition {
  const byEmail = emails.length === 0
    ? sql``
    : sql` || array(select id from users where email_key = any(${emails}::text[]))`;
  return sql`s.user_id = any(${ids}::int8[]${byEmail})`;
}

/** Up to this many users are counted exactly. */
export const COUNT_LIMIT = 10_000;

/** Size of the sample for estimates: enough for an error of a few percent at most. */
const SAMPLED_USERS = 5_000;

/** Counts the users that match, but no further than just beyond {@linkcode COUNT_LIMIT}. */
export async function countMatches(db: Db, matches: UserMatches): Promise<number> {
  const { rows: [row] } = await sql<{ count: number }>`select ${countOf(matches)} as count`
    .execute(db);
  return row?.count ?? 0;
}

/** Counts all users that match, which may take long. */
export async function countAllMatches(db: Db, { from, indexed }: UserMatches): Promise<number> {
  const { rows: [row] } = await sql<{ count: number }>`
    select count(*) as count from ${from} where ${indexed}
  `.execute(db);
  return row?.count ?? 0;
}

/** The same as {@linkcode countMatches}, as a part of another statement. */
export function countOf({ from, indexed, id, isSearch }: UserMatches): RawBuilder<number> {
  // In the order of an index. Otherwise the planner may read the table instead.
  const order = isSearch ? sql`` : sql`order by ${id}`;
  return sql`(select count(*) from (
    select from ${from} where ${indexed} ${order} limit ${COUNT_LIMIT + 1}::int
  ) as matching)`;
}

/** Estimates how many users match, before any of them is read. */
export async function estimateMatches(db: Db, matches: UserMatches): Promise<number> {
  return await (matches.hasWords ? sampleMatches : planMatches)(db, matches);
}

async function planMatches(db: Db, { from, indexed }: UserMatches): Promise<number> {
  return await estimateRows(db, sql`select from ${from} where ${indexed}`);
}

async function estimateRows(db: Db, query: RawBuilder<unknown>): Promise<number> {
  const { rows: [plan] } = await sql<ExplainRow>`explain (format json) ${query}`.execute(db);
  return plan?.["QUERY PLAN"][0]?.Plan["Plan Rows"] ?? 0;
}

interface ExplainRow {
  readonly "QUERY PLAN": readonly [{ readonly Plan: { readonly "Plan Rows": number } }];
}

/** Counts in a sample, because the planner cannot estimate which texts contain another. */
async function sampleMatches(
  db: Db,
  { tested, hasFilter }: UserMatches,
): Promise<number> {
  const all = await estimateRows(db, sql`select from user_search`);
  const percent = Math.min(100, 100 * SAMPLED_USERS / Math.max(1, all));
  // Always the same sample, so that the number does not change from page to page.
  const { rows: [row] } = await sql<{ share: number }>`
    select avg((${tested})::int)::float8 as share
    from user_search as s tablesample system (${percent}::real) repeatable (0)
    ${hasFilter ? sql`join users as u on u.id = s.user_id` : sql``}
  `.execute(db);
  return Math.round(all * (row?.share ?? 0));
}
