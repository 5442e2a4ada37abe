import assert from "node:assert/strict";
import { sql } from "kysely";
import type { Db } from "@/lib/db/database.ts";
import { migrateUp } from "@/lib/db/migrator.ts";
import { databaseTest } from "@/tests/kit/databases.ts";
import { migrateBefore } from "@/tests/kit/migrations.ts";

const NAME = "0016_invitations";

/** A user of the version before with a link that waits in a mailbox. */
async function fill(db: Db): Promise<void> {
  await sql`
    insert into users (id, username, username_key, email, email_key, password_hash)
    values (1, 'ada', 'ada', 'ada@example.com', 'ada@example.com', '!')
  `.execute(db);
  await sql`
    insert into one_time_tokens (kind, user_id, email, token_hash, expires_at)
    values ('verify_email', 1, 'ada@example.com', 't', now() + interval '1 day')
  `.execute(db);
}

const contents = async (db: Db) =>
  await Promise.all(
    ["users", "one_time_tokens"].map(async (table) =>
      (await sql`select * from ${sql.table(table)}`.execute(db)).rows
    ),
  );

databaseTest(
  "0016_invitations begins without one, and can be taken back without a loss of older rows",
  async ({ db }) => {
    await migrateBefore(db, NAME);
    await fill(db);
    const before = await contents(db);
    await migrateUp(db);
    assert.deepEqual(await db.selectFrom("invitations").selectAll().execute(), []);
    await db.insertInto("invitations").values({
      email: "a@example.com",
      email_key: "a@example.com",
      role: "user",
      invited_by_name: "ada",
      expires_at: new Date(),
    }).execute();
    await migrateBefore(db, NAME);
    assert.deepEqual(await contents(db), before);
  },
  { anyDatabase: true },
);

databaseTest(
  "0016_invitations keeps one invitation of an address that has not ended",
  async ({ db }) => {
    await migrateUp(db);
    const invite = (ended: { withdrawn_at?: Date; accepted_at?: Date } = {}) =>
      db.insertInto("invitations").values({
        email: "a@example.com",
        email_key: "a@example.com",
        role: "user",
        invited_by_name: "ada",
        expires_at: new Date(),
        ...ended,
      }).execute();
    await invite({ withdrawn_at: new Date() });
    await invite({ accepted_at: new Date() });
    await invite();
    await assert.rejects(invite(), /invitations_open/);
  },
  { anyDatabase: true },
);
