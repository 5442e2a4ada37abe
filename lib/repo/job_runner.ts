import { inBatches } from "@/lib/batches.ts";
import type { Db, Tx } from "@/lib/db/database.ts";
import type { JobName } from "@/lib/db/operation_tables.ts";
import { inTransaction } from "@/lib/db/transaction.ts";
import type { Logger } from "@/lib/log.ts";
import { messageOf } from "@/lib/message_of.ts";
import { type JobStep, runJobSteps } from "./job_steps.ts";
import {
  deleteJobs,
  expediteJobs,
  findNextJobAt,
  finishLeasedJob,
  type Job,
  leaseDueJobs,
  lockDueJobs,
  lockJobsOfUser,
  postponeJob,
} from "./jobs.ts";

/** Limits of a kind of job: how many at a time, and the pauses after failures. */
interface JobLimits {
  /** Jobs of a batch. */
  readonly batch: number;
  /** Batches of a round. The next round continues after a pause. */
  readonly batches: number;
  /**
   * Pause after a failure. It doubles with each attempt and is shortened at random by up to half.
   */
  readonly firstPauseMs: number;
  readonly longestPauseMs: number;
  /** Failures in a row that end the round, because the rest would fail too. */
  readonly failuresPerRound: number;
}

/**
 * Work in the database. A batch shares the transaction that ends its jobs, so each is done once. A
 * step that fails takes back only its own work.
 */
export interface DatabaseWork extends JobLimits {
  readonly steps: readonly JobStep[];
}

/**
 * Work outside the database. A process leases a job, and if it dies, the lease expires. The work
 * may run twice, so a second run must change nothing.
 */
export interface OutsideWork extends JobLimits {
  /** Longer than `run` can take. */
  readonly leaseSeconds: number;
  run(job: Job): Promise<void>;
  /** Records that it is done, in the transaction that removes the job. */
  finish(tx: Tx, job: Job): Promise<void>;
}

/** The work of each kind of job that this process can do. */
export type JobKinds = { readonly [Name in JobName]?: DatabaseWork | OutsideWork | undefined };

/** The outcome of a round. */
export interface JobCounts {
  readonly done: number;
  readonly failed: number;
  /** Whether the rest was not tried, after too many failures in a row. */
  readonly gaveUp: boolean;
}

/** Does the jobs in the table `jobs`. */
export interface JobRunner {
  /**
   * Does the database jobs of a user. Call it after each commit that added one. Never throws:
   * failures are logged and tried again later.
   */
  runOf(userId: number): Promise<void>;
  /** Starts to do due jobs in the background, and continues whenever a job is due. */
  wake(kind?: JobName): void;
  /** Does one round of each kind, until `signal` is aborted. Never throws. */
  runDue(signal?: AbortSignal): Promise<void>;
  /** Does one round of a kind. @throws errors of the database; failed jobs are only counted. */
  round(kind: JobName): Promise<JobCounts>;
  /**
   * Makes all jobs of a kind due, and does them until none is left or too many fail.
   *
   * @throws errors of the database; failed jobs are only counted.
   */
  drain(kind: JobName): Promise<JobCounts>;
  /** Waits for running batches. Other jobs stay in the database. */
  close(): Promise<void>;
}

/** Creates a runner for `kinds`. Several processes may have one: each job goes to one of them. */
export function createJobRunner(db: Db, log: Logger, kinds: JobKinds): JobRunner {
  const names = (Object.keys(kinds) as JobName[]).filter((name) => kinds[name] !== undefined);
  const lanes = new Map(names.map((name) => [name, new Lane(db, log, name, kinds[name]!)]));
  const inDatabase = names.filter((name) => isDatabaseWork(kinds[name]));
  return {
    async runOf(userId) {
      try {
        await inTransaction(db, async (tx) => {
          const jobs = await lockJobsOfUser(tx, inDatabase, userId);
          await runSteps(tx, log, kinds, jobs);
        });
      } catch (error) {
        log.error({ err: error }, "Jobs could not be read; they wait for the next round");
      }
    },
    wake(kind) {
      for (const [name, lane] of lanes) if (kind === undefined || kind === name) lane.wake();
    },
    async runDue(signal = new AbortController().signal) {
      for (const lane of lanes.values()) await lane.runDue(signal);
    },
    round: (kind) => lanes.get(kind)?.round() ?? Promise.resolve(NOTHING),
    drain: (kind) => lanes.get(kind)?.drain() ?? Promise.resolve(NOTHING),
    async close() {
      await Promise.all([...lanes.values()].map((lane) => lane.close()));
    },
  };
}

const NOTHING: JobCounts = { done: 0, failed: 0, gaveUp: false };

/** Pauses between rounds while jobs are waiting: one second to one minute. */
const ROUNDS = { firstPauseMs: 1_000, longestPauseMs: 60_000 };

/** The rounds of one kind, one at a time in this process. */
class Lane {
  readonly #stop = new AbortController();
  #running: Promise<void> | undefined;
  #again = false;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #failedRounds = 0;

  constructor(
    private readonly db: Db,
    private readonly log: Logger,
    private readonly name: JobName,
    private readonly work: DatabaseWork | OutsideWork,
  ) {}

