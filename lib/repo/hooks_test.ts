import assert from "node:assert/strict";
import { sql } from "kysely";
import type { Db } from "@/lib/db/database.ts";
import { inTransaction } from "@/lib/db/transaction.ts";
import { createSilentLogger } from "@/lib/log.ts";
import { databaseTest } from "@/tests/kit/databases.ts";
import { BUILT_IN_HOOKS, createHookRunner, type Hook } from "./hooks.ts";
import { insertUserEvent, insertUserEvents, type UserEvent } from "./user_events.ts";
import { findUserProfileByUserId } from "./user_profiles.ts";
import { deleteUserById, insertUser } from "./users.ts";

const log = createSilentLogger();

async function createUser(db: Db, username = "ada"): Promise<number> {
  return await inTransaction(db, async (tx) => {
    const email = `${username}@example.com`;
    const { id } = await insertUser(tx, { username, email, password_hash: "x" });
    await insertUserEvent(tx, { user_id: id, kind: "created" });
    return id;
  });
}

function events(db: Db): Promise<UserEvent[]> {
  return db.selectFrom("user_events").selectAll().orderBy("id").execute();
}

/** Lets the time of the next attempt come. */
async function makeDue(db: Db): Promise<void> {
  await db.updateTable("user_events").set({ next_attempt_at: sql<Date>`now()` }).execute();
}

databaseTest("runOpenEvents() gives a new user a profile, once", async ({ db }) => {
  const id = await createUser(db);
  const { runOpenEvents } = createHookRunner(db, log, BUILT_IN_HOOKS);
  await runOpenEvents();
  assert.equal((await findUserProfileByUserId(db, id))?.email, "ada@example.com");
  assert.ok((await events(db))[0]?.done_at);
  await db.updateTable("user_events").set({ done_at: null }).execute();
  await runOpenEvents();
  assert.ok((await events(db))[0]?.done_at, "a second run of the same event does no harm");
});

databaseTest("a user who is gone before the hooks run is fine", async ({ db }) => {
  const id = await createUser(db);
  await inTransaction(db, async (tx) => {
    await insertUserEvent(tx, { user_id: id, kind: "deleted" });
    await deleteUserById(tx, id);
  });
  await createHookRunner(db, log, BUILT_IN_HOOKS).runOpenEvents();
  assert.deepEqual((await events(db)).map((event) => event.last_error), [null, null]);
  assert.equal(await findUserProfileByUserId(db, id), undefined);
});

databaseTest(
  "a failing hook is tried again, and harms neither caller nor others",
  async ({ db }) => {
    const id = await createUser(db);
    let isBroken = true;
    const greeted: number[] = [];
    const greet: Hook = {
      name: "greet",
      on: "created",
      async run(tx, userId) {
        await sql`update users set status_reason = 'half done'`.execute(tx);
        if (isBroken) await sql`select 1 / 0`.execute(tx);
        greeted.push(userId);
      },
    };
    const { runOpenEvents } = createHookRunner(db, log, [greet, ...BUILT_IN_HOOKS]);
    await runOpenEvents();
    const [failed] = await events(db);
    assert.equal(failed?.done_at, null);
    assert.equal(failed?.attempts, 1);
    assert.match(failed?.last_error ?? "", /^greet: .*division by zero/);
    assert.ok((failed?.next_attempt_at.getTime() ?? 0) > Date.now() + 5_000);
    assert.ok(await findUserProfileByUserId(db, id), "the hook behind it has run");
    const { status_reason } = await db.selectFrom("users").select("status_reason")
      .executeTakeFirstOrThrow();
    assert.equal(status_reason, null, "what the failed hook did is taken back");

    await runOpenEvents();
    assert.equal((await events(db))[0]?.attempts, 1, "not before its time");
    isBroken = false;
    await makeDue(db);
    await runOpenEvents();
    assert.deepEqual(greeted, [id]);
    assert.ok((await events(db))[0]?.done_at);
  },
);

