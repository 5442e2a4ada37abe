import { type Kysely, sql } from "kysely";

/** Names that somebody has asked for at registration, until the registration ends. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema.createTable("held_usernames")
    .addColumn("id", "bigint", (c) => c.generatedAlwaysAsIdentity().primaryKey())
    .addColumn("username_key", "text", (c) => c.notNull())
    .addColumn("look", "text", (c) => c.notNull())
    .addColumn("user_id", "bigint", (c) => c.references("users.id").onDelete("cascade"))
    .addColumn("created_at", "timestamptz", (c) => c.notNull().defaultTo(sql`now()`))
    .execute();
  for (const column of ["username_key", "look"]) {
    await db.schema.createIndex(`held_usernames_${column}`).on("held_usernames").column(column)
      .unique().execute();
  }
  for (const column of ["user_id", "created_at"]) {
    await db.schema.createIndex(`held_usernames_${column}`).on("held_usernames").column(column)
      .execute();
  }
}

/** Reverts {@linkcode up}. */
export async function down(db: Kysely<unknown>): Promise<void> {
  await db.schema.dropTable("held_usernames").execute();
}
