import assert from "node:assert/strict";
import { sql } from "kysely";
import type { Db } from "@/lib/db/database.ts";
import { migrateUp } from "@/lib/db/migrator.ts";
import { databaseTest } from "@/tests/kit/databases.ts";
import { migrateBefore } from "@/tests/kit/migrations.ts";

const NAME = "0018_passkeys";

/** A user of the version before who is signed in and in the middle of another sign-in. */
async function fill(db: Db): Promise<void> {
  await sql`
    insert into users (id, username, username_key, email, email_key, password_hash)
    values (1, 'ada', 'ada', 'ada@example.com', 'ada@example.com', '!')
  `.execute(db);
  await sql`
    insert into sessions (user_id, token_hash, ip, user_agent) values (1, 't', '192.0.2.1', 'Test')
  `.execute(db);
  await sql`
    insert into one_time_tokens (kind, user_id, email, token_hash, expires_at)
    values ('sign_in_challenge', 1, 'ada@example.com', 'c', now() + interval '10 minutes')
  `.execute(db);
}

const contents = async (db: Db) =>
  await Promise.all(
    ["users", "sessions", "one_time_tokens"].map(async (table) =>
      (await sql`select * from ${sql.table(table)}`.execute(db)).rows
    ),
  );

/** What the new version writes. */
async function use(db: Db): Promise<void> {
  await db.insertInto("passkeys").values({
    user_id: 1,
    credential_id: "id",
    public_key: "key",
    counter: 4_294_967_295,
    transports: "internal",
    name: "Passkey",
    synced: true,
  }).execute();
  for (const kind of ["passkey_registration", "passkey_sign_in"] as const) {
    await db.insertInto("one_time_tokens").values({
      kind,
      user_id: null,
      email: "",
      token_hash: kind,
      expires_at: new Date(Date.now() + 60_000),
    }).execute();
  }
  await db.updateTable("sessions").set({ proven_by: "passkey" }).execute();
}

databaseTest("0018_passkeys can be taken back without a loss of older rows", async ({ db }) => {
  await migrateBefore(db, NAME);
  await fill(db);
  const before = await contents(db);
  await migrateUp(db);
  // Later versions have more columns.
  assert.partialDeepStrictEqual(await contents(db), before);
  await use(db);
  await migrateBefore(db, NAME);
  assert.deepEqual(await contents(db), before, "an older version knows no passkeys");
}, { anyDatabase: true });

databaseTest("0018_passkeys holds counters of 32 bits, and goes with its user", async ({ db }) => {
  await migrateUp(db);
  await fill(db);
  await use(db);
  const { counter } = await db.selectFrom("passkeys").select("counter").executeTakeFirstOrThrow();
  assert.equal(counter, 4_294_967_295);
  await db.deleteFrom("users").execute();
  assert.deepEqual(await db.selectFrom("passkeys").selectAll().execute(), []);
}, { anyDatabase: true });
