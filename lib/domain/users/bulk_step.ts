import { sql } from "kysely";
import type { Tx } from "@/lib/db/database.ts";
import { isSerializationFailure } from "@/lib/db/errors.ts";
import { holdApiKey } from "@/lib/repo/api_keys.ts";
import {
  type BulkItem,
  type BulkJob,
  type BulkResult,
  endBulkJob,
  listWaitingItems,
  lockBulkJob,
  lockBulkUsers,
  updateBulkItems,
} from "@/lib/repo/bulk_jobs.ts";
import type { JobStep } from "@/lib/repo/job_steps.ts";
import { insertJobs, type NewJob } from "@/lib/repo/jobs.ts";
import { findUserById } from "@/lib/repo/users.ts";
import { actionOf, readRequest } from "@/lib/shared/actions.ts";
import type { ChangedUser } from "@/lib/shared/views.ts";
import type { UserActor } from "@/lib/domain/actor.ts";
import { DomainError } from "@/lib/domain/errors.ts";
import type { Services } from "@/lib/domain/services.ts";
import { doUserAction } from "./user_actions.ts";

/**
 * A transaction of a bulk job takes as many users, or as long, whichever comes first. Meanwhile their
 * rows are locked, and the embedded database does nothing else.
 */
const BATCH = { users: 50, milliseconds: 100 };

/** The entry in the queue that makes a bulk job go on. */
export function bulkTurn(id: number): NewJob {
  return { kind: "bulk", payload: JSON.stringify({ bulk_job: id }) };
}

/**
 * Does the action of a bulk job to its next users, by the rules of the single action. The same
 * transaction writes down what became of them, so that a crash neither repeats nor skips anybody.
 */
export function bulkStep(services: () => Services): JobStep {
  return {
    name: "bulk",
    async run(tx, { payload }) {
      const job = await lockBulkJob(tx, Number(payload?.bulk_job));
      if (job?.state !== "running") return;
      const items = await listWaitingItems(tx, job, BATCH.users);
      const reasons = await lockBulkUsers(tx, job, items.map(({ user_id }) => user_id));
      const actor = await actorOf(tx, job);
      if (items.length > 0 && actor) {
        await updateBulkItems(
          tx,
          job.id,
          await doItems(services(), tx, actor, job, items, reasons),
        );
        return await insertJobs(tx, [bulkTurn(job.id)]);
      }
      await endBulkJob(tx, job.id, actor ? "done" : "stopped");
      // E-mails and hooks of all batches before this one, which are committed.
      services().jobs.wake();
    },
  };
}

/** Returns the admin of a job if they still are one, and its API key is still valid. */
async function actorOf(tx: Tx, { id, by_id, source }: BulkJob): Promise<UserActor | undefined> {
  const { apiKey, ...request } = source;
  const admin = await findUserById(tx, by_id);
  if (admin?.role !== "admin" || admin.status !== "active") return undefined;
  if (apiKey && !await holdApiKey(tx, apiKey.id)) return undefined;
  const { username, role } = admin;
  const bulkJob = { id, ...(apiKey && { apiKey }) };
  return { kind: "user", source: request, userId: by_id, username, role, sessionId: 0, bulkJob };
}

async function doItems(
  services: Services,
  tx: Tx,
  actor: UserActor,
  job: BulkJob,
  items: readonly BulkItem[],
  reasons: ReadonlyMap<number, string | null>,
): Promise<BulkResult[]> {
  const end = performance.now() + BATCH.milliseconds;
  const results: BulkResult[] = [];
  for (const item of items) {
    const reason = reasons.get(item.user_id);
    results.push(
      reason ? leftOut(item, reason) : await doItem(services, tx, actor, job, item),
    );
    if (performance.now() > end) break;
  }
  return results;
}

function leftOut({ user_id }: BulkItem, reason: string): BulkResult {
  return { user_id, state: "left_out", reason, entry: null };
}

/** Does the action to one user. If it fails, only its own work is taken back. */
async function doItem(
  services: Services,
  tx: Tx,
  actor: UserActor,
  job: BulkJob,
  item: BulkItem,
): Promise<BulkResult> {
  const { user_id } = item;
  await sql`savepoint item`.execute(tx);
  try {
    const within = { ...services, db: tx, jobs: asleep(services) };
    const { entry = null } = await doAction(within, actor, job, item);
    await sql`release savepoint item`.execute(tx);
    const isUnchanged = entry === null && job.action !== "undo" && actionOf(job.action).undo;
    if (isUnchanged) return leftOut(item, "already_so");
    return { user_id, state: "done", reason: null, entry };
  } catch (error) {
    if (isSerializationFailure(error)) throw error;
    await sql`rollback to savepoint item`.execute(tx);
    if (error instanceof DomainError) return leftOut(item, error.code);
    services.log.error({ err: error, bulk_job: job.id, user: user_id }, "A bulk action failed");
    return { user_id, state: "failed", reason: null, entry: null };
  }
}

/** Does the action to one user, or takes back what an earlier job did to them. */
function doAction(
  services: Services,
  actor: UserActor,
  { action, input }: BulkJob,
  { user_id, entry }: BulkItem,
): Promise<ChangedUser> {
  if (action === "undo") {
    return doUserAction(services, actor, "undo", { user_id, entry: entry ?? undefined });
  }
  const texts = new Map(Object.entries({ ...input, user_id: String(user_id) }));
  const request = readRequest(action, texts);
  // The end of a suspension, which was in the future when the job was prepared.
  if (!request.ok) throw new DomainError("bulk_too_late");
  return doUserAction(services, actor, action, request.value);
}

/** Nothing is committed yet, so that there is no other work to do. */
function asleep({ jobs }: Services): Services["jobs"] {
  return { ...jobs, runOf: () => Promise.resolve(), wake() {} };
}
