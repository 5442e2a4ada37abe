import assert from "node:assert/strict";
import { sql } from "kysely";
import type { Db } from "@/lib/db/database.ts";
import { migrateUp } from "@/lib/db/migrator.ts";
import { databaseTest } from "@/tests/kit/databases.ts";
import { migrateBefore } from "@/tests/kit/migrations.ts";

const NAME = "0013_viewing";

/** An admin and a user of the version before, each with a session, and an entry of the trail. */
async function fill(db: Db): Promise<void> {
  await sql`
    insert into users (id, username, username_key, email, email_key, password_hash, role) values
      (1, 'ada', 'ada', 'ada@example.com', 'ada@example.com', '!', 'admin'),
      (2, 'ana', 'ana', 'ana@example.com', 'ana@example.com', '!', 'user')
  `.execute(db);
  await sql`
    insert into sessions (user_id, token_hash, ip, user_agent)
    values (1, 't1', '192.0.2.1', 'Test'), (2, 't2', '192.0.2.2', 'Test')
  `.execute(db);
  await sql`
    insert into audit_events (actor_id, actor_name, action, target_id, target_name, ip)
    values (1, 'ada', 'edit_user', 2, 'ana', '192.0.2.1')
  `.execute(db);
}

const contents = async (db: Db) =>
  await Promise.all(
    ["users", "sessions", "audit_events"].map(async (table) =>
      (await sql`select * from ${sql.table(table)} order by id`.execute(db)).rows
    ),
  );

databaseTest(
  "0013_viewing makes nobody somebody else, and can be taken back without a loss of older rows",
  async ({ db }) => {
    await migrateBefore(db, NAME);
    await fill(db);
    const before = await contents(db);
    await migrateUp(db);
    const [session] = await db.selectFrom("sessions").selectAll().execute();
    assert.deepEqual([session?.viewing_user_id, session?.viewing_until], [null, null]);
    const [event] = await db.selectFrom("audit_events").selectAll().execute();
    assert.deepEqual([event?.real_actor_id, event?.real_actor_name], [null, null]);
    await db.updateTable("sessions").set({ viewing_user_id: 2, viewing_until: new Date() })
      .where("user_id", "=", 1).execute();
    await migrateBefore(db, NAME);
    assert.deepEqual(await contents(db), before);
  },
  { anyDatabase: true },
);

databaseTest(
  "0013_viewing keeps the session of an admin who viewed as a user that is deleted",
  async ({ db }) => {
    await migrateUp(db);
    await fill(db);
    await db.updateTable("sessions").set({ viewing_user_id: 2, viewing_until: new Date() })
      .where("user_id", "=", 1).execute();
    await db.deleteFrom("users").where("id", "=", 2).execute();
    const rows = await db.selectFrom("sessions").select(["user_id", "viewing_user_id"]).execute();
    assert.deepEqual(rows, [{ user_id: 1, viewing_user_id: null }]);
  },
  { anyDatabase: true },
);
