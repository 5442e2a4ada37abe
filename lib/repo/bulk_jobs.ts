import { type RawBuilder, type Selectable, sql, type SqlBool } from "kysely";
import type { Db, Tx } from "@/lib/db/database.ts";
import type { BulkCount, BulkItemsTable, BulkJobsTable } from "@/lib/db/operation_tables.ts";
import type { BulkAction } from "@/lib/shared/actions.ts";
import { UNDO_DAYS } from "@/lib/shared/limits.ts";
import { matchesOf, type UserQuery } from "./user_matches.ts";
import type { User } from "./users.ts";

/** A row of `bulk_jobs`. */
export type BulkJob = Selectable<BulkJobsTable>;

/** A row of `bulk_items`. */
export type BulkItem = Selectable<BulkItemsTable>;

/** Adds a job that has not started. */
export function insertBulkJob(
  tx: Tx,
  { input, source, ...job }: Pick<BulkJob, "action" | "input" | "undoes" | "by_id" | "source">,
): Promise<BulkJob> {
  return tx.insertInto("bulk_jobs")
    .values({ ...job, input: JSON.stringify(input), source: JSON.stringify(source) })
    .returningAll().executeTakeFirstOrThrow();
}

/** Whether a user `u` is already as an action would leave them. */
const ALREADY_SO: {
  readonly [A in BulkAction]?: (input: BulkJob["input"]) => RawBuilder<SqlBool>;
} = {
  suspend_user: () => sql`u.status = 'suspended'`,
  activate_user: () => sql`u.status = 'active' and u.failed_logins = 0 and u.locked_until is null`,
  unlock_user: () =>
    sql`u.failed_logins = 0 and u.locked_until is null and not exists (
      select from second_factors as f where f.user_id = u.id
        and (f.wrong_codes > 0 or f.locked_until is not null))`,
  confirm_email: () => sql`u.email_verified_at is not null`,
  send_confirmation: () => sql`u.email_verified_at is not null and u.new_email is null`,
  edit_role: ({ role }) => sql`u.role = ${role}`,
  sign_out_user: () => sql`not exists (select from sessions as s where s.user_id = u.id)`,
  tag_user: ({ tag }) => hasTag(tag),
  untag_user: ({ tag }) => sql`not ${hasTag(tag)}`,
};

function hasTag(tag = ""): RawBuilder<SqlBool> {
  return sql`exists (select from user_tags as t where t.user_id = u.id and t.tag = ${tag})`;
}

type Begun = Pick<BulkJob, "action" | "input" | "by_id">;

/** Why a user `u` is left out before anything is tried, or null. */
function reasonOf({ action, input, by_id }: Begun): RawBuilder<string | null> {
  const isSo = action === "undo" ? undefined : ALREADY_SO[action]?.(input);
  return sql`case when u.id = ${by_id}::bigint then 'own_account'
    when ${isSo ?? sql`false`} then 'already_so' end`;
}

/** Adds all users of a job who match a query, and counts them. Those who are left out get the reason. */
export async function insertBulkItems(
  tx: Tx,
  job: Begun & Pick<BulkJob, "id">,
  query: UserQuery,
): Promise<void> {
  const { id, from, indexed } = matchesOf(query);
  const insert = sql`
    insert into bulk_items (job_id, user_id, state, reason)
    select ${job.id}::bigint, u.id,
      case when r.reason is null then 'waiting' else 'left_out' end, r.reason
    from (select ${id} as id from ${from} where ${indexed}) as found
    join users as u on u.id = found.id
    cross join lateral (select ${reasonOf(job)} as reason) as r
  `;
  await addItems(tx, job.id, insert);
}

/** Adds the users of a job that takes back another one: all to whom something was done. */
export async function insertUndoItems(tx: Tx, jobId: number, undone: number): Promise<void> {
  const insert = sql`
    insert into bulk_items (job_id, user_id, entry)
    select ${jobId}::bigint, user_id, entry from bulk_items
    where job_id = ${undone}::bigint and state = 'done' and entry is not null
  `;
  await addItems(tx, jobId, insert);
}

