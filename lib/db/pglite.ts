import { PGlite, type PGliteOptions } from "@electric-sql/pglite";

/**
 * Starts PostgreSQL in this thread, in memory or on the folder `dataDir`. A new database starts
 * from `loadDataDir`, if given, which `dumpDataDir()` makes.
 */
export function createPGlite(
  options: Pick<PGliteOptions, "dataDir" | "loadDataDir"> = {},
): Promise<PGlite> {
  return PGlite.create(options);
}
