import { type RawBuilder, sql } from "kysely";
import type { UserSort, UserSortKey } from "@/lib/shared/user_list.ts";
import { LAST_LOGIN } from "./user_filters.ts";

/** Where a page begins or ends: the sort value and the id. */
export interface UserCursor {
  readonly key: string;
  readonly id: number;
  /** Position of that user in the list, from 1, when the cursor was written. */
  readonly position?: number | undefined;
}

/** A sort column. As text in a cursor it loses nothing. */
interface SortColumn {
  /** Must be exactly the expression of an index in the migrations. */
  readonly value: RawBuilder<unknown>;
  readonly toCursor: RawBuilder<string>;
  fromCursor(key: string): RawBuilder<unknown>;
  /** Whether the database can read `key`. */
  isKey(key: string): boolean;
}

/** The only sort expressions. */
const COLUMNS: Readonly<Record<UserSortKey, SortColumn>> = {
  username: textColumn("u.username_key"),
  email: textColumn("u.email_key"),
  created_at: timeColumn(sql.ref("u.created_at")),
  // Users who have never signed in come first, because NULL cannot be compared.
  last_login_at: timeColumn(LAST_LOGIN),
};

/** Returns the column of `sort`. */
export function sortColumn(sort: UserSort): SortColumn {
  return COLUMNS[keyOf(sort)];
}

/** Returns the order of a statement that reads forwards or backwards from a cursor. */
export function directionOf(sort: UserSort, reading: "forward" | "backward"): "asc" | "desc" {
  return sort.startsWith("-") === (reading === "forward") ? "desc" : "asc";
}

/** Writes a cursor for a URL. It is only valid for the order `sort`. */
export function writeCursor(sort: UserSort, { key, id, position }: UserCursor): string {
  const parts = [sort, key, id, ...(position === undefined ? [] : [position])];
  return new TextEncoder().encode(JSON.stringify(parts))
    .toBase64({ alphabet: "base64url", omitPadding: true });
}

/** Reads what {@linkcode writeCursor} wrote; `undefined` for anything else. */
export function readCursor(sort: UserSort, text: string | undefined): UserCursor | undefined {
  const [ownSort, key, id, position, ...rest] = text === undefined ? [] : parseList(text);
  if (ownSort !== sort || typeof key !== "string" || rest.length > 0) return undefined;
  if (!isInteger(id) || !(position === undefined || isInteger(position))) return undefined;
  return sortColumn(sort).isKey(key) ? { key, id, position } : undefined;
}

function isInteger(value: unknown): value is number {
  return Number.isSafeInteger(value);
}

function parseList(text: string): unknown[] {
  try {
    const bytes = Uint8Array.fromBase64(text, { alphabet: "base64url" });
    const value: unknown = JSON.parse(new TextDecoder().decode(bytes));
    return Array.isArray(value) ? value : [];
  } catch {
    return [];
  }
}

function keyOf(sort: UserSort): UserSortKey {
  return sort.replace(/^-/, "") as UserSortKey;
}

function textColumn(column: string): SortColumn {
  const value = sql.ref(column);
  return {
    value,
    toCursor: sql<string>`${value}`,
    fromCursor: (key) => sql`${key}::text`,
    isKey: (key) => !key.includes("\0") && key.isWellFormed(),
  };
}

/** In the cursor as microseconds since 1970: a `Date` would round them to milliseconds. */
function timeColumn(value: RawBuilder<unknown>): SortColumn {
  return {
    value,
    toCursor: sql<string>`(extract(epoch from ${value}) * 1000000)::int8::text`,
    fromCursor: (key) => sql`('epoch'::timestamptz + ${key}::float8 * interval '1 microsecond')`,
    isKey: (key) => /^-?\d{1,16}$/.test(key),
  };
}