  wake(): void {
    const waitsAfterFailure = this.#failedRounds > 0 && this.#timer !== undefined;
    if (this.#running !== undefined) this.#again = true;
    else if (!this.#stop.signal.aborted && !waitsAfterFailure) this.#start();
  }

  async drain(): Promise<JobCounts> {
    // A round in the background would take some of the jobs, and count them as its own.
    while (this.#running !== undefined) await this.#running;
    const draining = expediteJobs(this.db, this.name).then(() =>
      this.round(this.#stop.signal, Infinity)
    );
    this.#occupyWith(draining.then(() => {}, () => {}));
    return await draining;
  }

  /** Does a round. Returns whether it gave up. */
  async runDue(signal: AbortSignal): Promise<boolean> {
    try {
      return (await this.round(signal)).gaveUp;
    } catch (error) {
      this.log.error({ err: error }, "Jobs could not be read; they wait for the next round");
      return true;
    }
  }

  async close(): Promise<void> {
    this.#stop.abort();
    clearTimeout(this.#timer);
    await this.#running;
  }

  #start(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#occupyWith(this.#runInBackground());
  }

  #occupyWith(work: Promise<void>): void {
    this.#running = work.finally(() => {
      this.#running = undefined;
      // Somebody may have added a job after the next round was planned.
      if (this.#again) this.wake();
    });
  }

  async #runInBackground(): Promise<void> {
    let gaveUp = false;
    do {
      this.#again = false;
      gaveUp = await this.runDue(this.#stop.signal);
    } while (this.#again && !gaveUp);
    await this.#scheduleNext(gaveUp);
  }

  /**
   * Plans the next round: after failures later each time, and not at the same moment in all
   * processes.
   */
  async #scheduleNext(gaveUp: boolean): Promise<void> {
    this.#failedRounds = gaveUp ? this.#failedRounds + 1 : 0;
    const due = await findNextJobAt(this.db, this.name).catch(() => undefined);
    if (this.#stop.signal.aborted || due === undefined && !gaveUp) return;
    const untilDue = (due?.getTime() ?? 0) - Date.now();
    const atLeast = gaveUp ? pauseMs(ROUNDS, this.#failedRounds) : ROUNDS.firstPauseMs;
    const delayMs = Math.min(ROUNDS.longestPauseMs, Math.max(untilDue, atLeast));
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      this.wake();
    }, delayMs);
  }

  async round(signal = this.#stop.signal, batches = this.work.batches): Promise<JobCounts> {
    const { batch, failuresPerRound } = this.work;
    const counts = { done: 0, failed: 0 };
    let failuresInARow = 0;
    await inBatches({ size: batch, count: batches }, signal, async (size) => {
      const outcomes = await this.#runBatch(size);
      for (const outcome of outcomes) {
        counts[outcome]++;
        failuresInARow = outcome === "failed" ? failuresInARow + 1 : 0;
      }
      // A job may have been added again during the work.
      return outcomes.length === 0 || failuresInARow >= failuresPerRound ? 0 : size;
    });
    return { ...counts, gaveUp: failuresInARow >= failuresPerRound };
  }

  async #runBatch(size: number): Promise<Outcome[]> {
    const { db, log, name, work } = this;
    if (isDatabaseWork(work)) {
      return await inTransaction(db, async (tx) => {
        const jobs = await lockDueJobs(tx, name, size);
        return await runSteps(tx, log, { [name]: work }, jobs);
      });
    }
    const jobs = await leaseDueJobs(db, name, { limit: size, seconds: work.leaseSeconds });
    return await Promise.all(jobs.map((job) => runOutside(db, log, work, job)));
  }
}

type Outcome = "done" | "failed";

function isDatabaseWork(work: DatabaseWork | OutsideWork | undefined): work is DatabaseWork {
  return work !== undefined && "steps" in work;
}

/** Does jobs that the transaction has locked. */
async function runSteps(
  tx: Tx,
  log: Logger,
  kinds: JobKinds,
  jobs: readonly Job[],
): Promise<Outcome[]> {
  const done: number[] = [];
  const outcomes: Outcome[] = [];
  for (const job of jobs) {
    const work = kinds[job.kind];
    if (!isDatabaseWork(work)) continue;
    const failures = await runJobSteps(tx, log, work.steps, job);
    if (failures.length === 0) done.push(job.id);
    else await postpone(tx, work, job, failures.join("; "));
    outcomes.push(failures.length === 0 ? "done" : "failed");
  }
  await deleteJobs(tx, done);
  return outcomes;
}

async function runOutside(db: Db, log: Logger, work: OutsideWork, job: Job): Promise<Outcome> {
  try {
    await work.run(job);
    await inTransaction(db, async (tx) => {
      if (await finishLeasedJob(tx, job)) await work.finish(tx, job);
    });
    return "done";
  } catch (error) {
    const reason = messageOf(error);
    log.warn({ job: job.kind, subject: job.subject, reason }, "A job failed; it is tried again");
    await postpone(db, work, job, reason);
    return "failed";
  }
}

async function postpone(db: Db, limits: JobLimits, job: Job, reason: string): Promise<void> {
  await postponeJob(db, job.id, { delayMs: pauseMs(limits, job.attempts + 1), reason });
}

/** Doubles with each attempt, up to a limit, and is shortened at random by up to half. */
function pauseMs(
  { firstPauseMs, longestPauseMs }: Pick<JobLimits, "firstPauseMs" | "longestPauseMs">,
  attempt: number,
): number {
  return Math.min(longestPauseMs, firstPauseMs * 2 ** (attempt - 1)) * (0.5 + Math.random() / 2);
}
