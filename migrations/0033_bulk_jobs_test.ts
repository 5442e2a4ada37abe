import assert from "node:assert/strict";
import { sql } from "kysely";
import { migrateUp } from "@/lib/db/migrator.ts";
import { bulkTurn } from "@/lib/domain/users/bulk_step.ts";
import { databaseTest } from "@/tests/kit/databases.ts";
import { migrateBefore } from "@/tests/kit/migrations.ts";

const NAME = "0033_bulk_jobs";

databaseTest(
  "0033_bulk_jobs keeps a user once for a job, and goes again with what waits",
  async ({ db }) => {
    await migrateBefore(db, NAME);
    await migrateUp(db);
    const job = { action: "unlock_user", input: "{}", source: "{}", by_id: 1 } as const;
    const { id: job_id } = await db.insertInto("bulk_jobs").values(job).returning("id")
      .executeTakeFirstOrThrow();
    const item = { job_id, user_id: 2 };
    await db.insertInto("bulk_items").values(item).execute();
    await assert.rejects(db.insertInto("bulk_items").values(item).execute());
    await db.insertInto("jobs").values(bulkTurn(job_id)).execute();
    await migrateBefore(db, NAME);
    const { rows } = await sql`
      select to_regclass('bulk_jobs') as jobs, to_regclass('bulk_items') as items,
        (select count(*)::int from jobs) as waiting
    `.execute(db);
    assert.deepEqual(rows, [{ jobs: null, items: null, waiting: 0 }]);
  },
  { anyDatabase: true },
);
