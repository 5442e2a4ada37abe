import assert from "node:assert/strict";
import { sql } from "kysely";
import { migrateUp } from "@/lib/db/migrator.ts";
import { databaseTest } from "@/tests/kit/databases.ts";
import { migrateBefore } from "@/tests/kit/migrations.ts";

const NAME = "0031_dormancy";

databaseTest(
  "0031_dormancy keeps a warning as long as its user, and goes again",
  async ({ db }) => {
    await migrateBefore(db, NAME);
    await sql`
    insert into users (id, username, username_key, email, email_key, password_hash)
    overriding system value values (7, 'ada', 'ada', 'ada@example.org', 'ada@example.org', 'x')
  `.execute(db);
    await migrateUp(db);
    await db.insertInto("dormancy_warnings").values({ user_id: 7 }).execute();
    await sql`delete from users`.execute(db);
    assert.deepEqual(await db.selectFrom("dormancy_warnings").selectAll().execute(), []);
    await migrateBefore(db, NAME);
    const { rows } = await sql`select to_regclass('dormancy_warnings') as found`.execute(db);
    assert.deepEqual(rows, [{ found: null }]);
  },
  { anyDatabase: true },
);
