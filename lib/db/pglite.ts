import { PGlite, type PGliteOptions, types } from "@electric-sql/pglite";
import { pg_trgm } from "@electric-sql/pglite/contrib/pg_trgm";
import { Kysely, PGliteDialect, sql } from "kysely";
import type { OpenDatabase } from "./database.ts";
import { forgetValues } from "./errors.ts";
import type { Database } from "./schema.ts";

/**
 * Starts PostgreSQL inside this process: in memory, or on the folder `dataDir`. `loadDataDir`, made
 * by `dumpDataDir()`, is what a new one starts from.
 */
export function createPGlite(
  options: Pick<PGliteOptions, "dataDir" | "loadDataDir"> = {},
): Promise<PGlite> {
  return PGlite.create({
    ...options,
    // As on PostgreSQL (see postgres.ts): identities and counts stay far below 2^53.
    parsers: { [types.INT8]: Number },
    // Its files, for `create extension`.
    extensions: { pg_trgm },
  });
}

/** The embedded database behind the interface of any; closing it closes `pglite`. */
export function databaseOf(pglite: PGlite): OpenDatabase {
  const db = new Kysely<Database>({ dialect: new PGliteDialect({ pglite }), log: forgetValues });
  return {
    db,
    spareDb: db,
    kind: "pglite",
    ping: async () => void await sql`select 1`.execute(db),
    async close() {
      await db.destroy();
      // Kysely leaves an instance open that it has never used.
      if (!pglite.closed) await pglite.close();
    },
  };
}
