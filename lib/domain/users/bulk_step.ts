import { sql } from "kysely";
import { nextBatchSize, type TimedBatch } from "@/lib/batches.ts";
import type { Tx } from "@/lib/db/database.ts";
import { isSerializationFailure } from "@/lib/db/errors.ts";
import { holdApiKey } from "@/lib/repo/api_keys.ts";
import {
  type BulkItem,
  type BulkJob,
  type BulkResult,
  type BulkUser,
  endBulkJob,
  findBulkJob,
  listWaitingItems,
  lockBulkJob,
  lockBulkUsers,
  updateBulkItems,
} from "@/lib/repo/bulk_jobs.ts";
import type { JobStep } from "@/lib/repo/job_steps.ts";
import { insertJobs, type NewJob } from "@/lib/repo/jobs.ts";
import type { User } from "@/lib/repo/users.ts";
import { type ActionInput, type BulkAction, readRequest } from "@/lib/shared/actions.ts";
import type { TaskActor, UserActor } from "@/lib/domain/actor.ts";
import { DomainError } from "@/lib/domain/errors.ts";
import type { Services } from "@/lib/domain/services.ts";
import { lockAdminsAmong } from "./admins.ts";
import { type Became, changeLocked, type UsersChange } from "./change_user.ts";
import { takeBack } from "./undo.ts";
import { changeOf, doUserAction } from "./user_actions.ts";

const BATCH: TimedBatch = { milliseconds: 100, least: 50, most: 500 };

/** The entry in the queue that makes a bulk job go on, with up to as many users. */
export function bulkTurn(id: number, users = BATCH.least): NewJob {
  return { kind: "bulk", payload: JSON.stringify({ bulk_job: id, users }) };
}

/**
 * Does the action of a bulk job to its next users, by the rules of the single action. The same
 * transaction writes down what became of them, so that a crash neither repeats nor skips anybody.
 */
export function bulkStep(services: () => Services): JobStep {
  return {
    name: "bulk",
    async run(tx, { payload }) {
      const begin = performance.now();
      const job = await lockBulkJob(tx, Number(payload?.bulk_job));
      if (job?.state !== "running") return;
      const asked = Number(payload?.users ?? BATCH.least);
      const items = await listWaitingItems(tx, job, asked);
      const users = await lockBulkUsers(tx, job, items.map(({ user_id }) => user_id));
      const actor = await actorOf(tx, job, users.get(job.by_id));
      if (items.length > 0 && actor) {
        const batch = { services: services(), actor, job, users };
        const results = await doItems(tx, batch, items);
        await updateBulkItems(tx, job, results);
        const done = { rows: results.length, taken: performance.now() - begin };
        return await insertJobs(tx, [bulkTurn(job.id, nextBatchSize(BATCH, done))]);
      }
      await endBulkJob(tx, job.id, actor ? "done" : "stopped");
      // E-mails and hooks of all batches before this one, which are committed.
      services().jobs.wake();
    },
  };
}

/** Returns the operator or the admin of a job, if they still are one and its API key is valid. */
async function actorOf(
  tx: Tx,
  { id, by_id, source }: BulkJob,
  admin: User | undefined,
): Promise<UserActor | TaskActor | undefined> {
  const { apiKey, task, ...request } = source;
  if (task) return { kind: "task", name: task, bulkJob: { id } };
  if (admin?.role !== "admin" || admin.status !== "active") return undefined;
  if (apiKey && !await holdApiKey(tx, apiKey.id)) return undefined;
  const { username, role } = admin;
  const bulkJob = { id, ...(apiKey && { apiKey }) };
  return { kind: "user", source: request, userId: by_id, username, role, sessionId: 0, bulkJob };
}

/** What is the same for all users of a transaction. */
interface Batch {
  readonly services: Services;
  readonly actor: UserActor | TaskActor;
  readonly job: BulkJob;
  /** The users who are there, locked, by id. */
  readonly users: ReadonlyMap<number, BulkUser>;
}

