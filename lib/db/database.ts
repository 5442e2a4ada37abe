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
  /** Has its own connection on PostgreSQL, so it never waits for those of `db`. */
  readonly spareDb: Db;
  readonly kind: DatabaseSettings["kind"];
  /** Runs the smallest query. @throws if the database does not answer. */
  ping(): Promise<void>;
  /** Resolves when an embedded database has stopped by itself and will not answer again. */
  readonly lost: Promise<Error>;
  /** Waits for running queries, then disconnects. */
  close(): Promise<void>;
}

/**
 * Who opens a database. A `server` must open an embedded folder itself. A `task` is short-lived and
 * works through the server if one holds the folder.
 */
export type DatabaseUser = "server" | "task";
