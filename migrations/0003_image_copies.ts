import { type Kysely, sql } from "kysely";

/** Copies of the latest files on the FTP server, for when it is down. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema.createTable("image_copies")
    .addColumn("name", "text", (c) => c.primaryKey())
    .addColumn("bytes", "bytea", (c) => c.notNull())
    .addColumn("created_at", "timestamptz", (c) => c.notNull().defaultTo(sql`now()`))
    .execute();
  // WebP cannot be compressed further.
  await sql`alter table image_copies alter column bytes set storage external`.execute(db);
}

/** Reverts {@linkcode up}. */
export async function down(db: Kysely<unknown>): Promise<void> {
  await db.schema.dropTable("image_copies").execute();
}
