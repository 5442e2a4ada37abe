import { type Kysely, sql } from "kysely";

/** Who has the page of which user open. The rows are of use for minutes, so no key holds them. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema.createTable("open_users")
    .addColumn("user_id", "bigint", (c) => c.notNull())
    .addColumn("viewer_id", "bigint", (c) => c.notNull())
    .addColumn("opened_at", "timestamptz", (c) => c.notNull().defaultTo(sql`now()`))
    .addColumn("seen_at", "timestamptz", (c) => c.notNull().defaultTo(sql`now()`))
    .addPrimaryKeyConstraint("open_users_pkey", ["user_id", "viewer_id"])
    .execute();
  await db.schema.createIndex("open_users_seen").on("open_users").column("seen_at").execute();
}

/** Reverts {@linkcode up}. */
export async function down(db: Kysely<unknown>): Promise<void> {
  await db.schema.dropTable("open_users").execute();
}
