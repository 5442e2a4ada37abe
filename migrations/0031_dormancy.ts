import { type Kysely, sql } from "kysely";

/** Who was told that the account is suspended unless they sign in, and finding them in time. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema.createTable("dormancy_warnings")
    .addColumn(
      "user_id",
      "bigint",
      (c) => c.primaryKey().references("users.id").onDelete("cascade"),
    )
    .addColumn("warned_at", "timestamptz", (c) => c.notNull().defaultTo(sql`now()`))
    .addColumn("reminded_at", "timestamptz")
    .execute();
  await db.schema.createIndex("dormancy_warnings_due").on("dormancy_warnings")
    .columns(["reminded_at", "warned_at"]).execute();
  await sql`
    create index users_dormant on users (coalesce(last_login_at, created_at), id)
    where status = 'active' and role <> 'admin'
  `.execute(db);
}

/** Reverts {@linkcode up}. */
export async function down(db: Kysely<unknown>): Promise<void> {
  await db.schema.dropIndex("users_dormant").execute();
  await db.schema.dropTable("dormancy_warnings").execute();
}
