import { DatabaseSync, type SQLOutputValue } from "node:sqlite";
import type { Cells } from "./cells.ts";
import { joinProfiles, type Source, SourceError } from "./source.ts";

/**
 * Reads the tables `users` and `user_profiles` of a SQLite file, which is opened read-only. Columns
 * are found by name; other tables and columns are passed over, and there may be no profiles.
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
    const reason = error instanceof Error ? error.message : String(error);
    throw new SourceError(`Cannot read ${path} (${reason}): give a whole SQLite file`, {
      cause: error,
    });
  }
}

function readTable(database: DatabaseSync, name: string): Cells[] | undefined {
  const found = database.prepare(
    "select name from sqlite_master where type in ('table', 'view') and lower(name) = ?",
  ).get(name);
  if (!found) return undefined;
  const rows = database.prepare(`select * from "${name}"`);
  // Numbers beyond 2^53 would be refused otherwise.
  rows.setReadBigInts(true);
  return rows.all().map(toCells);
}

function toCells(row: Record<string, SQLOutputValue>): Cells {
  return new Map(
    Object.entries(row).map(([name, value]) => [
      name.toLowerCase(),
      value instanceof Uint8Array ? new Uint8Array(value) : value,
    ]),
  );
}
