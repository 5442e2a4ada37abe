import { sql } from "kysely";
import type { Db, Tx } from "@/lib/db/database.ts";
import {
  hasRows,
  insertPortion,
  listTables,
  type Portion,
  readPortions,
  readSequences,
  type Sequences,
  setSequences,
} from "@/lib/db/dump.ts";
import { isKnownMigration, migrateTo, migrateUp, newestMigration } from "@/lib/db/migrator.ts";
import type { Database } from "@/lib/db/schema.ts";
import { listImages } from "@/lib/repo/images.ts";
import { listNamedFrom } from "@/lib/repo/named_images.ts";
import { messageOf } from "@/lib/message_of.ts";
import { imageKey } from "@/lib/shared/images.ts";
import { imageNames, SHARDS } from "@/lib/storage/image_store.ts";
import type { Services } from "@/lib/domain/services.ts";

/**
 * A backup is JSON, one object a line: a {@linkcode Head}, then `{"table", "rows"}` as often as
 * needed, then a {@linkcode Tail}. Both kinds of databases read and write the same.
 */
interface Head {
  readonly roster_backup: 1;
  /** The newest migration of the database. */
  readonly migration: string;
  readonly made_at: string;
}

interface Tail {
  readonly end: true;
  readonly rows: number;
  readonly sequences: Sequences;
}

/** The file is no complete backup, or the database cannot take it. The message says which. */
export class BackupError extends Error {
  override readonly name = "BackupError";
}

const all = Symbol("all");

/**
 * What a backup leaves out. Whatever has ended since stays ended after a restore, and nobody gets
 * an e-mail twice.
 */
const LEFT_OUT: { readonly [T in keyof Database]?: typeof all | ReturnType<typeof sql> } = {
  sessions: all,
  one_time_tokens: all,
  devices: all,
  leases: all,
  rate_limits: all,
  jobs: sql`kind in ('image', 'letter', 'backup')`,
};

/** Rows of a portion, which is one line: it holds the event loop for some milliseconds. */
const PORTION_ROWS = 200;
/** A file of `images` or a seal of a thousand entries is large. */
const PORTION_LARGE_ROWS = 8;

/**
 * Makes a backup of everything that cannot be made again, including the avatars on an FTP server.
 * All rows are of one moment. The embedded database answers nobody else until they are read.
 */
export class Backup {
  /** How many users it has so far. */
  users = 0;
  /** How many rows of all tables it has so far. */
  rows = 0;
  /** Avatars that profiles name, but that are nowhere. */
  readonly missing: string[] = [];

  constructor(private readonly services: Pick<Services, "db" | "images">) {}

  /**
   * Yields its lines.
   *
   * @throws {StoreUnavailableError} when the FTP server does not work.
   */
  async *lines(): AsyncGenerator<string> {
    const { db, images } = this.services;
    let onlySent: string[] = [];
    const snapshot = await db.startTransaction().setIsolationLevel("repeatable read")
      .setAccessMode("read only").execute();
    try {
      const migration = await newestMigration(snapshot);
      const made_at = new Date().toISOString();
      yield JSON.stringify({ roster_backup: 1, migration, made_at } satisfies Head);
      for (const table of await listTables(snapshot)) {
        for await (const portion of portionsOf(snapshot, table)) yield this.#lineOf(portion);
      }
      onlySent = await listSentOnly(snapshot);
    } finally {
      await snapshot.rollback().execute();
    }
    for (const name of onlySent) {
      const bytes = await images.store.get(name);
      if (bytes) yield this.#lineOf(portionOfImage(name, bytes));
      else this.missing.push(name);
    }
    const sequences = await readSequences(db);
    yield JSON.stringify({ end: true, rows: this.rows, sequences } satisfies Tail);
  }

  #lineOf({ table, rows, count }: Portion): string {
    this.rows += count;
    if (table === "users") this.users += count;
    return `{"table":${JSON.stringify(table)},"rows":${rows}}`;
  }
}

