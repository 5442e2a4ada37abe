import assert from "node:assert/strict";
import { sql } from "kysely";
import { migrateUp } from "@/lib/db/migrator.ts";
import { databaseTest } from "@/tests/kit/databases.ts";
import { migrateBefore } from "@/tests/kit/migrations.ts";

const NAME = "0035_user_views";

databaseTest(
  "0035_user_views keeps views as long as their owner, and goes again",
  async ({ db }) => {
    await migrateBefore(db, NAME);
    await sql`
    insert into users (id, username, username_key, email, email_key, password_hash)
    overriding system value values (7, 'ada', 'ada', 'ada@example.org', 'ada@example.org', 'x')
  `.execute(db);
    await migrateUp(db);
    const values = { owner_id: 7, name: "Locked", query: "locked=yes" };
    await db.insertInto("user_views").values(values).execute();
    await assert.rejects(db.insertInto("user_views").values(values).execute());
    await sql`delete from users`.execute(db);
    assert.deepEqual(await db.selectFrom("user_views").selectAll().execute(), []);
    await migrateBefore(db, NAME);
    const { rows } = await sql`select to_regclass('user_views') as found`.execute(db);
    assert.deepEqual(rows, [{ found: null }]);
  },
  { anyDatabase: true },
);
