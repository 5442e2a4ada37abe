import { type Kysely, sql } from "kysely";

/** Finds the users who have not confirmed their address, of whom there may be few. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema.createIndex("users_unconfirmed").on("users").column("id")
    .where(sql<boolean>`email_verified_at is null`).execute();
}

/** Reverts {@linkcode up}. */
export async function down(db: Kysely<unknown>): Promise<void> {
  await db.schema.dropIndex("users_unconfirmed").execute();
}
