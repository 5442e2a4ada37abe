import assert from "node:assert/strict";
import { sql } from "kysely";
import { migrateUp } from "@/lib/db/migrator.ts";
import { databaseTest } from "@/tests/kit/databases.ts";
import { migrateBefore } from "@/tests/kit/migrations.ts";

const NAME = "0019_proofs";

databaseTest("0019_proofs can be taken back without a loss of sessions", async ({ db }) => {
  const sessions = async () => (await sql`select * from sessions`.execute(db)).rows;
  await migrateBefore(db, NAME);
  await sql`
    insert into users (id, username, username_key, email, email_key, password_hash)
    values (1, 'ada', 'ada', 'ada@example.com', 'ada@example.com', '!')
  `.execute(db);
  await sql`
    insert into sessions (user_id, token_hash, ip, user_agent) values (1, 't', '192.0.2.1', 'Test')
  `.execute(db);
  const before = await sessions();
  await migrateUp(db);
  const { proven_for } = await db.selectFrom("sessions").select("proven_for")
    .executeTakeFirstOrThrow();
  assert.equal(proven_for, null, "a sign-in proves for no single action");
  await db.updateTable("sessions").set({ proven_for: "/delete_user" }).execute();
  await migrateBefore(db, NAME);
  assert.deepEqual(await sessions(), before);
}, { anyDatabase: true });
