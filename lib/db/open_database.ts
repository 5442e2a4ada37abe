import type { DatabaseSettings } from "@/lib/settings/database.ts";
import type { DatabaseUser, OpenDatabase } from "./database.ts";
import { openPostgres } from "./postgres.ts";

/**
 * Connects to the database of the settings.
 *
 * @throws {FolderInUseError} if another process holds the embedded folder and does not let others
 * in.
 */
export async function openDatabase(
  settings: DatabaseSettings,
  user: DatabaseUser = "task",
): Promise<OpenDatabase> {
  if (settings.kind === "postgres") return openPostgres(settings.server, user);
  // PostgreSQL installations never load PGlite.
  const { openFolder, openMemory } = await import("./pglite_thread.ts");
  return settings.path === "memory" ? await openMemory() : await openFolder(settings.path, user);
}
