import assert from "node:assert/strict";
import { sql } from "kysely";
import type { Db } from "@/lib/db/database.ts";
import { migrateUp } from "@/lib/db/migrator.ts";
import { findOneTimeToken } from "@/lib/repo/one_time_tokens.ts";
import { databaseTest } from "@/tests/kit/databases.ts";
import { migrateBefore } from "@/tests/kit/migrations.ts";

/** A user of the version before with a link that waits and one that has expired. */
async function fill(db: Db): Promise<void> {
  await sql`
    insert into users (id, username, username_key, email, email_key, password_hash)
    values (1, 'ada', 'ada', 'ada@example.com', 'ada@example.com', '!')
  `.execute(db);
  await sql`
    insert into email_tokens (token_hash, user_id, email, created_at, expires_at)
    values
      ('good', 1, 'ada@example.com', now(), now() + interval '1 hour'),
      ('late', 1, 'ada@example.com', now() - interval '2 hours', now() - interval '1 hour')
  `.execute(db);
}

const emailTokens = (db: Db) =>
  sql`select * from email_tokens order by token_hash`.execute(db).then(({ rows }) => rows);

databaseTest("0009_one_time_tokens keeps the links that were mailed before", async ({ db }) => {
  await migrateBefore(db, "0009_one_time_tokens");
  await fill(db);
  await migrateUp(db);
  const good = await findOneTimeToken(db, "verify_email", "good");
  assert.deepEqual([good?.user_id, good?.email, good?.tries], [1, "ada@example.com", 0]);
  assert.equal(await findOneTimeToken(db, "verify_email", "late"), undefined);
}, { anyDatabase: true });

databaseTest("0009_one_time_tokens can be taken back with all links", async ({ db }) => {
  await migrateBefore(db, "0009_one_time_tokens");
  await fill(db);
  const before = await emailTokens(db);
  await migrateUp(db);
  await sql`insert into jobs (kind, payload) values ('letter', '{}')`.execute(db);
  await migrateBefore(db, "0009_one_time_tokens");
  assert.deepEqual(await emailTokens(db), before);
  const { rows } = await sql`select id from jobs`.execute(db);
  assert.deepEqual(rows, [], "an older version cannot send letters");
}, { anyDatabase: true });
