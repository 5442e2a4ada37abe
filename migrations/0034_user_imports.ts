import { type Kysely, sql } from "kysely";

/** Files of users that admins have uploaded, and what becomes of their rows. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema.createTable("user_imports")
    .addColumn("id", "bigint", (c) => c.primaryKey().generatedAlwaysAsIdentity())
    .addColumn("by_id", "bigint", (c) => c.notNull())
    .addColumn("source", "jsonb", (c) => c.notNull())
    .addColumn("header", "jsonb", (c) => c.notNull())
    .addColumn("columns", "jsonb", (c) => c.notNull())
    .addColumn("state", "text", (c) => c.notNull())
    .addColumn("created_at", "timestamptz", (c) => c.notNull().defaultTo(sql`now()`))
    .execute();
  await db.schema.createIndex("user_imports_created_at").on("user_imports").column("created_at")
    .execute();
  await db.schema.createTable("user_import_rows")
    .addColumn(
      "import_id",
      "bigint",
      (c) => c.notNull().references("user_imports.id").onDelete("cascade"),
    )
    .addColumn("line", "integer", (c) => c.notNull())
    .addColumn("cells", "jsonb", (c) => c.notNull())
    .addColumn("outcome", "text", (c) => c.notNull().defaultTo("unread"))
    .addColumn("reason", "text", (c) => c.notNull().defaultTo(""))
    .addColumn("email_key", "text")
    .addColumn("name_look", "text")
    .addColumn("link", "text")
    .addPrimaryKeyConstraint("user_import_rows_pkey", ["import_id", "line"])
    .execute();
  for (const column of ["outcome", "email_key", "name_look", "link"]) {
    await db.schema.createIndex(`user_import_rows_${column}`).on("user_import_rows")
      .columns(["import_id", column, "line"]).execute();
  }
}

/** Reverts {@linkcode up}. */
export async function down(db: Kysely<unknown>): Promise<void> {
  await db.schema.dropTable("user_import_rows").execute();
  await db.schema.dropTable("user_imports").execute();
}