/** Adds the users of a job by an `insert`, and counts them. */
async function addItems(tx: Tx, id: number, insert: RawBuilder<unknown>): Promise<void> {
  await sql`
    with added as (${insert} returning state, reason),
      counted as (select state, reason, count(*) from added group by state, reason)
    update bulk_jobs set counts = (select coalesce(jsonb_agg(counted), '[]') from counted)
    where id = ${id}::bigint
  `.execute(tx);
}

/** Finds a job. */
export function findBulkJob(db: Db, id: number): Promise<BulkJob | undefined> {
  return db.selectFrom("bulk_jobs").selectAll().where("id", "=", id).executeTakeFirst();
}

/** Finds a job and locks it until the transaction ends. */
export function lockBulkJob(tx: Tx, id: number): Promise<BulkJob | undefined> {
  return tx.selectFrom("bulk_jobs").selectAll().where("id", "=", id).forUpdate()
    .executeTakeFirst();
}

/** Finds the job that takes another one back. One that ended early does not count. */
export async function findBulkUndo(db: Db, id: number): Promise<number | undefined> {
  const row = await db.selectFrom("bulk_jobs").select("id").where("undoes", "=", id)
    .where("state", "not in", ["cancelled", "stopped"]).executeTakeFirst();
  return row?.id;
}

/** Whether something that a job has done can be taken back. */
export async function hasBulkEntries(db: Db, id: number): Promise<boolean> {
  const row = await db.selectFrom("bulk_items").select("user_id").where("job_id", "=", id)
    .where("state", "=", "done").where("entry", "is not", null).limit(1).executeTakeFirst();
  return row !== undefined;
}

/** Starts a job that the transaction has locked. */
export async function startBulkJob(tx: Tx, id: number): Promise<void> {
  await tx.updateTable("bulk_jobs").set({ state: "running", started_at: sql<Date>`now()` })
    .where("id", "=", id).execute();
}

/** Ends a job that the transaction has locked. */
export async function endBulkJob(
  tx: Tx,
  id: number,
  state: "cancelled" | "stopped" | "done",
): Promise<void> {
  await tx.updateTable("bulk_jobs").set({ state, ended_at: sql<Date>`now()` })
    .where("id", "=", id).execute();
}

/** Lists the last jobs, without those that were never started. */
export function listBulkJobs(db: Db, limit: number): Promise<BulkJob[]> {
  return db.selectFrom("bulk_jobs").selectAll()
    .where((row) => row.or([row("started_at", "is not", null), row("state", "=", "preview")]))
    .orderBy("id", "desc").limit(limit).execute();
}

/** A user of a job, with the names of today, also if the user is deleted. */
export interface NamedItem extends Omit<BulkItem, "job_id" | "entry"> {
  readonly username: string | null;
  readonly email: string | null;
}

/** Which users of a job are listed. */
interface ItemQuery {
  /** The id after which the list begins. */
  readonly after?: number;
  readonly limit: number;
  readonly state?: BulkItem["state"];
}

/** Lists users of a job by id. */
export async function listBulkItems(
  db: Db,
  id: number,
  { after = 0, limit, state }: ItemQuery,
): Promise<NamedItem[]> {
  // First the users, then their names: the join must not read all users for each portion.
  const items = db.selectFrom("bulk_items").select(["user_id", "state", "reason"])
    .where("job_id", "=", id).where("user_id", ">", after)
    .$if(state !== undefined, (query) => query.where("state", "=", state ?? "waiting"))
    .orderBy("user_id").limit(limit);
  return await db.selectFrom(items.as("i"))
    .leftJoin("users as u", "u.id", "i.user_id")
    .leftJoin("deleted_users as d", "d.user_id", "i.user_id")
    .select((row) => [
      "i.user_id",
      "i.state",
      "i.reason",
      row.fn.coalesce("u.username", "d.username").as("username"),
      row.fn.coalesce("u.email", "d.email").as("email"),
    ])
    .orderBy("i.user_id").execute();
}

