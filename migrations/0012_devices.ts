import { type Kysely, sql } from "kysely";

/** Browsers that have signed in, and the browser of each entry in the audit trail. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema.createTable("devices")
    .addColumn("id", "bigint", (c) => c.generatedAlwaysAsIdentity().primaryKey())
    .addColumn("user_id", "bigint", (c) => c.notNull().references("users.id").onDelete("cascade"))
    .addColumn("token_hash", "text", (c) => c.notNull())
    .addColumn("browser", "text", (c) => c.notNull())
    .addColumn("ip", "text", (c) => c.notNull())
    .addColumn("failed_logins", "integer", (c) => c.notNull().defaultTo(0))
    .addColumn("first_login_at", "timestamptz", (c) => c.notNull().defaultTo(sql`now()`))
    .addColumn("last_login_at", "timestamptz", (c) => c.notNull().defaultTo(sql`now()`))
    .addUniqueConstraint("devices_token_user", ["token_hash", "user_id"])
    .execute();
  await db.schema.createIndex("devices_user").on("devices").columns(["user_id", "last_login_at"])
    .execute();
  await db.schema.createIndex("devices_last_login").on("devices").column("last_login_at").execute();
  await db.schema.alterTable("audit_events").addColumn("browser", "text").execute();
}

/** Reverts {@linkcode up}. */
export async function down(db: Kysely<unknown>): Promise<void> {
  await db.schema.alterTable("audit_events").dropColumn("browser").execute();
  await db.schema.dropTable("devices").execute();
}
