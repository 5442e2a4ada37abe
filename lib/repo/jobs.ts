import { type Insertable, type Selectable, sql } from "kysely";
import type { Db, Tx } from "@/lib/db/database.ts";
import type { JobName, JobsTable } from "@/lib/db/operation_tables.ts";
import { inTransaction } from "@/lib/db/transaction.ts";
import { EXPIRED_LETTERS_KEPT_DAYS } from "@/lib/shared/limits.ts";
import { type IdPage, idPageOf, type IdPageQuery } from "./id_pages.ts";
import { emailKey } from "@/lib/shared/fold.ts";

/** A row of `jobs`. */
export type Job = Selectable<JobsTable>;

/** A job to be done: of which kind, and about which user or what else. */
export type NewJob = Pick<
  Insertable<JobsTable>,
  "kind" | "user_id" | "subject" | "payload" | "expires_at"
>;

/** How much of a kind is to be done. */
export interface JobQueue {
  readonly waiting: number;
  /** Since when the oldest job waits. */
  readonly oldest: Date | undefined;
  /** Why one of them failed, if one did. */
  readonly lastError: string | undefined;
}

/** Rows of one statement of {@linkcode insertJobs}. */
const ROWS_PER_INSERT = 10_000;

const ERROR_MAX_CHARS = 500;

const isOfUse = sql<boolean>`(expires_at is null or expires_at > now())`;

const isDue = sql<boolean>`run_at <= now() and (leased_until is null or leased_until <= now())
  and ${isOfUse}`;

/** Adds jobs. A subject has one job at most: if there is one already, it is due again. */
export async function insertJobs(tx: Tx, jobs: readonly NewJob[]): Promise<void> {
  for (let start = 0; start < jobs.length; start += ROWS_PER_INSERT) {
    const rows = JSON.stringify(jobs.slice(start, start + ROWS_PER_INSERT));
    await tx.insertInto("jobs").columns(["kind", "user_id", "subject", "payload", "expires_at"])
      .expression(
        sql`select kind, user_id, subject, payload::jsonb, expires_at
          from jsonb_to_recordset(${rows}::jsonb) as job
            (kind text, user_id bigint, subject text, payload text, expires_at timestamptz)`,
      )
      .onConflict((on) =>
        on.columns(["kind", "subject"]).where("subject", "is not", null).doUpdateSet({
          revision: sql<number>`jobs.revision + 1`,
          run_at: sql<Date>`now()`,
          attempts: 0,
        })
      )
      .execute();
  }
}

/** Stages a job: nobody does it before {@linkcode releaseJobs}, and it expires after a day. */
export async function stageJob(db: Db, job: NewJob): Promise<void> {
  const end = sql<Date>`now() + interval '1 day'`;
  await db.insertInto("jobs").values({ ...job, run_at: end, expires_at: end }).execute();
}

/** Makes all staged jobs due at once whose subjects begin with `start`. */
export async function releaseJobs(db: Db, kind: JobName, start: string): Promise<void> {
  await db.updateTable("jobs").set({ run_at: sql<Date>`now()`, expires_at: null })
    .where("kind", "=", kind).where("subject", "like", `${start}%`).execute();
}

/** Removes the `count` jobs whose subjects begin with `start`, unless one has been done. */
export function discardJobs(
  db: Db,
  kind: JobName,
  { start, count }: { start: string; count: number },
): Promise<boolean> {
  return inTransaction(db, async (tx) => {
    const jobs = await tx.selectFrom("jobs").select("id").where("kind", "=", kind)
      .where("subject", "like", `${start}%`).orderBy("id").forUpdate().execute();
    if (jobs.length < count) return false;
    await deleteJobs(tx, jobs.map(({ id }) => id));
    return true;
  });
}

/** Adds a job about a user, if there is such a user; the same work if there is none. */
export async function insertJobIfUserExists(
  tx: Tx,
  kind: JobName,
  userId: number,
): Promise<void> {
  await tx.insertInto("jobs").columns(["kind", "user_id"])
    .expression((from) =>
      from.selectFrom("users").select([sql.val(kind).as("kind"), "id"]).where("id", "=", userId)
    )
    .execute();
}

