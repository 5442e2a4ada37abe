import { sql } from "kysely";
import type { Db, Tx } from "@/lib/db/database.ts";

/**
 * Updates the planner's statistics after many new users. PostgreSQL would do so within a minute,
 * but the embedded database has no background processes.
 */
export async function refreshUserStatistics(db: Db): Promise<void> {
  for (const table of ["users", "user_profiles", "user_search"]) {
    await sql`analyze ${sql.table(table)}`.execute(db);
  }
}

/** Returns name and version of the server, such as `PostgreSQL 17.2`. */
export async function findServerVersion(db: Db): Promise<string> {
  const { rows } = await sql<{ version: string }>`
    select 'PostgreSQL ' || current_setting('server_version') as version
  `.execute(db);
  return rows[0]?.version ?? "unknown";
}

/** Returns the database's time. */
export async function findDatabaseTime(db: Db): Promise<Date> {
  const { rows } = await sql<{ now: Date }>`select clock_timestamp() as now`.execute(db);
  return rows[0]!.now;
}

/** Returns the name of the database and the encoding of its texts. */
export async function findDatabaseEncoding(
  db: Db,
): Promise<{ readonly name: string; readonly encoding: string }> {
  const { rows } = await sql<{ name: string; encoding: string }>`
    select current_database() as name, current_setting('server_encoding') as encoding
  `.execute(db);
  return rows[0]!;
}

/**
 * Makes the database cancel further statements of the transaction that take longer, and read tables
 * by their indexes: a wrong estimate must not lead to reading all users. They are long enough to be
 * shared out to several processes.
 */
export async function limitReads(tx: Tx, milliseconds: number): Promise<void> {
  await sql`
    select set_config('statement_timeout', ${String(milliseconds)}, true),
      set_config('enable_seqscan', 'off', true),
      set_config('max_parallel_workers_per_gather', null, true)
  `.execute(tx);
}

/**
 * Prepares a transaction for writing many users, so that others wait for no statement of it.
 *
 * PostgreSQL collects search entries in a list, and the statement that fills it writes all of them
 * into the index: the embedded database takes 1.5 s for the usual 4 MB, and a quarter of a second for
 * 256 kB. To find a few hundred users the planner may read all of them, unless it has to take an
 * index.
 */
export async function prepareForManyUsers(tx: Tx): Promise<void> {
  await sql`
    select set_config('gin_pending_list_limit', '256', true),
      set_config('enable_seqscan', 'off', true)
  `.execute(tx);
}
