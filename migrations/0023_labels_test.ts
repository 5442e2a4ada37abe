import assert from "node:assert/strict";
import { sql } from "kysely";
import { migrateUp } from "@/lib/db/migrator.ts";
import { databaseTest } from "@/tests/kit/databases.ts";
import { migrateBefore } from "@/tests/kit/migrations.ts";

const NAME = "0023_labels";

databaseTest(
  "0023_labels gives users tags and notes, and takes only these away",
  async ({ db }) => {
    await migrateBefore(db, NAME);
    await sql`
    insert into users (id, username, username_key, email, email_key, password_hash)
    values (1, 'ada', 'ada', 'ada@example.com', 'ada@example.com', '!')
  `.execute(db);
    const users = async () => (await sql`select * from users`.execute(db)).rows;
    const before = await users();
    await migrateUp(db);
    await db.insertInto("user_tags").values({ user_id: 1, tag: "vip" }).execute();
    await db.insertInto("user_notes").values({ user_id: 1, author_id: null, text: "Called" })
      .execute();
    await migrateBefore(db, NAME);
    assert.deepEqual(await users(), before);
  },
  { anyDatabase: true },
);
