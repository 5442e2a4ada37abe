import type { Db, Tx } from "@/lib/db/database.ts";
import { inTransaction } from "@/lib/db/transaction.ts";
import {
  type BulkJob,
  endBulkJob,
  findBulkJob,
  findBulkUndo,
  hasBulkEntries,
  insertBulkItems,
  insertBulkJob,
  insertUndoItems,
  listBulkItems,
  listBulkJobs,
  lockBulkJob,
  type NamedItem,
  startBulkJob,
} from "@/lib/repo/bulk_jobs.ts";
import { insertJobs } from "@/lib/repo/jobs.ts";
import { findUserById } from "@/lib/repo/users.ts";
import type { AuditAction } from "@/lib/shared/actions.ts";
import type { BulkRequest } from "@/lib/shared/bulk.ts";
import { UNDO_DAYS } from "@/lib/shared/limits.ts";
import type { BulkItemView, BulkJobLine, BulkJobView } from "@/lib/shared/bulk_views.ts";
import { audit } from "@/lib/domain/audit.ts";
import { authorise, confirmSession } from "@/lib/domain/authorise.ts";
import { DomainError, type DomainErrorCode, RULES } from "@/lib/domain/errors.ts";
import { type JobOwner, jobSourceOf, ownerIdOf } from "@/lib/domain/job_owner.ts";
import type { Services } from "@/lib/domain/services.ts";
import { userQueryFor } from "./user_query.ts";
import { bulkTurn } from "./bulk_step.ts";

/** Users who are shown before a job starts. */
const SAMPLES = 10;

/** Jobs on the page that lists them. */
const MAX_LISTED = 100;

/** Users in a portion of the results. */
const PORTION = 1_000;

const DAY_MS = 24 * 60 * 60 * 1000;

/**
 * Chooses the users of a bulk job: all who match now. Nothing happens to them before
 * {@linkcode startBulk}. Returns the id of the job.
 *
 * @throws {DomainError} `not_signed_in`, `forbidden`, `scope_missing`
 */
export async function prepareBulk(
  services: Services,
  actor: JobOwner,
  { action, input, query }: BulkRequest,
): Promise<number> {
  authorise(actor, "start_bulk_job");
  authorise(actor, action);
  const asked = userQueryFor(services, actor, query);
  return await inTransaction(services.db, async (tx) => {
    await confirmSession(tx, actor, "start_bulk_job");
    const begun = {
      action,
      input,
      undoes: null,
      by_id: ownerIdOf(actor),
      source: jobSourceOf(actor),
    };
    const job = await insertBulkJob(tx, begun);
    await insertBulkItems(tx, job, asked);
    return job.id;
  });
}

/**
 * Starts a bulk job, which takes the same proof as the single action. It goes on in the background,
 * also when the session of the admin has ended.
 *
 * @throws {DomainError} `not_signed_in`, `forbidden`, `step_up_required`, `bulk_not_found`,
 * `bulk_of_another`, `bulk_started`, `bulk_nobody`
 */
export async function startBulk(
  { db, jobs }: Services,
  actor: JobOwner,
  id: number,
): Promise<void> {
  authorise(actor, "start_bulk_job");
  await inTransaction(db, async (tx) => {
    const job = await lockJob(tx, id);
    await confirmSession(tx, actor, job.action);
    // Nobody else has seen whom it is about.
    if (job.by_id !== ownerIdOf(actor)) throw new DomainError("bulk_of_another");
    if (job.state !== "preview") throw new DomainError("bulk_started");
    const { waiting } = countsOf(job);
    if (waiting === 0) throw new DomainError("bulk_nobody");
    const { action: bulk_action, input } = job;
    await start(tx, actor, job, ["start_bulk_job", { bulk_action, users: waiting, ...input }]);
  });
  jobs.wake("bulk");
}

/**
 * Stops a bulk job after the batch that runs, or discards one that has not started. What is done stays
 * done.
 *
 * @throws {DomainError} `not_signed_in`, `forbidden`, `bulk_not_found`, `bulk_over`
 */
export async function cancelBulk(
  { db }: Services,
  actor: JobOwner,
  id: number,
): Promise<void> {
  authorise(actor, "cancel_bulk_job");
  await inTransaction(db, async (tx) => {
    const { state } = await lockJob(tx, id);
    await confirmSession(tx, actor, "cancel_bulk_job");
    if (state !== "preview" && state !== "running") throw new DomainError("bulk_over");
    await endBulkJob(tx, id, "cancelled");
    if (state === "running") {
      await audit(tx, actor, "cancel_bulk_job", undefined, { bulk_job: id });
    }
  });
}

/**
 * Takes back what a bulk job has done, by another one. Users who were changed since are left alone.
 * Returns the id of the new job.
 *
 * @throws {DomainError} `not_signed_in`, `forbidden`, `step_up_required`, `bulk_not_found`,
 * `bulk_not_undoable`
 */
export async function undoBulk(
  { db, jobs }: Services,
  actor: JobOwner,
  id: number,
): Promise<number> {
  authorise(actor, "undo_bulk_job");
  const undo = await inTransaction(db, async (tx) => {
    const job = await lockJob(tx, id);
    authorise(actor, job.action);
    await confirmSession(tx, actor, job.action);
    if (!await canUndo(tx, job)) throw new DomainError("bulk_not_undoable");
    const asked = { input: {}, by_id: ownerIdOf(actor), source: jobSourceOf(actor) };
    const added = await insertBulkJob(tx, { ...asked, action: "undo", undoes: id });
    await insertUndoItems(tx, added.id, id);
    await start(tx, actor, added, ["undo_bulk_job", { undoes: id }]);
    return added.id;
  });
  jobs.wake("bulk");
  return undo;
}

