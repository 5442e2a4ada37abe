import assert from "node:assert/strict";
import { sql } from "kysely";
import type { Db } from "@/lib/db/database.ts";
import { migrateUp } from "@/lib/db/migrator.ts";
import { databaseTest } from "@/tests/kit/databases.ts";
import { migrateBefore } from "@/tests/kit/migrations.ts";

const NAME = "0014_rate_limits";

const usersOf = (db: Db) => db.selectFrom("users").selectAll().execute();

databaseTest(
  "0014_rate_limits adds a table that is not logged, and can be taken back",
  async ({ db }) => {
    await migrateBefore(db, NAME);
    await sql`
      insert into users (id, username, username_key, email, email_key, password_hash)
      values (1, 'ada', 'ada', 'ada@example.com', 'ada@example.com', '!')
    `.execute(db);
    const before = await usersOf(db);
    await migrateUp(db);
    await db.insertInto("rate_limits").values({ key: "k", full_at: new Date() }).execute();
    const { rows } = await sql<{ kind: string }>`
      select relpersistence as kind from pg_class where relname = 'rate_limits'
    `.execute(db);
    assert.deepEqual(rows, [{ kind: "u" }]);
    assert.deepEqual(await usersOf(db), before);
    await migrateBefore(db, NAME);
    assert.deepEqual(await usersOf(db), before);
    await assert.rejects(db.selectFrom("rate_limits").selectAll().execute());
  },
  { anyDatabase: true },
);