/** Returns the next users of a job. */
export function listWaitingItems(
  tx: Tx,
  { id, reached }: Pick<BulkJob, "id" | "reached">,
  limit: number,
): Promise<BulkItem[]> {
  // However little the planner knows of the job, it reads these from the index in order, and does not
  // sort all who wait. After those who are reached, nobody is in any other state.
  return tx.selectFrom("bulk_items").selectAll()
    .where(sql<SqlBool>`(job_id, user_id) >= (${id}::bigint, ${reached + 1}::bigint)`)
    .where(sql<SqlBool>`(job_id, user_id) < (${id + 1}::bigint, 0)`)
    .where("state", "<>", "left_out")
    .orderBy("job_id").orderBy("user_id").limit(limit).execute();
}

/** A user of a job, and why they are left out, if they are. */
export interface BulkUser extends User {
  readonly reason: string | null;
}

/**
 * Locks the admin of a job and its next users, in the order of their ids, so that two jobs cannot wait
 * for each other.
 *
 * @returns by id, without users who are gone by now
 */
export async function lockBulkUsers(
  tx: Tx,
  job: Begun,
  ids: readonly number[],
): Promise<Map<number, BulkUser>> {
  const { rows } = await sql<BulkUser>`
    select u.*, ${reasonOf(job)} as reason from users as u
    where u.id = any(${[...ids, job.by_id]}::bigint[]) order by u.id for update
  `.execute(tx);
  return new Map(rows.map((user) => [user.id, user]));
}

/** What became of a user. */
export type BulkResult = Pick<BulkItem, "user_id" | "state" | "reason" | "entry">;

/** Writes down what became of the next users of a job, who are in the order of their ids. */
export async function updateBulkItems(
  tx: Tx,
  { id, reached, counts }: Pick<BulkJob, "id" | "reached" | "counts">,
  results: readonly BulkResult[],
): Promise<void> {
  const last = results.at(-1)?.user_id ?? reached;
  // The range spares reading all users of the job, whatever the planner knows of them.
  await sql`
    with written as (
      update bulk_items as i
      set state = c.state, reason = c.reason, entry = coalesce(c.entry, i.entry)
      from jsonb_to_recordset(${JSON.stringify(results)}::jsonb)
        as c (user_id bigint, state text, reason text, entry bigint)
      where i.job_id = ${id}::bigint and i.user_id = c.user_id
        and i.user_id > ${reached}::bigint and i.user_id <= ${last}::bigint
    )
    update bulk_jobs set reached = ${last}::bigint,
      counts = ${JSON.stringify(countsAfter(counts, results))}::jsonb
    where id = ${id}::bigint
  `.execute(tx);
}

/** Returns the counts of a job after users who were waiting have had their turn. */
function countsAfter(
  counts: readonly BulkCount[],
  results: readonly BulkResult[],
): readonly BulkCount[] {
  const after = new Map<string, BulkCount>();
  const add = ({ state, reason }: Omit<BulkCount, "count">, count: number) => {
    const key = JSON.stringify([state, reason]);
    after.set(key, { state, reason, count: (after.get(key)?.count ?? 0) + count });
  };
  for (const { count, ...which } of counts) add(which, count);
  for (const result of results) add(result, 1);
  add({ state: "waiting", reason: null }, -results.length);
  return [...after.values()];
}

/**
 * Deletes up to `limit` users of jobs that can no longer be taken back, or that nobody started within
 * a day, then the jobs. Returns how many.
 */
export async function deleteOldBulkItems(db: Db, limit: number): Promise<number> {
  const old = sql`select id from bulk_jobs
    where created_at < now() - interval '1 day' and (started_at is null
      or created_at < now() - make_interval(days => ${sql.lit(UNDO_DAYS)}))`;
  // Nothing changes these rows any more, so that their places are theirs.
  const { numAffectedRows } = await sql`
    delete from bulk_items where ctid = any(array(
      select ctid from bulk_items where job_id in (${old}) limit ${limit}::int))
  `.execute(db);
  const deleted = Number(numAffectedRows ?? 0);
  if (deleted < limit) await sql`delete from bulk_jobs where id = any(array(${old}))`.execute(db);
  return deleted;
}
