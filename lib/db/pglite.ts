import { PGlite, type PGliteOptions } from "@electric-sql/pglite";
import { pg_trgm } from "@electric-sql/pglite/contrib/pg_trgm";

/**
 * Starts PostgreSQL in this thread: in memory, or on the folder `dataDir`. `loadDataDir`, made by
 * `dumpDataDir()`, is what a new one starts from.
 */
export function createPGlite(
  options: Pick<PGliteOptions, "dataDir" | "loadDataDir"> = {},
): Promise<PGlite> {
  // The extension's files, for `create extension`.
  return PGlite.create({ ...options, extensions: { pg_trgm } });
}
