import assert from "node:assert/strict";
import { setTimeout as pause } from "node:timers/promises";
import { sql } from "kysely";
import type { Db, Tx } from "@/lib/db/database.ts";
import { inTransaction } from "@/lib/db/transaction.ts";
import { createSilentLogger } from "@/lib/log.ts";
import { databaseTest } from "@/tests/kit/databases.ts";
import { jobsOf } from "@/tests/kit/jobs.ts";
import { createJobRunner, type DatabaseWork, type OutsideWork } from "./job_runner.ts";
import type { JobStep } from "./job_steps.ts";
import { insertJobs, type Job } from "./jobs.ts";

const LIMITS = {
  batch: 5,
  batches: 1_000,
  firstPauseMs: 20_000,
  longestPauseMs: 100_000,
  failuresPerRound: Infinity,
} as const;

/** A runner with work in the database. */
function databaseRunner(db: Db, work: Partial<DatabaseWork>) {
  const user_created = { ...LIMITS, steps: [], ...work };
  return createJobRunner(db, createSilentLogger(), { user_created });
}

/** A runner with work outside the database. */
function outsideRunner(db: Db, work: Partial<OutsideWork>) {
  const finish = () => Promise.resolve();
  const image = { ...LIMITS, leaseSeconds: 60, run: finish, finish, ...work };
  return createJobRunner(db, createSilentLogger(), { image });
}

/** Lets jobs about so many users wait. */
async function addJobs(db: Db, length: number): Promise<void> {
  const jobs = Array.from({ length }, (_, user_id) => ({ kind: "user_created", user_id } as const));
  await inTransaction(db, (tx) => insertJobs(tx, jobs));
}

/** Lets jobs about so many files wait. */
async function addImages(db: Db, length: number): Promise<void> {
  const jobs = Array.from({ length }, (_, i) => ({ kind: "image", subject: `${i}` } as const));
  await inTransaction(db, (tx) => insertJobs(tx, jobs));
}

/** A step that notes whom it was about. */
function noting(before: (count: number, tx: Tx) => unknown = () => {}) {
  const seen: number[] = [];
  const step: JobStep = {
    name: "note",
    async run(tx, { user_id }) {
      await before(seen.push(user_id!), tx);
    },
  };
  return { seen, steps: [step] };
}

databaseTest("a step that fails takes its own work back, and is tried again", async ({ db }) => {
  let isBroken = true;
  const fails: JobStep = {
    name: "greet",
    async run(tx) {
      await sql`insert into leases (name, expires_at) values ('half done', now())`.execute(tx);
      if (isBroken) await sql`select 1 / 0`.execute(tx);
    },
  };
  const { seen, steps } = noting();
  const { runDue } = databaseRunner(db, { steps: [fails, ...steps] });
  await addJobs(db, 1);
  await runDue();
  const [failed] = await jobsOf(db);
  assert.equal(failed?.attempts, 1);
  assert.match(failed?.last_error ?? "", /^greet: .*division by zero/);
  assert.ok((failed?.run_at.getTime() ?? 0) > Date.now() + 5_000);
  assert.equal(seen.length, 1, "the step after it has run");
  const leases = () => db.selectFrom("leases").select("name").execute();
  assert.deepEqual(await leases(), [], "what the failed step did is taken back");
  await runDue();
  assert.equal((await jobsOf(db))[0]?.attempts, 1, "not before its time");
  isBroken = false;
  await db.updateTable("jobs").set({ run_at: new Date(0) }).execute();
  await runDue();
  assert.equal((await leases()).length, 1);
  assert.deepEqual(await jobsOf(db), []);
});

databaseTest("runOf() does the jobs of one user only", async ({ db }) => {
  await addJobs(db, 5);
  const { seen, steps } = noting();
  await databaseRunner(db, { steps }).runOf(3);
  assert.deepEqual(seen, [3]);
  assert.equal((await jobsOf(db)).length, 4);
});

databaseTest("a round has an end; the next goes on from there", async ({ db }) => {
  await addJobs(db, 25);
  const { seen, steps } = noting();
  const { runDue } = databaseRunner(db, { steps, batches: 3 });
  await runDue();
  assert.equal(seen.length, 15);
  await runDue();
  assert.equal(new Set(seen).size, 25);
  assert.deepEqual(await jobsOf(db), []);
});

databaseTest("a round can be stopped between two batches", async ({ db }) => {
  await addJobs(db, 25);
  const stop = new AbortController();
  const { seen, steps } = noting((count) => count === 7 && stop.abort());
  await databaseRunner(db, { steps }).runDue(stop.signal);
  assert.equal(seen.length, 10);
  assert.equal((await jobsOf(db)).length, 15, "what was done is done");
});

databaseTest("timers run between the batches of a round", async ({ db }) => {
  await addJobs(db, 150);
  const { steps } = noting();
  let ticks = 0;
  const timer = setInterval(() => ticks++, 0);
  await databaseRunner(db, { steps }).runDue();
  clearInterval(timer);
  assert.ok(ticks >= 29, `${ticks} turns`);
});

