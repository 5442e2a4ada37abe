import assert from "node:assert/strict";
import { sql } from "kysely";
import type { Db } from "@/lib/db/database.ts";
import { migrateUp } from "@/lib/db/migrator.ts";
import { databaseTest } from "@/tests/kit/databases.ts";
import { migrateBefore } from "@/tests/kit/migrations.ts";

const NAME = "0021_leaving";

async function fill(db: Db): Promise<void> {
  await sql`
    insert into users (id, username, username_key, email, email_key, password_hash)
    values (1, 'ada', 'ada', 'ada@example.com', 'ada@example.com', '!')
  `.execute(db);
  await sql`
    insert into sessions (user_id, token_hash, ip, user_agent) values (1, 'h', '192.0.2.1', 'x')
  `.execute(db);
  await sql`
    insert into deleted_users (user_id, username, email, snapshot, deleted_by)
    values (2, 'bo', 'bo@example.com', '{}', 'ada')
  `.execute(db);
  await sql`
    insert into one_time_tokens (kind, user_id, email, token_hash, expires_at)
    values ('reset_password', 1, 'ada@example.com', 'h', now() + interval '1 hour')
  `.execute(db);
  await sql`
    insert into audit_events (actor_id, actor_name, action, target_id, target_name, ip)
    values (1, 'ada', 'sign_in', 1, 'ada', '192.0.2.1'), (1, 'ada', 'delete_user', 2, 'bo', null),
      (3, 'joan', 'sign_in', 3, 'joan', '192.0.2.3')
  `.execute(db);
}

async function rowsOf(db: Db): Promise<unknown[]> {
  const tables = ["users", "sessions", "deleted_users", "one_time_tokens", "audit_events"];
  return await Promise.all(tables.map(async (table) => {
    const { rows } = await sql`select * from ${sql.table(table)} order by 1`.execute(db);
    return rows;
  }));
}

databaseTest(`${NAME} keeps all rows, and can be taken back without a loss of older ones`, async (
  { db },
) => {
  await migrateBefore(db, NAME);
  await fill(db);
  const before = await rowsOf(db);
  await migrateUp(db);
  await sql`
    insert into one_time_tokens (kind, deleted_user_id, email, token_hash, expires_at)
    values ('restore_account', 2, 'bo@example.com', 'h2', now() + interval '1 hour')
  `.execute(db);
  await sql`insert into jobs (kind, user_id) values ('erase_trail', 3)`.execute(db);
  await migrateBefore(db, NAME);
  assert.deepEqual(await rowsOf(db), before);
  const { rows } = await sql`select 1 from jobs`.execute(db);
  assert.deepEqual(rows, []);
}, { anyDatabase: true });

databaseTest(`${NAME} erases the trail of users who neither exist nor can be restored`, async (
  { db },
) => {
  await migrateUp(db);
  await fill(db);
  const erase = (id: number) => sql`select erase_audit_events(${id}, 10)`.execute(db);
  await assert.rejects(erase(1), /user 1 exists, or can be restored/);
  await assert.rejects(erase(2), /user 2 exists, or can be restored/);
  await erase(3);
  const events = await db.selectFrom("audit_events").select(["actor_name", "target_name", "ip"])
    .orderBy("id").execute();
  assert.deepEqual(events.map((event) => Object.values(event)), [
    ["ada", "ada", "192.0.2.1"],
    ["ada", "bo", null],
    ["user 3", "user 3", null],
  ]);
}, { anyDatabase: true });

databaseTest(`${NAME} lets a way back go with the deleted user`, async ({ db }) => {
  await migrateUp(db);
  await fill(db);
  await sql`
    insert into one_time_tokens (kind, deleted_user_id, email, token_hash, expires_at)
    values ('restore_account', 2, 'bo@example.com', 'h2', now() + interval '1 hour')
  `.execute(db);
  await sql`delete from deleted_users`.execute(db);
  const { rows } = await sql`select kind from one_time_tokens`.execute(db);
  assert.deepEqual(rows, [{ kind: "reset_password" }]);
}, { anyDatabase: true });
