import type { DatabaseSettings } from "@/lib/settings/database.ts";
import type { DatabaseUser, OpenDatabase } from "./database.ts";
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
  // Loaded where it is used alone: a database server compiled to WebAssembly is no small package.
  if (settings.path === "memory") {
    const { createPGlite, databaseOf } = await import("./pglite.ts");
    return databaseOf(await createPGlite());
  }
  const { openFolder } = await import("./pglite_folder.ts");
  return await openFolder(settings.path, user);
}
