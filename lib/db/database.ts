import type { Kysely, Transaction } from "kysely";
import type { DatabaseSettings } from "@/lib/settings/database.ts";
import type { Database } from "./schema.ts";

/** Runs queries, inside a transaction or outside of one. */
export type Db = Kysely<Database>;

/** Runs queries inside a transaction. */
export type Tx = Transaction<Database>;

/** A connected database. */
export interface OpenDatabase {
  readonly db: Db;
  /** Has a connection of its own where there is more than one: it never waits for those of `db`. */
  readonly spareDb: Db;
  readonly kind: DatabaseSettings["kind"];
  /** Asks the smallest question. @throws if the database does not answer. */
  ping(): Promise<void>;
  /** Resolves if an embedded database stops by itself: nothing will answer any more. */
  readonly lost: Promise<Error>;
  /** Waits for running queries, then disconnects. */
  close(): Promise<void>;
}

/**
 * Who opens a database. A `server` runs on: it opens an embedded folder itself or not at all. A
 * `task` ends soon: while a server holds the folder, it works through the server.
 */
export type DatabaseUser = "server" | "task";
