import { parse } from "csv-parse/sync";
import { messageOf } from "@/lib/message_of.ts";
import type { Cell, Cells } from "./cells.ts";
import { delimiterOf, withoutSeparatorLine } from "./csv_text.ts";
import { TEXT_COLUMNS } from "./profile.ts";
import { joinProfiles, type Source, SourceError, toRows } from "./source.ts";

/** PostgreSQL's `copy` writes NULL like this. */
const NULL_MARK = "\\N";

/** Columns of `user_profiles` that may stand beside those of `users`. */
const PROFILE_COLUMNS = [
  ...TEXT_COLUMNS.map((name) => name === "email" ? "profile_email" : name),
  "image",
];

/**
 * Reads a CSV file of users. Their profiles are in the same rows (with the contact address as
 * `profile_email`), or in a second file whose column `user` holds the user's id.
 *
 * @throws {SourceError} if it is not UTF-8, not CSV, or not a table of users.
 */
export function readCsv(users: Uint8Array, profiles?: Uint8Array): Source {
  const userCells = parseCsv(users, "users");
  if (userCells.length > 0 && !userCells.some((row) => row.has("username") && row.has("email"))) {
    throw new SourceError("The CSV needs columns username and email: write them in its first line");
  }
  if (profiles !== undefined) return joinProfiles(userCells, parseCsv(profiles, "profiles"));
  return {
    users: toRows(userCells).map((row) => ({ ...row, profiles: profileWithin(row.cells) })),
    strays: [],
  };
}

function profileWithin(cells: Cells) {
  const own = PROFILE_COLUMNS.flatMap((name): [string, Cell][] => {
    const cell = cells.get(name);
    return cell === undefined ? [] : [[name === "profile_email" ? "email" : name, cell]];
  });
  return own.length === 0 ? [] : toRows([new Map(own)]);
}

function parseCsv(bytes: Uint8Array, what: string): Cells[] {
  const { text, delimiter } = withoutSeparatorLine(decode(bytes, what));
  if (text.trim() === "") throw new SourceError(`The file of ${what} is empty: export it again`);
  try {
    const rows: string[][] = parse(text, {
      bom: true,
      delimiter: delimiter ?? delimiterOf(text),
      relax_column_count: true,
      skip_empty_lines: true,
    });
    const [header = [], ...records] = rows;
    const names = header.map((name) => name.trim().toLowerCase());
    return records.map((record) => toCells(names, record));
  } catch (error) {
    throw new SourceError(`The file of ${what} is not CSV (${messageOf(error)}): correct it`, {
      cause: error,
    });
  }
}

function decode(bytes: Uint8Array, what: string): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch (error) {
    throw new SourceError(`The CSV of ${what} is not UTF-8: save it as UTF-8`, { cause: error });
  }
}

function toCells(names: readonly string[], record: readonly string[]): Cells {
  return new Map(names.map((name, index) => {
    const value = record[index] ?? NULL_MARK;
    return [name, value === NULL_MARK ? null : value];
  }));
}
