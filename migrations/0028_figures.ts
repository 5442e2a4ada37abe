import { type Kysely, sql } from "kysely";

/** What the dashboard shows: counts of days, of weeks and of now, which one process keeps. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema.createTable("figures")
    .addColumn("name", "text", (c) => c.notNull())
    .addColumn("period", "text", (c) => c.notNull())
    .addColumn("start", "date", (c) => c.notNull())
    .addColumn("count", "bigint", (c) => c.notNull())
    .addColumn("made_at", "timestamptz", (c) => c.notNull().defaultTo(sql`now()`))
    .addPrimaryKeyConstraint("figures_pkey", ["name", "period", "start"])
    .execute();
}

/** Reverts {@linkcode up}. */
export async function down(db: Kysely<unknown>): Promise<void> {
  await db.schema.dropTable("figures").execute();
}
