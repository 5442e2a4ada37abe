import { DatabaseSync, type SQLOutputValue } from "node:sqlite";
import { messageOf } from "@/lib/message_of.ts";
import { type Cell, type Cells, isUtf8 } from "./cells.ts";
import { joinProfiles, type Source, SourceError } from "./source.ts";

/**
 * Reads the tables `users` and `user_profiles` of a SQLite file, opened read-only. Columns are
 * found by name. Other tables and columns are ignored, and profiles may be missing.
 *
 * @throws {SourceError} if it is damaged or has no table `users`.
 */
export function readSqlite(path: string): Source {
  try {
    using database = new DatabaseSync(path, { readOnly: true });
    const users = readTable(database, "users");
    if (users === undefined) {
      throw new SourceError(
        `${path} has no table users: give the database of a Flask installation`,
      );
    }
    return joinProfiles(users, readTable(database, "user_profiles") ?? []);
  } catch (error) {
    if (error instanceof SourceError) throw error;
    throw new SourceError(`Cannot read ${path} (${messageOf(error)}): give a whole SQLite file`, {
      cause: error,
    });
  }
}

function readTable(database: DatabaseSync, name: string): Cells[] | undefined {
  const found = database.prepare(
    "select name from sqlite_master where type in ('table', 'view') and lower(name) = ?",
  ).get(name);
  if (!found) return undefined;
  const { encoding } = database.prepare("pragma encoding").get() ?? {};
  const columns = database.prepare(`select * from "${name}"`).columns().map((one) => one.name);
  const rows = database.prepare(`select ${columns.map(typeAndValue).join()} from "${name}"`);
  // Otherwise numbers beyond 2^53 would be refused.
  rows.setReadBigInts(true);
  rows.setReturnArrays(true);
  return (rows.all() as unknown as SQLOutputValue[][])
    .map((values) => toCells(columns, values, String(encoding)));
}

/** Selects text as bytes: SQLite would put question marks into text that is not Unicode. */
function typeAndValue(column: string): string {
  const name = `"${column.replaceAll('"', '""')}"`;
  return `typeof(${name}), case typeof(${name}) when 'text' then cast(${name} as blob) else ${name} end`;
}

function toCells(
  columns: readonly string[],
  values: readonly SQLOutputValue[],
  encoding: string,
): Cells {
  return new Map(
    columns.map((column, index) => {
      const value = values[2 * index + 1] ?? null;
      const cell = value instanceof Uint8Array ? new Uint8Array(value) : value;
      const isText = values[2 * index] === "text" && cell instanceof Uint8Array;
      return [column.toLowerCase(), isText ? textIn(cell, encoding) : cell];
    }),
  );
}

/** Decodes text. If it is not Unicode it stays bytes, which {@linkcode textOf} decodes. */
function textIn(bytes: Uint8Array<ArrayBuffer>, encoding: string): Cell {
  if (encoding.startsWith("UTF-16")) return new TextDecoder(encoding).decode(bytes);
  return isUtf8(bytes) ? new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes) : bytes;
}
