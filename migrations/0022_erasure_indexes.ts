import type { Kysely } from "kysely";

const COLUMNS = [
  ["invitations", "email_key"],
  ["invitations", "accepted_by"],
  ["invitations", "invited_by"],
  ["deleted_users", "deleted_by_id"],
] as const;

/** Erasing a user finds by indexes what names them. */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const [table, column] of COLUMNS) {
    await db.schema.createIndex(`${table}_${column}`).on(table).column(column).execute();
  }
}

/** Reverts {@linkcode up}. */
export async function down(db: Kysely<unknown>): Promise<void> {
  for (const [table, column] of COLUMNS) {
    await db.schema.dropIndex(`${table}_${column}`).execute();
  }
}
