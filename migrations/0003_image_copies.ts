import { type Kysely, sql } from "kysely";

/** Copies of what was sent to the FTP server last, for when it is down. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema.createTable("image_copies")
    .addColumn("name", "text", (c) => c.primaryKey())
    .addColumn("bytes", "bytea", (c) => c.notNull())
    .addColumn("created_at", "timestamptz", (c) => c.notNull().defaultTo(sql`now()`))
    .execute();
  // WebP does not get smaller by compressing it once more.
  await sql`alter table image_copies alter column bytes set storage external`.execute(db);
}

/** Takes everything of {@linkcode up} back. */
export async function down(db: Kysely<unknown>): Promise<void> {
  await db.schema.dropTable("image_copies").execute();
}
