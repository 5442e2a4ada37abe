import { resolve } from "node:path";
import { sql } from "kysely";
import type { DatabaseSettings } from "@/lib/settings/database.ts";
import { lockFileOf, readFolderOwner } from "./folder_lock.ts";
import { openDatabase } from "./open_database.ts";

/**
 * Describes another process that works on the database, such as a server. Returns `undefined` if
 * there is none.
 *
 * On PostgreSQL this looks for Roster's connections from any machine: call it while this process
 * has no connection. On the embedded database, call it while this process has it open.
 */
export async function findOtherUsers(settings: DatabaseSettings): Promise<string | undefined> {
  if (settings.kind === "postgres") return await findOtherConnections(settings);
  if (settings.path === "memory") return undefined;
  const owner = await readFolderOwner(lockFileOf(resolve(settings.path)));
  return owner === undefined || owner.pid === Deno.pid ? undefined : `Process ${owner.pid}`;
}

async function findOtherConnections(settings: DatabaseSettings): Promise<string | undefined> {
  const { db, close } = await openDatabase(settings);
  try {
    const { rows: [found] } = await sql<{ count: number }>`
      select count(*)::int as count from pg_stat_activity
      where application_name = current_setting('application_name')
        and datname = current_database() and pid <> pg_backend_pid()
    `.execute(db);
    const count = found?.count ?? 0;
    return count === 0 ? undefined : `A server with ${count} connections`;
  } finally {
    await close();
  }
}
