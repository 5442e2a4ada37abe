import { type Kysely, sql } from "kysely";

/** Admins who view as another user, in their sessions and in the audit trail. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema.alterTable("sessions")
    .addColumn("viewing_user_id", "bigint", (c) => c.references("users.id").onDelete("set null"))
    .addColumn("viewing_until", "timestamptz")
    .execute();
  // For the foreign key, when a user is deleted.
  await db.schema.createIndex("sessions_viewing").on("sessions").column("viewing_user_id")
    .where(sql.ref("viewing_user_id"), "is not", null).execute();
  await db.schema.alterTable("audit_events")
    .addColumn("real_actor_id", "bigint")
    .addColumn("real_actor_name", "text")
    .execute();
}

/** Reverts {@linkcode up}. */
export async function down(db: Kysely<unknown>): Promise<void> {
  await db.schema.alterTable("audit_events").dropColumn("real_actor_name")
    .dropColumn("real_actor_id").execute();
  await db.schema.dropIndex("sessions_viewing").execute();
  await db.schema.alterTable("sessions").dropColumn("viewing_until").dropColumn("viewing_user_id")
    .execute();
}
