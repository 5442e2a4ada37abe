import assert from "node:assert/strict";
import { sql } from "kysely";
import { migrateUp } from "@/lib/db/migrator.ts";
import { databaseTest } from "@/tests/kit/databases.ts";
import { migrateBefore } from "@/tests/kit/migrations.ts";

const NAME = "0032_open_users";

databaseTest(
  "0032_open_users keeps one row for a user and a viewer, and goes again",
  async ({ db }) => {
    await migrateBefore(db, NAME);
    await migrateUp(db);
    const values = { user_id: 1, viewer_id: 2 };
    await db.insertInto("open_users").values(values).execute();
    await assert.rejects(db.insertInto("open_users").values(values).execute());
    await migrateBefore(db, NAME);
    const { rows } = await sql`select to_regclass('open_users') as found`.execute(db);
    assert.deepEqual(rows, [{ found: null }]);
  },
  { anyDatabase: true },
);
