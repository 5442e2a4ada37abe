import assert from "node:assert/strict";
import { type Kysely, sql } from "kysely";
import { insertUserEvents } from "@/lib/repo/user_events.ts";
import { takeLease } from "@/lib/repo/leases.ts";
import { inTransaction } from "@/lib/db/transaction.ts";
import { databaseTest } from "@/tests/kit/databases.ts";
import { down, up } from "./0005_maintenance.ts";

databaseTest("0005_maintenance indexes what is there, and can be taken back", async ({ db }) => {
  const indexes = async () =>
    (await sql`select indexname from pg_indexes where schemaname = 'public' order by 1`.execute(db))
      .rows;
  const after = await indexes();
  // A migration knows none of the tables of today.
  const before = db as unknown as Kysely<unknown>;
  await down(before);
  assert.equal((await indexes()).length, after.length - 8);
  await inTransaction(db, (tx) => insertUserEvents(tx, [1, 2, 3], "created"));
  await up(before);
  assert.deepEqual(await indexes(), after);
  assert.equal(await takeLease(db, "maintenance", 1), true);
  const { rows } = await sql`select user_id from user_events order by id`.execute(db);
  assert.deepEqual(rows, [{ user_id: 1 }, { user_id: 2 }, { user_id: 3 }]);
});
