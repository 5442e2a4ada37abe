import { type Kysely, sql } from "kysely";

/**
 * The rate limits of all processes. Unlogged: they are written often, and after a crash of the
 * database everybody may have the whole allowance again.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema.createTable("rate_limits").modifyFront(sql`unlogged`)
    .addColumn("key", "text", (c) => c.primaryKey())
    .addColumn("full_at", "timestamptz", (c) => c.notNull())
    .execute();
  await db.schema.createIndex("rate_limits_full_at").on("rate_limits").column("full_at").execute();
}

/** Reverts {@linkcode up}. */
export async function down(db: Kysely<unknown>): Promise<void> {
  await db.schema.dropTable("rate_limits").execute();
}
