import { type Kysely, sql } from "kysely";

/** Invitations of admins, one row per address that is invited. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema.createTable("invitations")
    .addColumn("id", "bigint", (c) => c.generatedAlwaysAsIdentity().primaryKey())
    .addColumn("email", "text", (c) => c.notNull())
    .addColumn("email_key", "text", (c) => c.notNull())
    .addColumn("role", "text", (c) => c.notNull())
    // No foreign keys: the row outlives both users, and accepting it locks it before its inviter.
    .addColumn("invited_by", "bigint")
    .addColumn("invited_by_name", "text", (c) => c.notNull())
    .addColumn("token_hash", "text", (c) => c.unique())
    .addColumn("revision", "integer", (c) => c.notNull().defaultTo(1))
    .addColumn("created_at", "timestamptz", (c) => c.notNull().defaultTo(sql`now()`))
    .addColumn("expires_at", "timestamptz", (c) => c.notNull())
    .addColumn("accepted_at", "timestamptz")
    .addColumn("accepted_by", "bigint")
    .addColumn("withdrawn_at", "timestamptz")
    .execute();
  await sql`
    create unique index invitations_open on invitations (email_key)
    where accepted_at is null and withdrawn_at is null
  `.execute(db);
  await sql`
    create index invitations_end on invitations (coalesce(accepted_at, withdrawn_at, expires_at))
  `.execute(db);
}

/** Reverts {@linkcode up}. */
export async function down(db: Kysely<unknown>): Promise<void> {
  await db.schema.dropTable("invitations").execute();
}