/** Locks the oldest jobs of a kind that are due and that nobody else works on. */
export function lockDueJobs(tx: Tx, kind: JobName, limit: number): Promise<Job[]> {
  return tx.selectFrom("jobs").selectAll().where("kind", "=", kind).where(isDue)
    .orderBy("run_at").orderBy("id").limit(limit).forUpdate().skipLocked().execute();
}

/** Locks the jobs of a user that are due; waits for a process that works on them. */
export function lockJobsOfUser(tx: Tx, kinds: readonly JobName[], userId: number): Promise<Job[]> {
  return tx.selectFrom("jobs").selectAll()
    .where("user_id", "=", userId).where("kind", "in", kinds).where(isDue)
    .orderBy("id").forUpdate().execute();
}

/**
 * Takes the oldest jobs of a kind that are due, so that no other process takes them within
 * `seconds`. Callers at the same time each get different ones.
 */
export function leaseDueJobs(
  db: Db,
  kind: JobName,
  { limit, seconds }: { limit: number; seconds: number },
): Promise<Job[]> {
  const due = db.selectFrom("jobs").select("id").where("kind", "=", kind).where(isDue)
    .orderBy("run_at").orderBy("id").limit(limit).forUpdate().skipLocked();
  return db.updateTable("jobs")
    .set({ leased_until: sql<Date>`now() + make_interval(secs => ${seconds})` })
    // An array is made once; the planner may run a subquery of IN more often, for other rows.
    .where("id", "=", sql<number>`any(array(${due}))`)
    .returningAll().execute();
}

/** Removes locked jobs that are done. */
export async function deleteJobs(tx: Tx, ids: readonly number[]): Promise<void> {
  if (ids.length === 0) return;
  await tx.deleteFrom("jobs").where("id", "in", ids).execute();
}

/**
 * Removes a leased job that is done, and says so. If another wish came in meanwhile, the job is due
 * again instead.
 */
export async function finishLeasedJob(
  tx: Tx,
  { id, revision }: Pick<Job, "id" | "revision">,
): Promise<boolean> {
  const { numDeletedRows } = await tx.deleteFrom("jobs")
    .where("id", "=", id).where("revision", "=", revision).executeTakeFirst();
  if (numDeletedRows > 0n) return true;
  await tx.updateTable("jobs").set({ leased_until: null }).where("id", "=", id).execute();
  return false;
}

/** Notes why an attempt failed, and lets the next wait for `delayMs`. */
export async function postponeJob(
  db: Db,
  id: number,
  { delayMs, reason }: { delayMs: number; reason: string },
): Promise<void> {
  await db.updateTable("jobs").set({
    attempts: sql<number>`attempts + 1`,
    run_at: sql<Date>`now() + make_interval(secs => ${delayMs / 1000})`,
    leased_until: null,
    last_error: reason.replaceAll("\0", "").slice(0, ERROR_MAX_CHARS),
  }).where("id", "=", id).execute();
}

/** Lets nobody else take a leased job for `seconds` from now. */
export async function extendLease(db: Db, id: number, seconds: number): Promise<void> {
  await db.updateTable("jobs")
    .set({ leased_until: sql<Date>`now() + make_interval(secs => ${seconds})` })
    .where("id", "=", id).execute();
}

/** Makes all jobs of a kind due that wait for their next attempt. */
export async function expediteJobs(db: Db, kind: JobName): Promise<void> {
  await db.updateTable("jobs").set({ run_at: sql<Date>`now()` })
    .where("kind", "=", kind).where("run_at", ">", sql<Date>`now()`).execute();
}

/** When the next job of a kind is due, or the lease of one ends; `undefined` where none waits. */
export async function findNextJobAt(db: Db, kind: JobName): Promise<Date | undefined> {
  const { next } = await db.selectFrom("jobs")
    .select(sql<Date | null>`min(greatest(run_at, leased_until))`.as("next"))
    .where("kind", "=", kind).where(isOfUse).executeTakeFirstOrThrow();
  return next ?? undefined;
}

