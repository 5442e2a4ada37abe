import { type RawBuilder, sql } from "kysely";
import type { UserSort, UserSortKey } from "@/lib/shared/user_list.ts";

/** Where a page of users begins or ends: the value that the list is sorted by, and the id. */
export interface UserCursor {
  readonly key: string;
  readonly id: number;
}

/** A column to sort by; as text in a cursor it loses nothing. */
interface SortColumn {
  /** An index of the migrations has this very expression. */
  readonly value: RawBuilder<unknown>;
  readonly toCursor: RawBuilder<string>;
  fromCursor(key: string): RawBuilder<unknown>;
  /** Whether the database can read `key` back. */
  isKey(key: string): boolean;
}

/** The only expressions that the list can be sorted by. */
const COLUMNS: Readonly<Record<UserSortKey, SortColumn>> = {
  username: textColumn("u.username_key"),
  email: textColumn("u.email_key"),
  created_at: timeColumn(sql.ref("u.created_at")),
  // Who has never signed in comes before all others: NULL could not be compared.
  last_login_at: timeColumn(sql`coalesce(u.last_login_at, 'epoch'::timestamptz)`),
};

/** What `sort` sorts by. */
export function sortColumn(sort: UserSort): SortColumn {
  return COLUMNS[keyOf(sort)];
}

/** The order of a statement that reads from a cursor on, or back from it. */
export function directionOf(sort: UserSort, reading: "forward" | "backward"): "asc" | "desc" {
  return sort.startsWith("-") === (reading === "forward") ? "desc" : "asc";
}

/** A cursor as it stands in an address. It belongs to the order `sort` alone. */
export function writeCursor(sort: UserSort, { key, id }: UserCursor): string {
  return new TextEncoder().encode(JSON.stringify([sort, key, id]))
    .toBase64({ alphabet: "base64url", omitPadding: true });
}

/** Reads what {@linkcode writeCursor} wrote; `undefined` for anything else. */
export function readCursor(sort: UserSort, text: string | undefined): UserCursor | undefined {
  const [ownSort, key, id, ...rest] = text === undefined ? [] : parseList(text);
  if (ownSort !== sort || typeof key !== "string" || rest.length > 0) return undefined;
  if (typeof id !== "number" || !Number.isSafeInteger(id)) return undefined;
  return sortColumn(sort).isKey(key) ? { key, id } : undefined;
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
