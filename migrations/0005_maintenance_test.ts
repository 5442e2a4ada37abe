import assert from "node:assert/strict";
import { sql } from "kysely";
import { migrateUp } from "@/lib/db/migrator.ts";
import { takeLease } from "@/lib/repo/leases.ts";
import { databaseTest } from "@/tests/kit/databases.ts";
import { migrateBefore } from "@/tests/kit/migrations.ts";

databaseTest("0005_maintenance indexes what is there, and can be taken back", async ({ db }) => {
  const indexes = async () =>
    (await sql`select indexname from pg_indexes where schemaname = 'public' order by 1`.execute(db))
      .rows;
  await migrateBefore(db, "0006_names");
  const after = await indexes();
  await migrateBefore(db, "0005_maintenance");
  assert.equal((await indexes()).length, after.length - 8);
  await migrateUp(db);
  await migrateBefore(db, "0006_names");
  assert.deepEqual(await indexes(), after);
  assert.equal(await takeLease(db, "maintenance", 1), true);
}, { anyDatabase: true });
