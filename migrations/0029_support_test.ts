import assert from "node:assert/strict";
import { sql } from "kysely";
import { migrateUp } from "@/lib/db/migrator.ts";
import { databaseTest } from "@/tests/kit/databases.ts";
import { migrateBefore } from "@/tests/kit/migrations.ts";

const NAME = "0029_support";

databaseTest(
  "0029_support adds a role, and makes it a plain user again everywhere",
  async ({ db }) => {
    await migrateBefore(db, NAME);
    await sql`
    insert into users (username, username_key, email, email_key, password_hash, role) values
      ('ada', 'ada', 'ada@example.org', 'ada@example.org', 'x', 'admin'),
      ('bea', 'bea', 'bea@example.org', 'bea@example.org', 'x', 'user')
  `.execute(db);
    const setRole = sql`update users set role = 'support' where username = 'bea'`;
    await assert.rejects(setRole.execute(db), /users_role/);
    await migrateUp(db);
    await setRole.execute(db);
    await assert.rejects(sql`update users set role = 'king'`.execute(db), /users_role/);
    const id = sql`(select id from users where username = 'bea')`;
    await sql`
    insert into deleted_users (user_id, username, email, snapshot, deleted_by)
    values (9, 'cat', 'c@example.org', '{"user": {"role": "support"}}', 'ada')
  `.execute(db);
    await sql`
    insert into undo_log (entry, user_id, action, before, after) values (1, ${id}, 'edit_user',
      '{"account": {"role": "support"}, "profile": {}}', '{"account": {"role": "admin"}, "profile": {}}')
  `.execute(db);
    await migrateBefore(db, NAME);
    const { rows } = await sql`
    select role from users where username = 'bea' union all
    select snapshot #>> '{user,role}' from deleted_users union all
    select before #>> '{account,role}' from undo_log
  `.execute(db);
    assert.deepEqual(rows, [{ role: "user" }, { role: "user" }, { role: "user" }]);
  },
  { anyDatabase: true },
);
