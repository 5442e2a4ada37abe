import assert from "node:assert/strict";
import { sql } from "kysely";
import type { Db } from "@/lib/db/database.ts";
import { migrateUp } from "@/lib/db/migrator.ts";
import { databaseTest } from "@/tests/kit/databases.ts";
import { migrateBefore } from "@/tests/kit/migrations.ts";

const NAME = "0012_devices";

/** A user of the version before with a session and an entry in the audit trail. */
async function fill(db: Db): Promise<void> {
  await sql`
    insert into users (id, username, username_key, email, email_key, password_hash)
    values (1, 'ada', 'ada', 'ada@example.com', 'ada@example.com', '!')
  `.execute(db);
  await sql`
    insert into sessions (user_id, token_hash, ip, user_agent) values (1, 't', '192.0.2.1', 'Test')
  `.execute(db);
  await sql`
    insert into audit_events (actor_id, actor_name, action, target_id, target_name, ip)
    values (1, 'ada', 'sign_in', 1, 'ada', '192.0.2.1')
  `.execute(db);
}

const contents = async (db: Db) =>
  await Promise.all(
    ["users", "sessions", "audit_events"].map(async (table) =>
      (await sql`select * from ${sql.table(table)}`.execute(db)).rows
    ),
  );

databaseTest(
  "0012_devices knows no browser at first, and can be taken back without a loss of older rows",
  async ({ db }) => {
    await migrateBefore(db, NAME);
    await fill(db);
    const before = await contents(db);
    await migrateUp(db);
    assert.deepEqual(await db.selectFrom("devices").selectAll().execute(), []);
    const events = await db.selectFrom("audit_events").select(["action", "browser"]).execute();
    assert.deepEqual(events, [{ action: "sign_in", browser: null }]);
    await db.insertInto("devices")
      .values({ user_id: 1, token_hash: "d", browser: "Firefox on Linux", ip: "192.0.2.1" })
      .execute();
    await migrateBefore(db, NAME);
    assert.deepEqual(await contents(db), before);
  },
  { anyDatabase: true },
);

databaseTest("0012_devices forgets the browsers of a deleted user", async ({ db }) => {
  await migrateUp(db);
  await fill(db);
  await db.insertInto("devices")
    .values({ user_id: 1, token_hash: "d", browser: "Firefox on Linux", ip: "192.0.2.1" })
    .execute();
  await db.deleteFrom("users").execute();
  assert.deepEqual(await db.selectFrom("devices").selectAll().execute(), []);
}, { anyDatabase: true });
