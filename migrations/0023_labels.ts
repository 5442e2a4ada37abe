import { type Kysely, sql } from "kysely";

/** What admins write about users: tags and notes. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema.createTable("user_tags")
    .addColumn("user_id", "bigint", (c) => c.notNull().references("users.id").onDelete("cascade"))
    .addColumn("tag", "text", (c) => c.notNull())
    .addPrimaryKeyConstraint("user_tags_pkey", ["user_id", "tag"])
    .execute();
  await db.schema.createIndex("user_tags_tag").on("user_tags").columns(["tag", "user_id"])
    .execute();
  await db.schema.createTable("user_notes")
    .addColumn("id", "bigint", (c) => c.generatedAlwaysAsIdentity().primaryKey())
    .addColumn("user_id", "bigint", (c) => c.notNull().references("users.id").onDelete("cascade"))
    .addColumn("author_id", "bigint")
    .addColumn("text", "text", (c) => c.notNull())
    .addColumn("at", "timestamptz", (c) => c.notNull().defaultTo(sql`now()`))
    .execute();
  await db.schema.createIndex("user_notes_user").on("user_notes").columns(["user_id", "id"])
    .execute();
}

/** Reverts {@linkcode up}. */
export async function down(db: Kysely<unknown>): Promise<void> {
  await db.schema.dropTable("user_notes").execute();
  await db.schema.dropTable("user_tags").execute();
}