/** Does the action to users in one set, or, where it cannot be done so, one by one while there is time. */
async function doItems(tx: Tx, batch: Batch, items: readonly BulkItem[]): Promise<BulkResult[]> {
  const { job } = batch;
  const undone = job.undoes === null ? undefined : await findBulkJob(tx, job.undoes);
  const action = job.action === "undo" ? undone?.action : job.action;
  const change = action && action !== "undo" ? changeOf(action) : undefined;
  if (change) {
    await lockAdminsAmong(tx, [...batch.users.values()].filter(({ reason }) => !reason));
    return await tryItems(tx, batch, items, (some) => doInSet(tx, batch, change, some));
  }
  const end = performance.now() + BATCH.milliseconds;
  const results: BulkResult[] = [];
  for (const item of items) {
    results.push(...await tryItems(tx, batch, [item], async () => [await doOne(tx, batch, item)]));
    if (performance.now() > end) break;
  }
  return results;
}

/** Does items so that, if it fails, only this is taken back. Then it tries halves: one bad row fails alone. */
async function tryItems(
  tx: Tx,
  batch: Batch,
  items: readonly BulkItem[],
  work: (items: readonly BulkItem[]) => Promise<BulkResult[]>,
): Promise<BulkResult[]> {
  await sql`savepoint items`.execute(tx);
  try {
    const results = await work(items);
    await sql`release savepoint items`.execute(tx);
    return results;
  } catch (error) {
    if (isSerializationFailure(error)) throw error;
    await sql`rollback to savepoint items`.execute(tx);
    if (items.length === 1) return [failed(batch, items[0]!, error)];
    const half = Math.ceil(items.length / 2);
    const first = await tryItems(tx, batch, items.slice(0, half), work);
    return [...first, ...await tryItems(tx, batch, items.slice(half), work)];
  }
}

function failed(
  { services, job }: Batch,
  { user_id }: BulkItem,
  error: unknown,
): BulkResult {
  if (error instanceof DomainError) return leftOut(user_id, error.code);
  services.log.error({ err: error, bulk_job: job.id, user: user_id }, "A bulk action failed");
  return { user_id, state: "failed", reason: null, entry: null };
}

function leftOut(user_id: number, reason: string): BulkResult {
  return { user_id, state: "left_out", reason, entry: null };
}

/** Does the action to users in as many statements as to one, or takes back what was done to them. */
async function doInSet(
  tx: Tx,
  { services, actor, job, users }: Batch,
  change: UsersChange<BulkAction>,
  items: readonly BulkItem[],
): Promise<BulkResult[]> {
  const found = items.flatMap(({ user_id }) => users.get(user_id) ?? [])
    .filter(({ reason }) => !reason);
  const entries = items.flatMap(({ entry }) => entry ?? []);
  const became: ReadonlyMap<number, Became | undefined> = job.action === "undo"
    ? await takeBack(tx, actor, found, entries)
    : await changeLocked(tx, change, found, inputOf(job), { actor, services });
  return items.map(({ user_id }) => {
    const user = users.get(user_id);
    if (!user) return leftOut(user_id, "user_not_found");
    if (user.reason) return leftOut(user_id, user.reason);
    return resultOf(user_id, became.get(user_id));
  });
}

function resultOf(user_id: number, became: Became = {}): BulkResult {
  if (became === "unchanged") return leftOut(user_id, "already_so");
  if (became instanceof DomainError) return leftOut(user_id, became.code);
  return { user_id, state: "done", reason: null, entry: became.entry ?? null };
}

/** Does the action to one user, or takes back what was done to them. */
async function doOne(
  tx: Tx,
  { services, actor, job, users }: Batch,
  { user_id, entry }: BulkItem,
): Promise<BulkResult> {
  const reason = users.get(user_id)?.reason;
  if (reason) return leftOut(user_id, reason);
  const within = { ...services, db: tx, jobs: asleep(services) };
  const became = job.action === "undo"
    ? await doUserAction(within, actor, "undo", { user_id, entry: entry ?? undefined })
    : await doUserAction(within, actor, job.action, { ...inputOf(job), user_id });
  return resultOf(user_id, became);
}

/** Reads the fields of the form of the action. Any user will do. */
function inputOf({ action, input }: BulkJob): ActionInput<BulkAction> {
  const texts = new Map(Object.entries({ ...input, user_id: "1" }));
  const request = readRequest(action, texts);
  // The end of a suspension, which was in the future when the job was prepared.
  if (!request.ok) throw new DomainError("bulk_too_late");
  return request.value as ActionInput<BulkAction>;
}

/** Nothing is committed yet, so that there is no other work to do. */
function asleep({ jobs }: Services): Services["jobs"] {
  return { ...jobs, runOf: () => Promise.resolve(), wake() {} };
}
