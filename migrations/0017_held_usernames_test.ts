import assert from "node:assert/strict";
import { sql } from "kysely";
import type { Db } from "@/lib/db/database.ts";
import { migrateUp } from "@/lib/db/migrator.ts";
import { databaseTest } from "@/tests/kit/databases.ts";
import { migrateBefore } from "@/tests/kit/migrations.ts";

const NAME = "0017_held_usernames";

/** A user of the version before whose address is not confirmed. */
async function fill(db: Db): Promise<void> {
  await sql`
    insert into users (id, username, username_key, email, email_key, password_hash)
    values (1, 'ada', 'ada', 'ada@example.com', 'ada@example.com', '!')
  `.execute(db);
}

databaseTest(
  "0017_held_usernames holds no name of an older account, and can be taken back",
  async ({ db }) => {
    await migrateBefore(db, NAME);
    await fill(db);
    const users = await sql`select * from users`.execute(db);
    await migrateUp(db);
    assert.deepEqual(await db.selectFrom("held_usernames").selectAll().execute(), []);
    await db.insertInto("held_usernames").values({ username_key: "ada", look: "ada", user_id: 1 })
      .execute();
    await migrateBefore(db, NAME);
    assert.deepEqual((await sql`select * from users`.execute(db)).rows, users.rows);
  },
  { anyDatabase: true },
);

databaseTest("0017_held_usernames frees the name of a user who is deleted", async ({ db }) => {
  await migrateUp(db);
  await fill(db);
  await db.insertInto("held_usernames").values({ username_key: "ada", look: "ada", user_id: 1 })
    .execute();
  await db.deleteFrom("users").execute();
  assert.deepEqual(await db.selectFrom("held_usernames").selectAll().execute(), []);
}, { anyDatabase: true });
