import assert from "node:assert/strict";
import { sql } from "kysely";
import type { Db } from "@/lib/db/database.ts";
import { migrateUp } from "@/lib/db/migrator.ts";
import { databaseTest } from "@/tests/kit/databases.ts";
import { migrateBefore } from "@/tests/kit/migrations.ts";

const NAME = "0015_api_keys";

/** A user of the version before. */
async function fill(db: Db): Promise<void> {
  await sql`
    insert into users (id, username, username_key, email, email_key, password_hash)
    values (1, 'ada', 'ada', 'ada@example.com', 'ada@example.com', '!')
  `.execute(db);
}

const addKey = (db: Db) =>
  db.insertInto("api_keys").values({
    user_id: 1,
    name: "backup",
    prefix: "roster_Ab12",
    token_hash: "h",
    scopes: ["self"],
    expires_at: new Date(Date.now() + 60_000),
  }).execute();

databaseTest(
  "0015_api_keys begins without keys, and can be taken back without a loss of older rows",
  async ({ db }) => {
    await migrateBefore(db, NAME);
    await fill(db);
    const users = await db.selectFrom("users").selectAll().execute();
    await migrateUp(db);
    assert.deepEqual(await db.selectFrom("api_keys").selectAll().execute(), []);
    await addKey(db);
    await migrateBefore(db, NAME);
    assert.deepEqual(await db.selectFrom("users").selectAll().execute(), users);
  },
  { anyDatabase: true },
);

databaseTest(
  "0015_api_keys takes no hash twice, and forgets a deleted user's keys",
  async ({ db }) => {
    await migrateUp(db);
    await fill(db);
    await addKey(db);
    await assert.rejects(addKey(db), /api_keys_token_hash/);
    await db.deleteFrom("users").execute();
    assert.deepEqual(await db.selectFrom("api_keys").selectAll().execute(), []);
  },
  { anyDatabase: true },
);
