import assert from "node:assert/strict";
import { sql } from "kysely";
import type { Db } from "@/lib/db/database.ts";
import { migrateUp } from "@/lib/db/migrator.ts";
import { BUILT_IN_HOOKS } from "@/lib/repo/hooks.ts";
import { databaseTest } from "@/tests/kit/databases.ts";
import { runnerOf } from "@/tests/kit/jobs.ts";
import { migrateBefore } from "@/tests/kit/migrations.ts";

/** Users of the version before with events that are open, failed and done. */
async function fill(db: Db): Promise<void> {
  await sql`
    insert into users (id, username, username_key, email, email_key, password_hash)
    select n, 'u' || n, 'u' || n, n || '@example.com', n || '@example.com', '!'
    from generate_series(1, 3) n
  `.execute(db);
  await sql`
    insert into user_events (user_id, kind, created_at, attempts, next_attempt_at, last_error, done_at)
    values
      (1, 'created', '2026-01-01', 0, '2026-01-01', null, null),
      (2, 'created', '2026-01-02', 3, '2126-01-02', 'welcome: no', null),
      (3, 'created', '2026-01-03', 0, '2026-01-03', null, now()),
      (9, 'deleted', '2026-01-04', 1, '2026-01-04', 'goodbye: no', null)
  `.execute(db);
}

const openEvents = (db: Db) =>
  sql`
    select user_id, kind, created_at, attempts, next_attempt_at, last_error from user_events
    where done_at is null order by id
  `.execute(db).then(({ rows }) => rows);

databaseTest("0007_jobs carries open events over, and they are run", async ({ db }) => {
  await migrateBefore(db, "0007_jobs");
  await fill(db);
  await migrateUp(db);
  const jobs = () =>
    db.selectFrom("jobs").select(["kind", "user_id", "attempts", "last_error"]).orderBy("id")
      .execute();
  const failed = { kind: "user_created", user_id: 2, attempts: 3, last_error: "welcome: no" };
  assert.deepEqual(await jobs(), [
    { kind: "user_created", user_id: 1, attempts: 0, last_error: null },
    failed,
    { kind: "user_deleted", user_id: 9, attempts: 1, last_error: "goodbye: no" },
  ]);
  await runnerOf(db, BUILT_IN_HOOKS).runDue();
  assert.deepEqual(await jobs(), [failed], "the pause after its failure goes on");
  const profiles = await db.selectFrom("user_profiles").select("user_id").execute();
  assert.deepEqual(profiles, [{ user_id: 1 }]);
}, { anyDatabase: true });

databaseTest("0007_jobs can be taken back with all events", async ({ db }) => {
  await migrateBefore(db, "0007_jobs");
  await fill(db);
  const before = await openEvents(db);
  await migrateUp(db);
  await migrateBefore(db, "0007_jobs");
  assert.deepEqual(await openEvents(db), before);
}, { anyDatabase: true });
