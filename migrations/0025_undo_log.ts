import { type Kysely, sql } from "kysely";

/**
 * What it takes to take an action back: the columns of the user and of the profile that it changed,
 * as they were before and after it. The row outlives the user, whom a deletion may be about.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema.createTable("undo_log")
    .addColumn("entry", "bigint", (c) => c.primaryKey())
    .addColumn("user_id", "bigint", (c) => c.notNull())
    .addColumn("action", "text", (c) => c.notNull())
    .addColumn("at", "timestamptz", (c) => c.notNull().defaultTo(sql`now()`))
    .addColumn("before", "jsonb", (c) => c.notNull())
    .addColumn("after", "jsonb", (c) => c.notNull())
    .addColumn("undone_at", "timestamptz")
    .execute();
  await db.schema.createIndex("undo_log_user").on("undo_log").columns(["user_id", "entry"])
    .execute();
}

/** Reverts {@linkcode up}. Nothing of before can be taken back any more. */
export async function down(db: Kysely<unknown>): Promise<void> {
  await db.schema.dropTable("undo_log").execute();
}
