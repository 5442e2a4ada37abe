import type { DatabaseSettings } from "@/lib/settings.ts";
import type { DatabaseUser, OpenDatabase } from "./database.ts";
import { createPGlite, databaseOf } from "./pglite.ts";
import { openFolder } from "./pglite_folder.ts";
import { openPostgres } from "./postgres.ts";

/**
 * Connects to the database of the settings.
 *
 * @throws {FolderInUseError} if another process holds the embedded folder and lets nobody in.
 */
export async function openDatabase(
  settings: DatabaseSettings,
  user: DatabaseUser = "task",
): Promise<OpenDatabase> {
  if (settings.kind === "postgres") return openPostgres(settings.url, user);
  if (settings.path === "memory") return databaseOf(await createPGlite());
  return await openFolder(settings.path, user);
}