/**
 * Returns what is known of a bulk job.
 *
 * @throws {DomainError} `not_signed_in`, `forbidden`, `bulk_not_found`
 */
export async function getBulk(
  { db }: Services,
  actor: JobOwner,
  id: number,
): Promise<BulkJobView> {
  authorise(actor, "see_bulk_jobs");
  const job = await findBulkJob(db, id);
  if (!job) throw new DomainError("bulk_not_found");
  const admin = await findUserById(db, job.by_id);
  return {
    ...lineOf(job),
    ...countsOf(job),
    input: job.input,
    by: job.source.task ? "an operator" : admin?.username ?? `user ${job.by_id}`,
    is_own: job.by_id === ownerIdOf(actor),
    samples: (await listBulkItems(db, id, {
      after: job.reached,
      limit: SAMPLES,
      state: "waiting",
    })).map(itemView),
    undone_by: await findBulkUndo(db, id) ?? null,
    can_undo: await canUndo(db, job),
  };
}

/**
 * Lists the last bulk jobs, newest first.
 *
 * @throws {DomainError} `not_signed_in`, `forbidden`
 */
export async function listBulk({ db }: Services, actor: JobOwner): Promise<BulkJobLine[]> {
  authorise(actor, "see_bulk_jobs");
  return (await listBulkJobs(db, MAX_LISTED)).map(lineOf);
}

/**
 * Reads what became of the users of a bulk job, by id, in portions.
 *
 * @throws {DomainError} `not_signed_in`, `forbidden`, `bulk_not_found`
 */
export async function readBulkResults(
  { db }: Services,
  actor: JobOwner,
  id: number,
): Promise<AsyncIterable<readonly BulkItemView[]>> {
  authorise(actor, "see_bulk_jobs");
  if (!await findBulkJob(db, id)) throw new DomainError("bulk_not_found");
  return portions(db, id);
}

async function* portions(db: Db, id: number): AsyncGenerator<readonly BulkItemView[]> {
  let items: NamedItem[];
  let after = 0;
  do {
    items = await listBulkItems(db, id, { after, limit: PORTION });
    yield items.map(itemView);
    after = items.at(-1)?.user_id ?? after;
  } while (items.length === PORTION);
}

/** @throws {DomainError} `bulk_not_found` */
async function lockJob(tx: Tx, id: number): Promise<BulkJob> {
  const job = await lockBulkJob(tx, id);
  if (!job) throw new DomainError("bulk_not_found");
  return job;
}

async function start(
  tx: Tx,
  actor: JobOwner,
  { id }: BulkJob,
  [action, details]: readonly [AuditAction, Record<string, unknown>],
): Promise<void> {
  await startBulkJob(tx, id);
  await audit(tx, actor, action, undefined, { bulk_job: id, ...details });
  await insertJobs(tx, [bulkTurn(id)]);
}

/** How many users of a bulk job are how far. */
type Counts = Pick<BulkJobView, "total" | "waiting" | "done" | "failed" | "left_out">;

function countsOf({ counts }: BulkJob): Counts {
  const sum = (state?: string) =>
    counts.filter((row) => state === undefined || row.state === state)
      .reduce((total, { count }) => total + count, 0);
  return {
    total: sum(),
    waiting: sum("waiting"),
    done: sum("done"),
    failed: sum("failed"),
    left_out: counts.filter(({ state }) => state === "left_out")
      .toSorted((a, b) => b.count - a.count)
      .map(({ reason, count }) => ({ reason: reason ?? "", text: wordsOf(reason), count })),
  };
}

function lineOf(job: BulkJob): BulkJobLine {
  const { id, action, state, undoes, created_at, started_at, ended_at } = job;
  return {
    job_id: id,
    action,
    state,
    undoes,
    created_at: created_at.toISOString(),
    started_at: started_at?.toISOString() ?? null,
    ended_at: ended_at?.toISOString() ?? null,
  };
}

function itemView({ reason, ...item }: NamedItem): BulkItemView {
  return { ...item, reason: reason === null ? "" : wordsOf(reason) };
}

/** Reasons for which a message to the person who tries it has no fitting words. */
const WORDS: Readonly<Record<string, string>> = {
  already_so: "Already so",
  own_account: "This is you",
  undo_conflict: "Changed again since",
  user_not_found: "No longer there",
};

/** Says why a user was left out. */
function wordsOf(reason: string | null): string {
  return WORDS[reason ?? ""] ?? RULES[reason as DomainErrorCode] ?? "Something went wrong";
}

const ENDED: readonly BulkJob["state"][] = ["done", "cancelled", "stopped"];

/** Whether a job has done something that can be taken back, and is not already. */
async function canUndo(db: Db, job: BulkJob): Promise<boolean> {
  const isOld = job.created_at.getTime() < Date.now() - UNDO_DAYS * DAY_MS;
  if (job.action === "undo" || !ENDED.includes(job.state) || isOld) return false;
  return await hasBulkEntries(db, job.id) && await findBulkUndo(db, job.id) === undefined;
}
