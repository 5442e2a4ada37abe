import assert from "node:assert/strict";
import { sql } from "kysely";
import { migrateUp } from "@/lib/db/migrator.ts";
import { databaseTest } from "@/tests/kit/databases.ts";
import { migrateBefore } from "@/tests/kit/migrations.ts";

const NAME = "0025_undo_log";

databaseTest("0025_undo_log leaves users and the trail as they are, both ways", async ({ db }) => {
  const rows = async () => [
    (await sql`select * from users`.execute(db)).rows,
    (await sql`select * from audit_events`.execute(db)).rows,
  ];
  await migrateBefore(db, NAME);
  await sql`
    insert into users (id, username, username_key, email, email_key, password_hash)
    values (1, 'ada', 'ada', 'ada@example.com', 'ada@example.com', '!')
  `.execute(db);
  await sql`
    insert into audit_events (actor_name, action, target_id) values ('boss', 'suspend_user', 1)
  `.execute(db);
  const before = await rows();
  await migrateUp(db);
  await sql`
    insert into undo_log (entry, user_id, action, before, after)
    values (1, 1, 'suspend_user', '{}', '{}')
  `.execute(db);
  await migrateBefore(db, NAME);
  assert.deepEqual(await rows(), before);
}, { anyDatabase: true });
