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
import { type Became, changeLocked } from "./change_user.ts";
import { takeBack, takeDeletionsBack } from "./undo.ts";
import { changeOf } from "./user_actions.ts";

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

/** What is done to users: in as many statements to a thousand as to one. */
type Work = (items: readonly BulkItem[]) => Promise<BulkResult[]>;

async function doItems(tx: Tx, batch: Batch, items: readonly BulkItem[]): Promise<BulkResult[]> {
  await lockAdminsAmong(tx, [...batch.users.values()].filter(({ reason }) => !reason));
  return await tryItems(tx, batch, items, await workOf(tx, batch));
}

async function workOf(tx: Tx, batch: Batch): Promise<Work> {
  const { services, actor, job } = batch;
  if (job.action !== "undo") {
    const change = changeOf(job.action);
    const means = { actor, services };
    return (items) =>
      doToUsers(batch, items, (users) => changeLocked(tx, change, users, inputOf(job), means));
  }
  const undone = job.undoes === null ? undefined : await findBulkJob(tx, job.undoes);
  return (items) => {
    const entries = items.flatMap(({ entry }) => entry ?? []);
    return undone?.action === "delete_user"
      ? bringBack(tx, batch, items, entries)
      : doToUsers(batch, items, (users) => takeBack(tx, actor, users, entries));
  };
}

/** Does items so that, if it fails, only this is taken back. Then it tries halves: one bad row fails alone. */
async function tryItems(
  tx: Tx,
  batch: Batch,
  items: readonly BulkItem[],
  work: Work,
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

/** Does something to the users who are there and not left out. */
async function doToUsers(
  { users }: Batch,
  items: readonly BulkItem[],
  work: (users: readonly User[]) => Promise<ReadonlyMap<number, Became>>,
): Promise<BulkResult[]> {
  const found = items.flatMap(({ user_id }) => users.get(user_id) ?? []);
  // A snapshot keeps all of a row, which must be no more than the columns.
  const became = await work(found.flatMap(({ reason, ...user }) => reason ? [] : [user]));
  return items.map(({ user_id }) => {
    const user = users.get(user_id);
    if (!user) return leftOut(user_id, "user_not_found");
    return user.reason ? leftOut(user_id, user.reason) : resultOf(user_id, became.get(user_id));
  });
}

async function bringBack(
  tx: Tx,
  { actor }: Batch,
  items: readonly BulkItem[],
  entries: readonly number[],
): Promise<BulkResult[]> {
  const ids = items.map(({ user_id }) => user_id);
  const left = await takeDeletionsBack(tx, actor, ids, entries);
  return ids.map((id) => resultOf(id, left.get(id)));
}

function resultOf(user_id: number, became: Became = {}): BulkResult {
  if (became === "unchanged") return leftOut(user_id, "already_so");
  if (became instanceof DomainError) return leftOut(user_id, became.code);
  return { user_id, state: "done", reason: null, entry: became.entry ?? null };
}

/** Reads the fields of the form of the action. Any user will do. */
function inputOf({ action, input }: BulkJob): ActionInput<BulkAction> {
  const texts = new Map(Object.entries({ ...input, user_id: "1" }));
  const request = readRequest(action, texts);
  // The end of a suspension, which was in the future when the job was prepared.
  if (!request.ok) throw new DomainError("bulk_too_late");
  return request.value as ActionInput<BulkAction>;
}
