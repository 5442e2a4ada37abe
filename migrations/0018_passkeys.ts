import { type Kysely, sql } from "kysely";

/** Passkeys of users. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema.createTable("passkeys")
    .addColumn("id", "bigint", (c) => c.generatedAlwaysAsIdentity().primaryKey())
    .addColumn("user_id", "bigint", (c) => c.notNull().references("users.id").onDelete("cascade"))
    .addColumn("credential_id", "text", (c) => c.notNull().unique())
    .addColumn("public_key", "text", (c) => c.notNull())
    .addColumn("counter", "bigint", (c) => c.notNull())
    .addColumn("transports", "text", (c) => c.notNull())
    .addColumn("name", "text", (c) => c.notNull())
    .addColumn("synced", "boolean", (c) => c.notNull())
    .addColumn("created_at", "timestamptz", (c) => c.notNull().defaultTo(sql`now()`))
    .addColumn("last_used_at", "timestamptz")
    .execute();
  await db.schema.createIndex("passkeys_user").on("passkeys").column("user_id").execute();
}

/**
 * Reverts {@linkcode up}. Users who have removed their password get a new one by e-mail. Sessions
 * that a passkey has opened go on as if the password had.
 */
export async function down(db: Kysely<unknown>): Promise<void> {
  await sql`
    delete from one_time_tokens where kind in ('passkey_registration', 'passkey_sign_in')
  `.execute(db);
  await sql`update sessions set proven_by = 'password' where proven_by = 'passkey'`.execute(db);
  await db.schema.dropTable("passkeys").execute();
}
