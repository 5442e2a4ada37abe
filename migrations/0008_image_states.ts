import { type Kysely, sql } from "kysely";

/**
 * One table of avatars with a state, in place of a table for each state. What is still to be done on
 * the FTP server becomes jobs.
 *
 * A file that was in several tables waits if it waited; otherwise it stays where it is kept for good.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema.alterTable("images").renameColumn("created_at", "changed_at").execute();
  await db.schema.alterTable("images")
    .addColumn("state", "text", (c) => c.notNull().defaultTo("stored")).execute();
  await db.schema.alterTable("images")
    .addCheckConstraint("images_state", sql`state in ('stored', 'waiting', 'sent')`).execute();
  await sql`
    insert into images (name, bytes, state, changed_at)
    select name, bytes, 'waiting', created_at from image_uploads where bytes is not null
    on conflict (name) do update set state = 'waiting', changed_at = excluded.changed_at
  `.execute(db);
  await sql`
    insert into images (name, bytes, state, changed_at)
    select name, bytes, 'sent', created_at from image_copies
    on conflict (name) do nothing
  `.execute(db);
  await sql`
    insert into jobs (kind, subject, revision, created_at, run_at, attempts, leased_until, last_error)
    select 'image', name, revision, created_at, next_attempt_at, attempts, leased_until, last_error
    from image_uploads order by next_attempt_at
  `.execute(db);
  await db.schema.dropTable("image_copies").execute();
  await db.schema.dropTable("image_uploads").execute();
  // Each minute the oldest of these make room.
  await db.schema.createIndex("images_sent").on("images").column("changed_at")
    .where(sql<boolean>`state = 'sent'`).execute();
}

/** Takes everything of {@linkcode up} back. */
export async function down(db: Kysely<unknown>): Promise<void> {
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
  await db.schema.createTable("image_copies")
    .addColumn("name", "text", (c) => c.primaryKey())
    .addColumn("bytes", "bytea", (c) => c.notNull())
    .addColumn("created_at", "timestamptz", (c) => c.notNull().defaultTo(sql`now()`))
    .execute();
  // WebP does not get smaller by compressing it once more.
  await sql`alter table image_uploads alter column bytes set storage external`.execute(db);
  await sql`alter table image_copies alter column bytes set storage external`.execute(db);
  await sql`
    insert into image_uploads
      (name, bytes, revision, created_at, attempts, next_attempt_at, leased_until, last_error)
    select coalesce(j.subject, i.name), i.bytes, coalesce(j.revision, 1),
      coalesce(j.created_at, i.changed_at), coalesce(j.attempts, 0), coalesce(j.run_at, now()),
      j.leased_until, j.last_error
    from (select * from jobs where kind = 'image') j
    full join (select * from images where state = 'waiting') i on i.name = j.subject
  `.execute(db);
  await sql`
    insert into image_copies (name, bytes, created_at)
    select name, bytes, changed_at from images where state = 'sent'
  `.execute(db);
  await sql`delete from jobs where kind = 'image'`.execute(db);
  await sql`delete from images where state <> 'stored'`.execute(db);
  await db.schema.dropIndex("images_sent").execute();
  await db.schema.alterTable("images").dropColumn("state").execute();
  await db.schema.alterTable("images").renameColumn("changed_at", "created_at").execute();
}
