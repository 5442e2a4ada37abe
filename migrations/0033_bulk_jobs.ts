import { type Kysely, sql } from "kysely";

/** Adds bulk jobs: actions on many users, and what became of each of them. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema.createTable("bulk_jobs")
    .addColumn("id", "bigint", (c) => c.primaryKey().generatedAlwaysAsIdentity())
    .addColumn("action", "text", (c) => c.notNull())
    .addColumn("input", "jsonb", (c) => c.notNull())
    .addColumn("undoes", "bigint")
    .addColumn("by_id", "bigint", (c) => c.notNull())
    .addColumn("source", "jsonb", (c) => c.notNull())
    .addColumn("state", "text", (c) => c.notNull().defaultTo("preview"))
    .addColumn("reached", "bigint", (c) => c.notNull().defaultTo(0))
    .addColumn("created_at", "timestamptz", (c) => c.notNull().defaultTo(sql`now()`))
    .addColumn("started_at", "timestamptz")
    .addColumn("ended_at", "timestamptz")
    .execute();
  await db.schema.createIndex("bulk_jobs_created_at").on("bulk_jobs").column("created_at")
    .execute();
  await db.schema.createTable("bulk_items")
    .addColumn(
      "job_id",
      "bigint",
      (c) => c.notNull().references("bulk_jobs.id").onDelete("cascade"),
    )
    // No reference: the results outlive users who are deleted.
    .addColumn("user_id", "bigint", (c) => c.notNull())
    .addColumn("state", "text", (c) => c.notNull().defaultTo("waiting"))
    .addColumn("reason", "text")
    .addColumn("entry", "bigint")
    .addPrimaryKeyConstraint("bulk_items_pkey", ["job_id", "user_id"])
    .execute();
}

/** Reverts {@linkcode up}. Bulk jobs that are not over end here, and what they did stays done. */
export async function down(db: Kysely<unknown>): Promise<void> {
  await db.schema.dropTable("bulk_items").execute();
  await db.schema.dropTable("bulk_jobs").execute();
  await sql`delete from jobs where kind = 'bulk'`.execute(db);
}
