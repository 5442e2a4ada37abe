import { type Kysely, sql } from "kysely";

/** One table for every link and code that works once. Links already mailed stay valid. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema.createTable("one_time_tokens")
    .addColumn("id", "bigint", (c) => c.generatedAlwaysAsIdentity().primaryKey())
    .addColumn("kind", "text", (c) => c.notNull())
    .addColumn("user_id", "bigint", (c) => c.references("users.id").onDelete("cascade"))
    .addColumn("email", "text", (c) => c.notNull())
    .addColumn("token_hash", "text", (c) => c.notNull().unique())
    .addColumn("code_hash", "text")
    .addColumn("code_expires_at", "timestamptz")
    .addColumn("tries", "integer", (c) => c.notNull().defaultTo(0))
    .addColumn("password_hash", "text")
    .addColumn("created_at", "timestamptz", (c) => c.notNull().defaultTo(sql`now()`))
    .addColumn("expires_at", "timestamptz", (c) => c.notNull())
    .execute();
  await sql`
    insert into one_time_tokens (kind, user_id, email, token_hash, created_at, expires_at)
    select 'verify_email', user_id, email, token_hash, created_at, expires_at from email_tokens
    order by created_at
  `.execute(db);
  await db.schema.dropTable("email_tokens").execute();
  await db.schema.createIndex("one_time_tokens_user").on("one_time_tokens")
    .columns(["user_id", "kind"]).execute();
  await db.schema.createIndex("one_time_tokens_expires").on("one_time_tokens").column("expires_at")
    .execute();
}

/** Reverts {@linkcode up}. Only links that verify an address stay valid; letters are not sent. */
export async function down(db: Kysely<unknown>): Promise<void> {
  await db.schema.createTable("email_tokens")
    .addColumn("token_hash", "text", (c) => c.primaryKey())
    .addColumn("user_id", "bigint", (c) => c.notNull().references("users.id").onDelete("cascade"))
    .addColumn("email", "text", (c) => c.notNull())
    .addColumn("created_at", "timestamptz", (c) => c.notNull().defaultTo(sql`now()`))
    .addColumn("expires_at", "timestamptz", (c) => c.notNull())
    .execute();
  await sql`
    insert into email_tokens (token_hash, user_id, email, created_at, expires_at)
    select token_hash, user_id, email, created_at, expires_at from one_time_tokens
    where kind = 'verify_email' and user_id is not null
  `.execute(db);
  await db.schema.dropTable("one_time_tokens").execute();
  await sql`delete from jobs where kind = 'letter'`.execute(db);
  await db.schema.createIndex("email_tokens_user").on("email_tokens").column("user_id").execute();
  await db.schema.createIndex("email_tokens_expires").on("email_tokens").column("expires_at")
    .execute();
}
