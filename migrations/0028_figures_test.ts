import assert from "node:assert/strict";
import { sql } from "kysely";
import { migrateUp } from "@/lib/db/migrator.ts";
import { databaseTest } from "@/tests/kit/databases.ts";
import { migrateBefore } from "@/tests/kit/migrations.ts";

const NAME = "0028_figures";

databaseTest("0028_figures keeps a count once, and goes again", async ({ db }) => {
  await migrateBefore(db, NAME);
  await migrateUp(db);
  const values = { name: "sign_ups", period: "day", start: "2030-01-31", count: 1 } as const;
  await db.insertInto("figures").values(values).execute();
  await assert.rejects(db.insertInto("figures").values(values).execute());
  await migrateBefore(db, NAME);
  const { rows } = await sql`select to_regclass('figures') as found`.execute(db);
  assert.deepEqual(rows, [{ found: null }]);
}, { anyDatabase: true });