databaseTest("two runners do each job once", async ({ db }) => {
  await addJobs(db, 30);
  await addImages(db, 30);
  const { seen, steps } = noting();
  const files: (string | null)[] = [];
  const run = ({ subject }: Job) => Promise.resolve(void files.push(subject));
  await Promise.all([
    databaseRunner(db, { steps }).runDue(),
    databaseRunner(db, { steps }).runDue(),
    outsideRunner(db, { run }).runDue(),
    outsideRunner(db, { run }).runDue(),
  ]);
  assert.deepEqual([seen.length, new Set(seen).size], [30, 30]);
  assert.deepEqual([files.length, new Set(files).size], [30, 30]);
});

databaseTest("runDue() does not throw when the database is gone", async ({ db, close }) => {
  const { runDue, runOf } = databaseRunner(db, {});
  await db.schema.dropTable("jobs").execute();
  await runDue();
  await runOf(1);
  await close();
  await runDue();
});

databaseTest("a wish that comes in during the work is carried out after it", async ({ db }) => {
  await addImages(db, 1);
  let runs = 0;
  let finished = 0;
  const runner = outsideRunner(db, {
    run: async () => void (runs++ === 0 && await addImages(db, 1)),
    finish: () => Promise.resolve(void finished++),
  });
  await runner.runDue();
  assert.deepEqual([runs, finished, (await jobsOf(db)).length], [2, 1, 0]);
});

databaseTest("a job of a process that died is taken over when its lease ends", async ({ db }) => {
  await addImages(db, 1);
  await db.updateTable("jobs").set({ leased_until: new Date(Date.now() + 60_000) }).execute();
  const runner = outsideRunner(db, {});
  assert.equal((await runner.drain("image")).done, 0);
  await db.updateTable("jobs").set({ leased_until: new Date(0) }).execute();
  assert.equal((await runner.drain("image")).done, 1);
});

databaseTest("a drain waits for the round that runs, and counts its own jobs", async ({ db }) => {
  await addImages(db, 1);
  const [begun, released] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  let attempts = 0;
  const run = async () => {
    begun.resolve();
    if (++attempts === 1) await released.promise;
    throw new Error("no");
  };
  const runner = outsideRunner(db, { run, failuresPerRound: 1 });
  runner.wake();
  await begun.promise;
  const draining = runner.drain("image");
  released.resolve();
  assert.deepEqual([await draining, attempts], [{ done: 0, failed: 1, gaveUp: true }, 2]);
  await runner.close();
});

databaseTest("after some failures in a row the rest is left for later", async ({ db }) => {
  await addImages(db, 30);
  let runs = 0;
  const run = () => Promise.reject(new Error(`no ${++runs}`));
  const runner = outsideRunner(db, { run, failuresPerRound: 3, batch: 2 });
  assert.deepEqual(await runner.drain("image"), { done: 0, failed: 4, gaveUp: true });
  const jobs = await jobsOf(db);
  assert.equal(jobs.length, 30);
  assert.equal(jobs.filter(({ last_error }) => last_error?.startsWith("no ")).length, 4);
});

databaseTest("wake() goes on by itself until nothing is left", async ({ db }) => {
  await addJobs(db, 12);
  const { seen, steps } = noting();
  const runner = databaseRunner(db, { steps, batches: 1 });
  runner.wake();
  while (seen.length < 12) await pause(20);
  await runner.close();
  assert.deepEqual(await jobsOf(db), []);
});

databaseTest("the pauses after failures double up to a limit", async ({ db }) => {
  await addJobs(db, 1);
  const steps = [{ name: "fail", run: () => Promise.reject(new Error("no")) }];
  const { runDue } = databaseRunner(db, { steps });
  for (const pauseMs of [20_000, 40_000, 80_000, 100_000, 100_000]) {
    await db.updateTable("jobs").set({ run_at: new Date(0) }).execute();
    const before = Date.now();
    await runDue();
    const waits = (await jobsOf(db))[0]!.run_at.getTime() - before;
    // A random half is left out; the clocks of database and process may differ a little.
    assert.ok(waits > pauseMs / 2 - 1_000 && waits < pauseMs + 30_000, `${waits} of ${pauseMs}`);
  }
});

databaseTest(
  "a job that is added while the next round is planned is done at once",
  async ({ db }) => {
    const { seen, steps } = noting();
    let isPlanned = false;
    const watched = db.withPlugin({
      transformQuery: ({ node }) => node,
      async transformResult({ result }) {
        if (result.rows[0] && "next" in result.rows[0] && !isPlanned) {
          isPlanned = true;
          await addJobs(db, 1);
          runner.wake();
        }
        return result;
      },
    });
    const runner = databaseRunner(watched, { steps });
    runner.wake();
    while (seen.length === 0) await pause(10);
    await runner.close();
  },
);
