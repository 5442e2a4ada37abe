import assert from "node:assert/strict";
import { sql } from "kysely";
import type { Db } from "@/lib/db/database.ts";
import { migrateUp } from "@/lib/db/migrator.ts";
import { databaseTest } from "@/tests/kit/databases.ts";
import { migrateBefore } from "@/tests/kit/migrations.ts";

/** A user of the version before who has been signed in for an hour. */
async function fill(db: Db): Promise<void> {
  await sql`
    insert into users (id, username, username_key, email, email_key, password_hash)
    values (1, 'ada', 'ada', 'ada@example.com', 'ada@example.com', '!')
  `.execute(db);
  await sql`
    insert into sessions (user_id, token_hash, ip, user_agent, created_at)
    values (1, 'x', '::1', 'test', now() - interval '1 hour')
  `.execute(db);
}

const sessions = (db: Db) => sql`select * from sessions`.execute(db).then(({ rows }) => rows);

databaseTest("0011_second_factors keeps sessions, proven when they began", async ({ db }) => {
  await migrateBefore(db, "0011_second_factors");
  await fill(db);
  await migrateUp(db);
  const session = await db.selectFrom("sessions").selectAll().executeTakeFirstOrThrow();
  assert.deepEqual(session.proven_at, session.created_at);
  assert.equal(session.proven_by, "password");
}, { anyDatabase: true });

databaseTest("0011_second_factors can be taken back", async ({ db }) => {
  await migrateBefore(db, "0011_second_factors");
  await fill(db);
  const before = await sessions(db);
  await migrateUp(db);
  await db.insertInto("second_factors").values({ user_id: 1, secret: "sealed" }).execute();
  await db.insertInto("one_time_tokens").values({
    kind: "sign_in_challenge",
    user_id: 1,
    email: "ada@example.com",
    token_hash: "challenge",
    expires_at: new Date(Date.now() + 60_000),
  }).execute();
  await migrateBefore(db, "0011_second_factors");
  assert.deepEqual(await sessions(db), before);
  const { rows } = await sql`select id from one_time_tokens`.execute(db);
  assert.deepEqual(rows, [], "an older version does not know challenges");
}, { anyDatabase: true });