/**
 * How much of a kind waits, for how long, and what went wrong last.
 *
 * @param start the beginning of the subjects to look at
 */
export async function describeJobs(db: Db, kind: JobName, start = ""): Promise<JobQueue> {
  const jobs = db.selectFrom("jobs").where("kind", "=", kind)
    .$if(start !== "", (query) => query.where("subject", "like", `${start}%`));
  const { waiting, oldest } = await jobs
    .select((column) => [
      column.fn.countAll<number>().as("waiting"),
      column.fn.min("created_at").as("oldest"),
    ])
    .executeTakeFirstOrThrow();
  const failed = await jobs.select("last_error").where("last_error", "is not", null)
    .orderBy("run_at", "desc").limit(1).executeTakeFirst();
  return {
    waiting,
    oldest: oldest ?? undefined,
    lastError: failed?.last_error ?? undefined,
  };
}

/** Lists a page of the jobs of a kind, newest first. */
export async function listJobs(db: Db, kind: JobName, query: IdPageQuery): Promise<IdPage<Job>> {
  const { limit, after, before } = query;
  const found = await db.selectFrom("jobs").selectAll().where("kind", "=", kind)
    .$if(after !== undefined, (select) => select.where("id", "<", after ?? 0))
    .$if(before !== undefined, (select) => select.where("id", ">", before ?? 0))
    .orderBy("id", before === undefined ? "desc" : "asc").limit(limit + 1).execute();
  return idPageOf(found, query);
}

/** Locks a job of a kind until the transaction ends. */
export function lockJobById(tx: Tx, kind: JobName, id: number): Promise<Job | undefined> {
  return tx.selectFrom("jobs").selectAll().where("kind", "=", kind).where("id", "=", id)
    .forUpdate().executeTakeFirst();
}

/** Makes a locked job due at once, and of use until `expiresAt`. */
export async function renewJob(tx: Tx, id: number, expiresAt: Date | null): Promise<void> {
  await tx.updateTable("jobs").set({ run_at: sql<Date>`now()`, expires_at: expiresAt })
    .where("id", "=", id).execute();
}

/**
 * Removes up to `limit` jobs that are of no use any more, and returns how many. Admins see e-mails
 * that were never sent for some days more.
 */
export async function deleteExpiredJobs(db: Db, limit: number): Promise<number> {
  const { numDeletedRows } = await db.deleteFrom("jobs")
    .where(
      "id",
      "in",
      (from) =>
        from.selectFrom("jobs").select("id").where("expires_at", "<=", sql<Date>`now()`)
          .where(sql<boolean>`(kind <> 'letter'
            or expires_at <= now() - make_interval(days => ${EXPIRED_LETTERS_KEPT_DAYS}::int))`)
          .orderBy("expires_at").limit(limit),
    )
    .executeTakeFirst();
  return Number(numDeletedRows);
}

/** Lists the e-mails that wait to be sent to a user. */
export function listLettersOf(
  db: Db,
  { id, email }: { readonly id: number; readonly email: string },
): Promise<Job[]> {
  return db.selectFrom("jobs").selectAll().where("kind", "=", "letter")
    .where(sql`lower(payload ->> 'to')`, "=", emailKey(email))
    .where((row) => row.or([row("user_id", "=", id), row("user_id", "is", null)]))
    .orderBy("id").execute();
}

/** Removes the e-mails that wait to be sent to users, who are named by id and by address. */
export async function deleteLettersOf(
  tx: Tx,
  userIds: readonly number[],
  addresses: readonly string[],
): Promise<void> {
  await tx.deleteFrom("jobs").where("kind", "=", "letter")
    .where((where) =>
      where.or([
        where("user_id", "=", sql<number>`any(${userIds}::bigint[])`),
        where(sql`lower(payload ->> 'to')`, "=", sql`any(${addresses.map(emailKey)}::text[])`),
      ])
    )
    .execute();
}

/** Removes all jobs of a kind that nobody will do. */
export async function deleteJobsOfKind(tx: Tx, kind: JobName): Promise<void> {
  await tx.deleteFrom("jobs").where("kind", "=", kind).execute();
}
