import { type Kysely, sql } from "kysely";

/** The role of people who help users to sign in. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`alter table users drop constraint users_role`.execute(db);
  await sql`
    alter table users add constraint users_role check (role in ('user', 'support', 'admin'))
  `.execute(db);
  await db.schema.createIndex("users_support").on("users").column("id")
    .where(sql<boolean>`role = 'support'`).execute();
}

/** Reverts {@linkcode up}. Support becomes a plain user, also where it can come back from. */
export async function down(db: Kysely<unknown>): Promise<void> {
  await sql`update users set role = 'user' where role = 'support'`.execute(db);
  await sql`update invitations set role = 'user' where role = 'support'`.execute(db);
  await sql`
    update deleted_users set snapshot = jsonb_set(snapshot, '{user,role}', '"user"')
    where snapshot #>> '{user,role}' = 'support'
  `.execute(db);
  await sql`
    update undo_log set before = jsonb_set(before, '{account,role}', '"user"')
    where before #>> '{account,role}' = 'support'
  `.execute(db);
  await sql`
    update undo_log set after = jsonb_set(after, '{account,role}', '"user"')
    where after #>> '{account,role}' = 'support'
  `.execute(db);
  await db.schema.dropIndex("users_support").execute();
  await sql`alter table users drop constraint users_role`.execute(db);
  await sql`alter table users add constraint users_role check (role in ('user', 'admin'))`
    .execute(db);
}
