import { type Kysely, sql } from "kysely";

/** Columns of `user_import_rows` that change several times a row. */
const CHANGING = ["outcome", "link"] as const;

/**
 * Stops indexing what changes with each step of an import, and leaves room in its pages: so an
 * update writes no index.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const column of CHANGING) {
    await db.schema.dropIndex(`user_import_rows_${column}`).execute();
  }
  await sql`alter table user_import_rows set (fillfactor = 50)`.execute(db);
}

/** Reverts {@linkcode up}. */
export async function down(db: Kysely<unknown>): Promise<void> {
  await sql`alter table user_import_rows reset (fillfactor)`.execute(db);
  for (const column of CHANGING) {
    await db.schema.createIndex(`user_import_rows_${column}`).on("user_import_rows")
      .columns(["import_id", column, "line"]).execute();
  }
}
