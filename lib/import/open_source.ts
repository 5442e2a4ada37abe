import { open, readFile } from "node:fs/promises";
import { messageOf } from "@/lib/message_of.ts";
import { readCsv } from "./csv_source.ts";
import { type Source, SourceError } from "./source.ts";
import { readSqlite } from "./sqlite_source.ts";

/** @see https://www.sqlite.org/fileformat.html#the_database_header */
const SQLITE_MAGIC = "SQLite format 3\0";

/**
 * Reads an old installation from a SQLite or CSV file. The first bytes tell which it is.
 *
 * @param profilesPath a CSV of profiles beside a CSV of users
 * @throws {SourceError}
 */
export async function openSource(path: string, profilesPath?: string): Promise<Source> {
  if (!await named(path, isSqlite)) {
    return readCsv(
      await named(path, readBytes),
      profilesPath === undefined ? undefined : await named(profilesPath, readBytes),
    );
  }
  if (profilesPath !== undefined) {
    throw new SourceError(`${path} is a SQLite file with its own profiles: leave --profiles out`);
  }
  return readSqlite(path);
}

async function isSqlite(path: string): Promise<boolean> {
  await using file = await open(path);
  const { buffer, bytesRead } = await file.read(new Uint8Array(SQLITE_MAGIC.length));
  return new TextDecoder().decode(buffer.subarray(0, bytesRead)) === SQLITE_MAGIC;
}

function readBytes(path: string): Promise<Uint8Array> {
  return readFile(path);
}

/** Reads a file. @throws {SourceError} if it does not exist or may not be read. */
async function named<T>(path: string, read: (path: string) => Promise<T>): Promise<T> {
  try {
    return await read(path);
  } catch (error) {
    throw new SourceError(`Cannot read the file (${messageOf(error)}): name one that exists`, {
      cause: error,
    });
  }
}
