import { type Kysely, sql } from "kysely";

/** Browsers in which no code is asked for. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema.alterTable("devices").addColumn("trusted_until", "timestamptz").execute();
}

/** Reverts {@linkcode up}. Sessions that began without a code end. */
export async function down(db: Kysely<unknown>): Promise<void> {
  await sql`delete from sessions where proven_by = 'trusted_browser'`.execute(db);
  await db.schema.alterTable("devices").dropColumn("trusted_until").execute();
}
