import { type Kysely, sql } from "kysely";

/**
 * Indexes that let maintenance find expired rows cheaply, and the leases that say which process
 * does.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema.createIndex("users_suspended_until").on("users").column("suspended_until")
    .where("suspended_until", "is not", null).execute();
  await db.schema.createIndex("sessions_last_seen").on("sessions").column("last_seen_at").execute();
  await db.schema.createIndex("sessions_created").on("sessions").column("created_at").execute();
  await db.schema.createIndex("email_tokens_expires").on("email_tokens").column("expires_at")
    .execute();
  await db.schema.createIndex("deleted_users_deleted").on("deleted_users").column("deleted_at")
    .execute();
  await db.schema.createIndex("user_events_done").on("user_events").column("done_at")
    .where(sql<boolean>`done_at is not null`).execute();
  await db.schema.createIndex("user_events_of_user").on("user_events").column("user_id")
    .where(sql<boolean>`done_at is null`).execute();

  await db.schema.createTable("leases")
    .addColumn("name", "text", (c) => c.primaryKey())
    .addColumn("expires_at", "timestamptz", (c) => c.notNull())
    .execute();
}

/** Reverts {@linkcode up}. */
export async function down(db: Kysely<unknown>): Promise<void> {
  await db.schema.dropTable("leases").execute();
  for (
    const index of [
      "user_events_of_user",
      "user_events_done",
      "deleted_users_deleted",
      "email_tokens_expires",
      "sessions_created",
      "sessions_last_seen",
      "users_suspended_until",
    ]
  ) {
    await db.schema.dropIndex(index).execute();
  }
}
