import assert from "node:assert/strict";
import { type RawBuilder, sql } from "kysely";
import { setTimeout as pause } from "node:timers/promises";
import type { Db } from "@/lib/db/database.ts";
import { hasPostgres, withPostgres } from "./databases.ts";
import { withEmbedded } from "./embedded.ts";
import { queryPostgres } from "./postgres.ts";

/** Calls a function with a database, and says which one it was. */
type Use = (fn: (db: Db) => unknown) => Promise<string>;

function useOf(
  withDatabase: (fn: (database: { db: Db }) => unknown) => Promise<void>,
  name: RawBuilder<{ name: string }>,
): Use {
  return async (fn) => {
    let used = "";
    await withDatabase(async ({ db }) => {
      used = (await name.execute(db)).rows[0]!.name;
      await fn(db);
    });
    return used;
  };
}

const KINDS = {
  // Each is a server of its own.
  "PGlite": useOf(withEmbedded, sql`select pg_postmaster_start_time()::text as name`),
  "PostgreSQL": useOf(withPostgres, sql`select current_database() as name`),
};

/** Registers a test of each way in which a database is used again. */
function kindTest(name: string, fn: (use: Use) => Promise<void>): void {
  for (const [kind, use] of Object.entries(KINDS)) {
    const ignore = kind === "PostgreSQL" && !hasPostgres();
    Deno.test({ name: `${name} (${kind})`, ignore, fn: () => fn(use) });
  }
}

async function addEvent(db: Db): Promise<number> {
  const event = { actor_name: "task test", action: "seen", details: "{}" };
  const { id } = await db.insertInto("audit_events").values(event).returning("id")
    .executeTakeFirstOrThrow();
  return Number(id);
}

kindTest("a database is emptied for the next test, whose ids begin with 1", async (use) => {
  const seen: unknown[] = [];
  const see = async (db: Db) => {
    seen.push(await db.selectFrom("audit_events").selectAll().execute(), await addEvent(db));
  };
  assert.equal(await use(see), await use(see));
  assert.deepEqual(seen, [[], 1, [], 1]);
});

const CHANGES: Readonly<Record<string, RawBuilder<unknown>>> = {
  "a table": sql`create table notes (id int)`,
  "a column": sql`alter table users add column note text`,
  "an index": sql`create index on users (created_at)`,
  "a schema": sql`create schema tenant`,
  "a migration": sql`delete from kysely_migration`,
  "statistics": sql`analyze kysely_migration`,
  "a setting": sql`do $$ begin
    execute format('alter database %I set work_mem = 1024', current_database());
  end $$`,
  "much room": sql`insert into audit_events (actor_name, action, details)
    select repeat('x', 64), 'seen', '{}' from generate_series(1, 50000)`,
};

for (const [change, statement] of Object.entries(CHANGES)) {
  kindTest(`no database is kept in which a test has changed ${change}`, async (use) => {
    const changed = await use((db) => statement.execute(db));
    assert.notEqual(await use(() => {}), changed);
  });
}

kindTest("no database is kept in which a test has failed", async (use) => {
  const before = await use(() => {});
  const failing = use(() => {
    throw new Error("It failed");
  });
  await assert.rejects(failing, /It failed/);
  assert.notEqual(await use(() => {}), before);
});

async function countSleeping(db: Db): Promise<number> {
  const { rows } = await sql`select from pg_stat_activity
    where datname = current_database() and query like 'select pg_sleep%'`.execute(db);
  return rows.length;
}

Deno.test({
  name: "a session that a test leaves on PostgreSQL is over before the next test",
  ignore: !hasPostgres(),
  async fn() {
    let left: Promise<unknown> = Promise.resolve();
    await withPostgres(async ({ db, url }) => {
      left = assert.rejects(queryPostgres(url!, "select pg_sleep(600)"), { code: "57P01" });
      while (await countSleeping(db) === 0) await pause(10);
    });
    await withPostgres(async ({ db }) => assert.equal(await countSleeping(db), 0));
    await left;
  },
});
