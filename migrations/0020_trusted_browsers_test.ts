import assert from "node:assert/strict";
import { sql } from "kysely";
import { migrateUp } from "@/lib/db/migrator.ts";
import { databaseTest } from "@/tests/kit/databases.ts";
import { migrateBefore } from "@/tests/kit/migrations.ts";

const NAME = "0020_trusted_browsers";

databaseTest("0020_trusted_browsers trusts no browser that is there already", async ({ db }) => {
  const rowsOf = async (table: string) =>
    (await sql`select * from ${sql.table(table)}`.execute(db)).rows;
  await migrateBefore(db, NAME);
  await sql`
    insert into users (id, username, username_key, email, email_key, password_hash)
    values (1, 'ada', 'ada', 'ada@example.com', 'ada@example.com', '!')
  `.execute(db);
  for (const token of ["one", "two"]) {
    await sql`
      insert into sessions (user_id, token_hash, ip, user_agent)
      values (1, ${token}, '192.0.2.1', 'Test')
    `.execute(db);
    await sql`
      insert into devices (user_id, token_hash, browser, ip)
      values (1, ${token}, 'Test', '192.0.2.1')
    `.execute(db);
  }
  const before = [await rowsOf("devices"), await rowsOf("sessions")];
  await migrateUp(db);
  const trusted = await db.selectFrom("devices").select("id").where("trusted_until", "is not", null)
    .execute();
  assert.deepEqual(trusted, []);
  await db.updateTable("devices").set({ trusted_until: new Date() }).execute();
  await db.insertInto("sessions").values({
    user_id: 1,
    token_hash: "three",
    ip: "192.0.2.1",
    user_agent: "Test",
    proven_by: "trusted_browser",
  }).execute();
  await migrateBefore(db, NAME);
  assert.deepEqual([await rowsOf("devices"), await rowsOf("sessions")], before);
}, { anyDatabase: true });
