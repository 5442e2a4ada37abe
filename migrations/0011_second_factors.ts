import { type Kysely, sql } from "kysely";

/** Second factors, recovery codes, and when a session's user was last proven, and by what. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema.createTable("second_factors")
    .addColumn(
      "user_id",
      "bigint",
      (c) => c.primaryKey().references("users.id").onDelete("cascade"),
    )
    .addColumn("secret", "text")
    .addColumn("new_secret", "text")
    .addColumn("used_step", "integer", (c) => c.notNull().defaultTo(0))
    .addColumn("wrong_codes", "integer", (c) => c.notNull().defaultTo(0))
    .addColumn("locked_until", "timestamptz")
    .addColumn("turned_on_at", "timestamptz")
    .addColumn("codes_stored_at", "timestamptz")
    .execute();
  await db.schema.createTable("recovery_codes")
    .addColumn("user_id", "bigint", (c) => c.notNull().references("users.id").onDelete("cascade"))
    .addColumn("code_hash", "text", (c) => c.notNull())
    .addPrimaryKeyConstraint("recovery_codes_key", ["user_id", "code_hash"])
    .execute();
  await db.schema.alterTable("sessions")
    .addColumn("proven_at", "timestamptz", (c) => c.notNull().defaultTo(sql`now()`))
    .addColumn("proven_by", "text", (c) => c.notNull().defaultTo("password"))
    .execute();
  await sql`update sessions set proven_at = created_at`.execute(db);
}

/** Reverts {@linkcode up}. Everybody signs in with the password only. */
export async function down(db: Kysely<unknown>): Promise<void> {
  await sql`delete from one_time_tokens where kind = 'sign_in_challenge'`.execute(db);
  await db.schema.alterTable("sessions").dropColumn("proven_at").dropColumn("proven_by").execute();
  await db.schema.dropTable("recovery_codes").execute();
  await db.schema.dropTable("second_factors").execute();
}
