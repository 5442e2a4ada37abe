import { mkdir } from "node:fs/promises";
import { dirname } from "node:path";
import type { DatabaseUser, OpenDatabase } from "./database.ts";
import { createPGlite, databaseOf } from "./pglite.ts";

/** Opens the embedded database in `folder`, which is made if there is none. */
export async function openFolder(folder: string, _user: DatabaseUser): Promise<OpenDatabase> {
  await mkdir(dirname(folder), { recursive: true, mode: 0o700 });
  return databaseOf(await createPGlite({ dataDir: folder }));
}
