import { type Kysely, sql } from "kysely";

/** Avatars in the database, uploads that wait for the FTP server, and a view of avatars in use. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema.createTable("images")
    .addColumn("name", "text", (c) => c.primaryKey())
    .addColumn("bytes", "bytea", (c) => c.notNull())
    .addColumn("created_at", "timestamptz", (c) => c.notNull().defaultTo(sql`now()`))
    .execute();

  await db.schema.createTable("image_uploads")
    .addColumn("name", "text", (c) => c.primaryKey())
    .addColumn("bytes", "bytea")
    .addColumn("revision", "integer", (c) => c.notNull().defaultTo(1))
    .addColumn("created_at", "timestamptz", (c) => c.notNull().defaultTo(sql`now()`))
    .addColumn("attempts", "integer", (c) => c.notNull().defaultTo(0))
    .addColumn("next_attempt_at", "timestamptz", (c) => c.notNull().defaultTo(sql`now()`))
    .addColumn("leased_until", "timestamptz")
    .addColumn("last_error", "text")
    .execute();
  await db.schema.createIndex("image_uploads_due").on("image_uploads").column("next_attempt_at")
    .execute();

  // WebP cannot be compressed further.
  await sql`alter table images alter column bytes set storage external`.execute(db);
  await sql`alter table image_uploads alter column bytes set storage external`.execute(db);

  // Collation "C", because names are looked up exactly and by prefix.
  await sql`
    create index user_profiles_image on user_profiles ((image collate "C")) where image is not null
  `.execute(db);
  await sql`
    create view named_images as
    select user_id, image collate "C" as image from user_profiles where image is not null
    union all
    select user_id, (jsonb_path_query_first(snapshot, '$.**.image') #>> '{}') collate "C"
    from deleted_users
  `.execute(db);
}

/** Reverts {@linkcode up}. */
export async function down(db: Kysely<unknown>): Promise<void> {
  await db.schema.dropView("named_images").execute();
  await db.schema.dropIndex("user_profiles_image").execute();
  await db.schema.dropTable("image_uploads").execute();
  await db.schema.dropTable("images").execute();
}
