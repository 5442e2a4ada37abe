import {
  type Expression,
  type ExpressionBuilder,
  type Selectable,
  sql,
  type SqlBool,
} from "kysely";
import type { Db } from "@/lib/db/database.ts";
import type { Database, UserProfilesTable } from "@/lib/db/schema.ts";
import { PAGE_SIZE_DEFAULT, PAGE_SIZE_MAX } from "@/lib/shared/limits.ts";
import { DEFAULT_USER_SORT, type UserListQuery } from "@/lib/shared/user_list.ts";
import { directionOf, readCursor, sortColumn, writeCursor } from "./user_order.ts";
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
    | "failed_logins"
    | "created_at"
    | "last_login_at"
  > {
  /** Whether sign-in is refused for a time. */
  readonly locked: boolean;
  /** `null`: the user has no profile. */
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

/** What chooses users. */
export type UserFilter = Pick<UserListQuery, "q" | "role" | "status">;

type UserRows = ExpressionBuilder<
  { u: Database["users"]; p: { [K in keyof UserProfilesTable]: UserProfilesTable[K] | null } },
  "u" | "p"
>;

/**
 * A page of users, in one statement whose cost does not grow with the number of the page. A cursor
 * that does not belong to the order asked for counts as none.
 */
export async function listUsers(db: Db, query: UserListQuery): Promise<UserPage> {
  const sort = query.sort ?? DEFAULT_USER_SORT;
  const limit = Math.min(query.limit ?? PAGE_SIZE_DEFAULT, PAGE_SIZE_MAX);
  const before = readCursor(sort, query.before);
  const after = before ? undefined : readCursor(sort, query.after);
  const cursor = before ?? after;
  const direction = directionOf(sort, before ? "backward" : "forward");
  const column = sortColumn(sort);
  const past = direction === "asc" ? sql`>` : sql`<`;

  const found = await selectUsers(db)
    .where((where) => matches(where, query))
    .$if(cursor !== undefined, (select) =>
      select.where(
        sql<SqlBool>`(${column.value}, u.id) ${past} (${column.fromCursor(cursor?.key ?? "")}, ${
          cursor?.id ?? 0
        }::int8)`,
      ))
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

/** A user's account and profile as the list shows them, for all that `filter` lets through. */
function selectUsers(db: Db) {
  return db.selectFrom("users as u").leftJoin("user_profiles as p", "p.user_id", "u.id")
    .select([
      "u.id",
      "u.username",
      "u.email",
      "u.role",
      "u.status",
      "u.status_reason",
      "u.failed_logins",
      "u.created_at",
      "u.last_login_at",
      "p.full_name",
      "p.image",
    ])
    .select(sql<boolean>`coalesce(u.locked_until > now(), false)`.as("locked"));
}

/** Exactly as many are counted one by one. */
const COUNT_LIMIT = 10_000;

/**
 * How many users `filter` lets through: exact up to 10,000, beyond that what the planner thinks,
 * but never less than what was counted.
 */
export async function estimateUsers(db: Db, filter: UserFilter): Promise<number> {
  const matching = db.selectFrom("users as u").leftJoin("user_profiles as p", "p.user_id", "u.id")
    .select("u.id").where((where) => matches(where, filter));
  const { count } = await db.selectFrom(matching.limit(COUNT_LIMIT + 1).as("matching"))
    .select(sql<number>`count(*)`.as("count")).executeTakeFirstOrThrow();
  if (count <= COUNT_LIMIT) return count;
  const [plan] = await matching.explain<ExplainRow>("json");
  return Math.max(count, plan?.["QUERY PLAN"][0]?.Plan["Plan Rows"] ?? 0);
}

interface ExplainRow {
  readonly "QUERY PLAN": readonly [{ readonly Plan: { readonly "Plan Rows": number } }];
}

function matches(where: UserRows, { q, role, status }: UserFilter): Expression<SqlBool> {
  const conditions: Expression<SqlBool>[] = [];
  if (role !== undefined) conditions.push(where("u.role", "=", role));
  if (status !== undefined) conditions.push(where("u.status", "=", status));
  const pattern = q && containsPattern(q);
  if (pattern) {
    conditions.push(where.or([
      where("u.username", "ilike", pattern),
      where("u.email", "ilike", pattern),
      where("p.full_name", "ilike", pattern),
    ]));
  }
  return where.and(conditions);
}

/** A LIKE pattern for texts that contain `q` as it stands; PostgreSQL's texts have no NUL. */
function containsPattern(q: string): string {
  const text = q.replaceAll("\0", "").trim();
  return text === "" ? "" : `%${text.replace(/[\\%_]/g, "\\$&")}%`;
}