databaseTest("when runEventsOf() returns, the user's event has been run", async ({ db }) => {
  const { runEventsOf } = createHookRunner(db, log, BUILT_IN_HOOKS);
  await Promise.all(Array.from({ length: 20 }, async (_, index) => {
    const id = await createUser(db, `user${index}`);
    await runEventsOf(id);
    assert.ok(await findUserProfileByUserId(db, id));
  }));
});

databaseTest("runEventsOf() does not wait for the events of others", async ({ db }) => {
  for (let index = 0; index < 5; index++) await createUser(db, `user${index}`);
  const { runEventsOf } = createHookRunner(db, log, BUILT_IN_HOOKS);
  await runEventsOf(await createUser(db));
  assert.equal((await openEvents(db)).length, 5);
});

/** Hooks that count, and say before each run how often they ran. */
function countingHooks(before: (count: number) => void = () => {}) {
  const seen: number[] = [];
  const count: Hook = {
    name: "count",
    on: "created",
    run: (_tx, userId) => Promise.resolve(before(seen.push(userId))),
  };
  return { seen, hooks: [count] };
}

async function openEvents(db: Db): Promise<UserEvent[]> {
  return (await events(db)).filter((event) => event.done_at === null);
}

/** Events of users who are gone. */
async function addBacklog(db: Db, length: number): Promise<void> {
  const ids = Array.from({ length }, (_, index) => index + 1);
  await inTransaction(db, (tx) => insertUserEvents(tx, ids, "created"));
}

databaseTest(
  "a round of runOpenEvents() has an end; the next goes on from there",
  async ({ db }) => {
    await addBacklog(db, 25);
    const { seen, hooks } = countingHooks();
    const { runOpenEvents } = createHookRunner(db, log, hooks, { size: 5, count: 3 });
    await runOpenEvents();
    assert.equal(seen.length, 15);
    await runOpenEvents();
    assert.equal(new Set(seen).size, 25);
    assert.deepEqual(await openEvents(db), []);
  },
);

databaseTest("runOpenEvents() can be stopped between two batches", async ({ db }) => {
  await addBacklog(db, 25);
  const stop = new AbortController();
  const { seen, hooks } = countingHooks((count) => count === 7 && stop.abort());
  await createHookRunner(db, log, hooks, { size: 5, count: 100 }).runOpenEvents(stop.signal);
  assert.equal(seen.length, 10);
  assert.equal((await openEvents(db)).length, 15, "what was done is done");
});

databaseTest("runOpenEvents() lets timers run between its batches", async ({ db }) => {
  await addBacklog(db, 300);
  const { hooks } = countingHooks();
  let ticks = 0;
  const timer = setInterval(() => ticks++, 0);
  await createHookRunner(db, log, hooks, { size: 10, count: 30 }).runOpenEvents();
  clearInterval(timer);
  assert.ok(ticks >= 29, `${ticks} turns`);
});

databaseTest("hasOwnHooks() tells the application's hooks from the built-in ones", ({ db }) => {
  assert.equal(createHookRunner(db, log, BUILT_IN_HOOKS).hasOwnHooks("created"), false);
  const own = createHookRunner(db, log, [...BUILT_IN_HOOKS, ...countingHooks().hooks]);
  assert.equal(own.hasOwnHooks("created"), true);
  assert.equal(own.hasOwnHooks("deleted"), false);
});

databaseTest("two runners run each event once", async ({ db }) => {
  for (let index = 0; index < 10; index++) await createUser(db, `user${index}`);
  const { seen, hooks } = countingHooks();
  await Promise.all([1, 2].map(() => createHookRunner(db, log, hooks).runOpenEvents()));
  assert.equal(seen.length, 10);
  assert.equal(new Set(seen).size, 10);
});

databaseTest("runOpenEvents() does not throw when the database is gone", async ({ db, close }) => {
  const { runOpenEvents } = createHookRunner(db, log, BUILT_IN_HOOKS);
  await db.schema.dropTable("user_events").execute();
  await runOpenEvents();
  await close();
  await runOpenEvents();
});
