import assert from "node:assert/strict";
import { sql } from "kysely";
import { migrateUp } from "@/lib/db/migrator.ts";
import { databaseTest } from "@/tests/kit/databases.ts";
import { migrateBefore } from "@/tests/kit/migrations.ts";

const NAME = "0039_bulk_counts";

databaseTest(`${NAME} counts the users of each job, and can be taken back`, async ({ db }) => {
  await migrateBefore(db, NAME);
  await sql`
    insert into bulk_jobs (action, input, source, by_id, state)
    select 'unlock_user', '{}', '{}', 1, state from unnest(array['running', 'preview']) as state
  `.execute(db);
  await sql`
    insert into bulk_items (job_id, user_id, state, reason)
    select id, item.* from bulk_jobs, (values
      (2, 'done', null), (3, 'left_out', 'already_so'), (4, 'left_out', 'already_so'),
      (5, 'waiting', null), (6, 'left_out', 'own_account')
    ) as item where state = 'running'
  `.execute(db);
  const jobs = () => db.selectFrom("bulk_jobs").select(["state", "counts"]).orderBy("id").execute();
  await migrateUp(db);
  const [running, preview] = await jobs();
  assert.deepEqual(
    running?.counts.toSorted((a, b) => `${a.state}${a.reason}` < `${b.state}${b.reason}` ? -1 : 1),
    [
      { state: "done", reason: null, count: 1 },
      { state: "left_out", reason: "already_so", count: 2 },
      { state: "left_out", reason: "own_account", count: 1 },
      { state: "waiting", reason: null, count: 1 },
    ],
  );
  assert.deepEqual(preview, { state: "preview", counts: [] });
  await migrateBefore(db, NAME);
  await migrateUp(db);
  assert.deepEqual((await jobs())[0]?.counts.length, 4);
});
