import { sql } from "kysely";
import type { Db } from "@/lib/db/database.ts";

/**
 * Tells the planner at once of many new users. PostgreSQL finds out by itself in a minute; the
 * embedded database, which has no background processes, never would.
 */
export async function refreshUserStatistics(db: Db): Promise<void> {
  await sql`analyze users, user_profiles`.execute(db);
}

/** Name and number of the server's version, such as `PostgreSQL 17.2`. */
export async function findServerVersion(db: Db): Promise<string> {
  const { rows } = await sql<{ version: string }>`
    select 'PostgreSQL ' || current_setting('server_version') as version
  `.execute(db);
  return rows[0]?.version ?? "unknown";
}