function portionsOf(tx: Tx, table: string): AsyncIterable<Portion> {
  const left = LEFT_OUT[table as keyof Database];
  if (left === all) return ReadableStream.from<Portion>([]);
  if (table === "images") {
    const query = sql`select name, bytes, 'stored' as state, changed_at from images`;
    return readPortions(tx, { table, query, size: PORTION_LARGE_ROWS });
  }
  const query = sql`select * from ${sql.table(table)} ${left ? sql`where not (${left})` : sql``}`;
  const size = table === "audit_seals" ? PORTION_LARGE_ROWS : PORTION_ROWS;
  return readPortions(tx, { table, query, size });
}

/** Lists the avatars of profiles that the database has no bytes of. */
async function listSentOnly(tx: Tx): Promise<string[]> {
  const found: string[] = [];
  for (const shard of SHARDS) {
    const named = await listNamedFrom(tx, `/images/${shard}`);
    const keys = new Set(named.flatMap(({ image }) => imageKey(image) ?? []));
    const kept = await listImages(tx, shard, ["stored", "waiting", "sent"]);
    const inDatabase = new Set(kept.map(({ name }) => name));
    for (const name of [...keys].flatMap(imageNames)) if (!inDatabase.has(name)) found.push(name);
  }
  return found;
}

function portionOfImage(name: string, bytes: Uint8Array): Portion {
  const row = { name, bytes: `\\x${bytes.toHex()}`, state: "stored", changed_at: new Date() };
  return { table: "images", rows: JSON.stringify([row]), count: 1 };
}

/**
 * Restores a backup into an empty database, which has or gets the tables, in one transaction, and
 * then applies the migrations that are newer than the backup.
 *
 * @throws {BackupError} and changes nothing.
 */
export async function restoreBackup(
  db: Db,
  lines: AsyncIterable<string>,
): Promise<{ users: number; rows: number }> {
  return await db.transaction().execute(async (tx) => {
    let head: Head | undefined;
    let tail: Tail | undefined;
    let rows = 0;
    let users = 0;
    for await (const line of lines) {
      const table = /^\{"table":"(\w+)",/.exec(line)?.[1];
      if (head === undefined) {
        head = headIn(line);
        await assertEmpty(tx);
        await migrateTo(tx, head.migration);
      } else if (table) {
        const count = await insertPortion(tx, table, line).catch((error: unknown) => {
          throw new BackupError(`Rows of ${table} are damaged (${messageOf(error)})`, {
            cause: error,
          });
        });
        rows += count;
        if (table === "users") users += count;
      } else {
        tail = tailIn(line);
      }
    }
    if (tail?.rows !== rows) {
      throw new BackupError("The file ends too early: take a complete copy of the backup");
    }
    await setSequences(tx, tail.sequences);
    await migrateUp(tx);
    return { users, rows };
  });
}

function headIn(line: string): Head {
  const head = parsed(line);
  if (head?.roster_backup !== 1 || typeof head.migration !== "string") {
    throw new BackupError("The file is not a backup of deno task backup");
  }
  if (!isKnownMigration(head.migration)) {
    throw new BackupError(
      `The backup comes from a newer version (it has migration ${head.migration}): update first`,
    );
  }
  return head as Head;
}

function tailIn(line: string): Tail | undefined {
  const tail = parsed(line);
  return tail?.end === true ? tail as Tail : undefined;
}

function parsed(line: string): Partial<Head & Tail> | undefined {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

async function assertEmpty(tx: Tx): Promise<void> {
  for (const table of await listTables(tx)) {
    if (LEFT_OUT[table as keyof Database] === all || !await hasRows(tx, table)) continue;
    throw new BackupError(
      `The database has data in the table ${table}: restore into an empty one, and keep this one ` +
        "until you have looked at it",
    );
  }
}
