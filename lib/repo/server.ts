import { sql } from "kysely";
import type { Db, Tx } from "@/lib/db/database.ts";

/**
 * Tells the planner at once of many new users. PostgreSQL finds out by itself in a minute; the
 * embedded database, which has no background processes, never would.
 */
export async function refreshUserStatistics(db: Db): Promise<void> {
  for (const table of ["users", "user_profiles", "user_search"]) {
    await sql`analyze ${sql.table(table)}`.execute(db);
  }
}

/** Name and number of the server's version, such as `PostgreSQL 17.2`. */
export async function findServerVersion(db: Db): Promise<string> {
  const { rows } = await sql<{ version: string }>`
    select 'PostgreSQL ' || current_setting('server_version') as version
  `.execute(db);
  return rows[0]?.version ?? "unknown";
}

/**
 * Changes nothing, and only in a database that takes changes.
 *
 * @throws the database's error on a standby, or where it was made read-only.
 */
export async function assertWritable(db: Db): Promise<void> {
  await db.selectFrom("users").select("id").where(sql<boolean>`false`).forKeyShare().execute();
}

/** What time it is to the database. */
export async function findDatabaseTime(db: Db): Promise<Date> {
  const { rows } = await sql<{ now: Date }>`select clock_timestamp() as now`.execute(db);
  return rows[0]!.now;
}

/** The name of the database and the encoding of its texts. */
export async function findDatabaseEncoding(
  db: Db,
): Promise<{ readonly name: string; readonly encoding: string }> {
  const { rows } = await sql<{ name: string; encoding: string }>`
    select current_database() as name, current_setting('server_encoding') as encoding
  `.execute(db);
  return rows[0]!;
}

/** Has the database break off each further statement of the transaction that takes longer. */
export async function limitStatements(tx: Tx, milliseconds: number): Promise<void> {
  await sql`select set_config('statement_timeout', ${String(milliseconds)}, true)`.execute(tx);
}
