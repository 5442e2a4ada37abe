import { type Kysely, sql } from "kysely";

/** Accounts, profiles, sessions, the outbox of the hooks, the audit trail and the bin. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema.createTable("users")
    .addColumn("id", "bigint", (c) => c.generatedByDefaultAsIdentity().primaryKey())
    .addColumn("username", "text", (c) => c.notNull())
    .addColumn("username_key", "text", (c) => c.notNull())
    .addColumn("email", "text", (c) => c.notNull())
    .addColumn("email_key", "text", (c) => c.notNull())
    .addColumn("password_hash", "text", (c) => c.notNull())
    .addColumn("role", "text", (c) => c.notNull().defaultTo("user"))
    .addColumn("status", "text", (c) => c.notNull().defaultTo("active"))
    .addColumn("status_reason", "text")
    .addColumn("suspended_until", "timestamptz")
    .addColumn("failed_logins", "integer", (c) => c.notNull().defaultTo(0))
    .addColumn("locked_until", "timestamptz")
    .addColumn("email_verified_at", "timestamptz")
    .addColumn("last_login_at", "timestamptz")
    .addColumn("created_at", "timestamptz", (c) => c.notNull().defaultTo(sql`now()`))
    .addColumn("updated_at", "timestamptz", (c) => c.notNull().defaultTo(sql`now()`))
    .addColumn("version", "integer", (c) => c.notNull().defaultTo(1))
    .addUniqueConstraint("users_username_key", ["username_key"])
    .addUniqueConstraint("users_email_key", ["email_key"])
    .addCheckConstraint("users_role", sql`role in ('user', 'admin')`)
    .addCheckConstraint("users_status", sql`status in ('active', 'suspended')`)
    .addCheckConstraint("users_failed_logins", sql`failed_logins >= 0`)
    .execute();
  await db.schema.createIndex("users_created").on("users").columns(["created_at", "id"]).execute();
  // Users who have never signed in come first. NULLs would break the cursors of the user list.
  await db.schema.createIndex("users_last_login").on("users")
    .expression(sql`(coalesce(last_login_at, 'epoch'::timestamptz)), id`).execute();
  await db.schema.createIndex("users_locked").on("users").column("locked_until")
    .where("locked_until", "is not", null).execute();
  await db.schema.createIndex("users_admins").on("users").column("id")
    .where(sql<boolean>`role = 'admin'`).execute();
  await db.schema.createIndex("users_suspended").on("users").column("id")
    .where(sql<boolean>`status = 'suspended'`).execute();
  // Finds in one probe whether any password still has its imported hash.
  await db.schema.createIndex("users_legacy_hash").on("users").column("id")
    .where(sql<boolean>`password_hash like '$pbkdf2%'`).execute();

  await db.schema.createTable("user_profiles")
    .addColumn(
      "user_id",
      "bigint",
      (c) => c.primaryKey().references("users.id").onDelete("cascade"),
    )
    .addColumn("full_name", "text", (c) => c.notNull().defaultTo(""))
    .addColumn("bio", "text", (c) => c.notNull().defaultTo(""))
    .addColumn("address", "text", (c) => c.notNull().defaultTo(""))
    .addColumn("zipcode", "text", (c) => c.notNull().defaultTo(""))
    .addColumn("phone", "text", (c) => c.notNull().defaultTo(""))
    .addColumn("email", "text", (c) => c.notNull().defaultTo(""))
    .addColumn("website", "text", (c) => c.notNull().defaultTo(""))
    .addColumn("image", "text")
    .addColumn("created_at", "timestamptz", (c) => c.notNull().defaultTo(sql`now()`))
    .addColumn("updated_at", "timestamptz", (c) => c.notNull().defaultTo(sql`now()`))
    .addColumn("version", "integer", (c) => c.notNull().defaultTo(1))
    .execute();

  await db.schema.createTable("sessions")
    .addColumn("id", "bigint", (c) => c.generatedAlwaysAsIdentity().primaryKey())
    .addColumn("user_id", "bigint", (c) => c.notNull().references("users.id").onDelete("cascade"))
    .addColumn("token_hash", "text", (c) => c.notNull().unique())
    .addColumn("ip", "text", (c) => c.notNull())
    .addColumn("user_agent", "text", (c) => c.notNull())
    .addColumn("created_at", "timestamptz", (c) => c.notNull().defaultTo(sql`now()`))
    .addColumn("last_seen_at", "timestamptz", (c) => c.notNull().defaultTo(sql`now()`))
    .execute();
  await db.schema.createIndex("sessions_user").on("sessions").column("user_id").execute();

  await db.schema.createTable("user_events")
    .addColumn("id", "bigint", (c) => c.generatedAlwaysAsIdentity().primaryKey())
    .addColumn("user_id", "bigint", (c) => c.notNull())
    .addColumn("kind", "text", (c) => c.notNull())
    .addColumn("created_at", "timestamptz", (c) => c.notNull().defaultTo(sql`now()`))
    .addColumn("attempts", "integer", (c) => c.notNull().defaultTo(0))
    .addColumn("next_attempt_at", "timestamptz", (c) => c.notNull().defaultTo(sql`now()`))
    .addColumn("last_error", "text")
    .addColumn("done_at", "timestamptz")
    .addCheckConstraint("user_events_kind", sql`kind in ('created', 'deleted')`)
    .execute();
  await db.schema.createIndex("user_events_open").on("user_events").columns([
    "next_attempt_at",
    "id",
  ])
    .where(sql<boolean>`done_at is null`).execute();

  await db.schema.createTable("audit_events")
    .addColumn("id", "bigint", (c) => c.generatedAlwaysAsIdentity().primaryKey())
    .addColumn("at", "timestamptz", (c) => c.notNull().defaultTo(sql`now()`))
    .addColumn("request_id", "text")
    .addColumn("actor_id", "bigint")
    .addColumn("actor_name", "text", (c) => c.notNull())
    .addColumn("action", "text", (c) => c.notNull())
    .addColumn("target_id", "bigint")
    .addColumn("target_name", "text")
    .addColumn("ip", "text")
    .addColumn("details", "jsonb", (c) => c.notNull().defaultTo(sql`'{}'::jsonb`))
    .execute();
  await db.schema.createIndex("audit_events_action").on("audit_events").columns(["action", "at"])
    .execute();
  await db.schema.createIndex("audit_events_target").on("audit_events").columns(["target_id", "id"])
    .execute();

  await db.schema.createTable("deleted_users")
    .addColumn("user_id", "bigint", (c) => c.primaryKey())
    .addColumn("username", "text", (c) => c.notNull())
    .addColumn("email", "text", (c) => c.notNull())
    .addColumn("snapshot", "jsonb", (c) => c.notNull())
    .addColumn("deleted_at", "timestamptz", (c) => c.notNull().defaultTo(sql`now()`))
    .addColumn("deleted_by", "text", (c) => c.notNull())
    .execute();

  await db.schema.createTable("email_tokens")
    .addColumn("token_hash", "text", (c) => c.primaryKey())
    .addColumn("user_id", "bigint", (c) => c.notNull().references("users.id").onDelete("cascade"))
    .addColumn("email", "text", (c) => c.notNull())
    .addColumn("created_at", "timestamptz", (c) => c.notNull().defaultTo(sql`now()`))
    .addColumn("expires_at", "timestamptz", (c) => c.notNull())
    .execute();
  await db.schema.createIndex("email_tokens_user").on("email_tokens").column("user_id").execute();
}

/** Reverts {@linkcode up}. */
export async function down(db: Kysely<unknown>): Promise<void> {
  for (
    const table of [
      "email_tokens",
      "deleted_users",
      "audit_events",
      "user_events",
      "sessions",
      "user_profiles",
      "users",
    ]
  ) {
    await db.schema.dropTable(table).execute();
  }
}
