import assert from "node:assert/strict";
import { type RawBuilder, sql } from "kysely";
import type { Db } from "@/lib/db/database.ts";
import { withEmbedded } from "./embedded.ts";

/** When the database was opened, which tells two of them apart. */
async function openedAt(db: Db): Promise<string> {
  const { rows } = await sql<{ at: string }>`select pg_postmaster_start_time()::text as at`
    .execute(db);
  return rows[0]!.at;
}

async function addEvent(db: Db): Promise<number> {
  const event = { actor_name: "task test", action: "seen", details: "{}" };
  const { id } = await db.insertInto("audit_events").values(event).returning("id")
    .executeTakeFirstOrThrow();
  return Number(id);
}

Deno.test("withEmbedded() empties a database for the next test, whose ids begin with 1", async () => {
  const seen: unknown[] = [];
  for (let turn = 0; turn < 2; turn++) {
    await withEmbedded(async ({ db }) => {
      const before = await db.selectFrom("audit_events").selectAll().execute();
      seen.push([await openedAt(db), before, await addEvent(db)]);
    });
  }
  assert.deepEqual(seen[1], seen[0]);
  assert.deepEqual((seen[0] as unknown[]).slice(1), [[], 1]);
});

const CHANGES: Readonly<Record<string, RawBuilder<unknown>>> = {
  "a table": sql`create table notes (id int)`,
  "a column": sql`alter table users add column note text`,
  "an index": sql`create index on users (created_at)`,
  "a migration": sql`delete from kysely_migration`,
  "statistics": sql`analyze kysely_migration`,
  "much room": sql`insert into audit_events (actor_name, action, details)
    select repeat('x', 64), 'seen', '{}' from generate_series(1, 50000)`,
};

for (const [change, statement] of Object.entries(CHANGES)) {
  Deno.test(`withEmbedded() keeps no database in which a test has changed ${change}`, async () => {
    let changed: string | undefined;
    await withEmbedded(async ({ db }) => {
      changed = await openedAt(db);
      await statement.execute(db);
    });
    await withEmbedded(async ({ db }) => assert.notEqual(await openedAt(db), changed));
  });
}

Deno.test("withEmbedded() keeps no database in which a test has failed", async () => {
  let failed: string | undefined;
  const failing = withEmbedded(async ({ db }) => {
    failed = await openedAt(db);
    throw new Error("It failed");
  });
  await assert.rejects(failing, /It failed/);
  await withEmbedded(async ({ db }) => assert.notEqual(await openedAt(db), failed));
});
