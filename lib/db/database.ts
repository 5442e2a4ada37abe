import type { Kysely, Transaction } from "kysely";
import type { DatabaseSettings } from "@/lib/settings.ts";
import { openFolder } from "./pglite_folder.ts";
import { createPGlite, databaseOf } from "./pglite.ts";
import { openPostgres } from "./postgres.ts";
import type { Database } from "./schema.ts";

/** Runs queries, inside a transaction or outside of one. */
export type Db = Kysely<Database>;

/** Runs queries inside a transaction. */
export type Tx = Transaction<Database>;

/** A connected database. */
export interface OpenDatabase {
  readonly db: Db;
  readonly kind: DatabaseSettings["kind"];
  /** Asks the smallest question. @throws if the database does not answer. */
  ping(): Promise<void>;
  /** Waits for running queries, then disconnects. */
  close(): Promise<void>;
}

/** How {@linkcode openDatabase} connects. */
export interface OpenDatabaseOptions {
  /**
   * `server` runs on: it opens an embedded folder itself or not at all. `task` (default) ends soon:
   * while a server holds the folder, it works through the server.
   */
  readonly as?: "server" | "task";
}

/**
 * Connects to the database of the settings.
 *
 * @throws {FolderInUseError} if another process holds the embedded folder and lets nobody in.
 */
export function openDatabase(
  settings: DatabaseSettings,
  options: OpenDatabaseOptions = {},
): Promise<OpenDatabase> {
  const as = options.as ?? "task";
  if (settings.kind === "postgres") return Promise.resolve(openPostgres(settings.url, as));
  return settings.path === "memory" ? openMemory() : openFolder(settings.path, as);
}

async function openMemory(): Promise<OpenDatabase> {
  return databaseOf(await createPGlite());
}
