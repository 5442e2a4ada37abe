import assert from "node:assert/strict";
import { sql } from "kysely";
import { inTransaction } from "@/lib/db/transaction.ts";
import { openDatabase } from "@/lib/db/open_database.ts";
import type { Db } from "@/lib/db/database.ts";
import { deleteFullBuckets } from "@/lib/repo/rate_limits.ts";
import { countQueries } from "@/tests/kit/counting.ts";
import { databaseTest, postgresAt, type TestDatabase } from "@/tests/kit/databases.ts";
import { DomainError } from "./errors.ts";
import { openLimits } from "./limits.ts";
import { type Allowance, clientOfActor, RateLimit } from "./rate_limit.ts";

const DAY = 86_400;

/** How many of `wanted` simultaneous actions the limits give, each in turn. */
async function takeAtOnce(limits: readonly RateLimit[], wanted: number): Promise<number> {
  const takes = Array.from(
    { length: wanted },
    (_, index) => limits[index % limits.length]!.tryTake("a"),
  );
  return (await Promise.all(takes)).filter((taken) => taken).length;
}

const limitOf = (db: Db, allowance: Allowance) => new RateLimit(db, "test", allowance);

/** Lets time pass for everybody. */
const wait = (db: Db, seconds: number) =>
  db.updateTable("rate_limits")
    .set({ full_at: sql<Date>`full_at - ${seconds}::int * interval '1 second'` }).execute();

const rowsOf = (db: Db) => db.selectFrom("rate_limits").selectAll().execute();

databaseTest("RateLimit gives each client its allowance and no more", async ({ db }) => {
  const limit = limitOf(db, { count: 3, windowSeconds: DAY });
  for (const client of ["a", "b"]) {
    const taken = [];
    for (let round = 0; round < 5; round++) taken.push(await limit.tryTake(client));
    assert.deepEqual(taken, [true, true, true, false, false], client);
  }
  const other = new RateLimit(db, "another", { count: 1, windowSeconds: DAY });
  assert.equal(await other.tryTake("a"), true, "each limit counts for itself");
});

/** Opens the database once more, as another process does. */
async function another({ url, db }: TestDatabase): Promise<{ db: Db; close(): Promise<void> }> {
  return url === undefined
    ? { db, close: () => Promise.resolve() }
    : await openDatabase(postgresAt(url));
}

databaseTest(
  "of 200 simultaneous actions in several processes, exactly the allowance is given",
  async (database) => {
    const others = [await another(database), await another(database)];
    const dbs = [database.db, ...others.map(({ db }) => db)];
    for (let round = 0; round < 20; round++) {
      // Also one that does not divide the window.
      const allowance = { count: round % 2 === 0 ? 37 : 60, windowSeconds: DAY };
      await database.db.deleteFrom("rate_limits").execute();
      assert.equal(
        await takeAtOnce(dbs.map((db) => limitOf(db, allowance)), 200),
        allowance.count,
      );
    }
    for (const { close } of others) await close();
  },
  { pooled: true },
);

databaseTest("RateLimit says when to try again, in every process alike", async ({ db }) => {
  const allowance = { count: 1, windowSeconds: 3_600 };
  await limitOf(db, allowance).take("a");
  for (const limit of [limitOf(db, allowance), limitOf(db, allowance)]) {
    for (const _ of ["asks the database", "remembers"]) {
      await assert.rejects(limit.take("a"), (error) => {
        assert.ok(error instanceof DomainError);
        assert.equal(error.code, "too_many_requests");
        assert.ok(error.retryAfterSeconds! > 3_500 && error.retryAfterSeconds! <= 3_600);
        return true;
      });
    }
  }
});

databaseTest("an allowance comes back step by step, up to the whole of it", async ({ db }) => {
  const allowance = { count: 4, windowSeconds: DAY };
  assert.equal(await takeAtOnce([limitOf(db, allowance)], 10), 4);
  await wait(db, DAY / 4 + 1);
  assert.equal(await takeAtOnce([limitOf(db, allowance)], 10), 1);
  await wait(db, 3 * DAY);
  assert.equal(await takeAtOnce([limitOf(db, allowance)], 10), 4);
});

databaseTest(
  "RateLimit takes harmless actions back, but never exceeds the allowance",
  async ({ db }) => {
    const limit = limitOf(db, { count: 2, windowSeconds: DAY });
    for (let round = 0; round < 10; round++) {
      await limit.take("a");
      await limit.giveBack("a");
    }
    for (let round = 0; round < 3; round++) await limit.giveBack("a");
    await limit.giveBack("b");
    assert.equal(await takeAtOnce([limit], 10), 2);
    await limit.giveBack("a");
    assert.equal(await takeAtOnce([limit], 10), 1, "the refused client may come back at once");
  },
);

databaseTest("10,000 requests of a client beyond its limit cost no statement", async ({ db }) => {
  const counted = countQueries(db);
  const limit = limitOf(counted.db, { count: 1, windowSeconds: DAY });
  assert.equal(await takeAtOnce([limit], 2), 1);
  const before = counted.count();
  assert.equal(await takeAtOnce([limit], 10_000), 0);
  assert.equal(counted.count(), before);
});

databaseTest(
  "maintenance deletes a bucket that is full again, unless something is just taken from it",
  async ({ db }) => {
    const limit = limitOf(db, { count: 5, windowSeconds: DAY });
    for (const client of ["a", "b", "c"]) await limit.take(client);
    assert.equal(await deleteFullBuckets(db, 10), 0);
    await wait(db, DAY);
    let purge: Promise<number> | undefined;
    await inTransaction(db, async (tx) => {
      await limit.tryTake("a", tx);
      purge = deleteFullBuckets(db, 10);
      // On PostgreSQL it now waits for the row, elsewhere for the transaction.
      await sql`select pg_sleep(0.2)`.execute(tx);
    });
    assert.equal(await purge, 2);
    assert.equal((await rowsOf(db)).length, 1);
    assert.equal(await takeAtOnce([limit], 10), 4);
  },
);

databaseTest("the table of rate limits has no address in it", async ({ db }) => {
  const { letters, failedSignIns } = openLimits(db);
  await letters.take("ana@example.org");
  await failedSignIns.take("192.0.2.1");
  const rows = await rowsOf(db);
  assert.equal(rows.length, 2);
  for (const { key } of rows) assert.match(key, /^[0-9a-f]{64}$/);
});

function clientOf(ip: string): string {
  return clientOfActor({ kind: "anonymous", source: { requestId: "", ip, userAgent: "" } });
}

Deno.test("clientOfActor() is an IPv4 address or the /64 network of an IPv6 address", () => {
  assert.equal(clientOf("203.0.113.9"), "203.0.113.9");
  const network = clientOf("2001:db8:0:1:aaaa:bbbb:cccc:dddd");
  assert.equal(clientOf("2001:0db8:0000:0001::7"), network);
  assert.equal(clientOf("2001:db8:0:1::"), network);
  assert.notEqual(clientOf("2001:db8:0:2::7"), network);
  assert.equal(clientOf("fe80::1%eth0"), clientOf("fe80::2"));
  assert.equal(clientOf("::1"), clientOf("::2"));
  assert.equal(clientOfActor({ kind: "task", name: "seed" }), "task");
});
