import type { Kysely } from "kysely";

/** The address that a user wants to have, until it is confirmed. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema.alterTable("users").addColumn("new_email", "text").execute();
}

/** Reverts {@linkcode up}: users who wait for the confirmation of a new address start again. */
export async function down(db: Kysely<unknown>): Promise<void> {
  await db.schema.alterTable("users").dropColumn("new_email").execute();
}
