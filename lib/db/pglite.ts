import { PGlite, type PGliteOptions } from "@electric-sql/pglite";

/**
 * Starts PostgreSQL in this thread: in memory, or on the folder `dataDir`. `loadDataDir`, made by
 * `dumpDataDir()`, is what a new one starts from.
 */
export function createPGlite(
  options: Pick<PGliteOptions, "dataDir" | "loadDataDir"> = {},
): Promise<PGlite> {
  return PGlite.create(options);
}
