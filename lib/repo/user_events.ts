import { type Insertable, type Selectable, sql } from "kysely";
import type { Db, Tx } from "@/lib/db/database.ts";
import type { UserEventsTable } from "@/lib/db/schema.ts";

/** A row of `user_events`. */
export type UserEvent = Selectable<UserEventsTable>;

const FIRST_RETRY_SECONDS = 10;
const LAST_RETRY_SECONDS = 60 * 60;
/** 2^10 times the first pause is longer than the longest one. */
const MAX_DOUBLINGS = 10;
const ERROR_MAX_CHARS = 500;

/** Rows of one statement of {@linkcode insertUserEvents}: PostgreSQL takes 65,535 parameters. */
const ROWS_PER_INSERT = 20_000;

/** Says what happened to a user; the hooks hear of it after the commit. */
export async function insertUserEvent(
  tx: Tx,
  event: Pick<Insertable<UserEventsTable>, "user_id" | "kind">,
): Promise<void> {
  await tx.insertInto("user_events").values(event).execute();
}

/** As {@linkcode insertUserEvent}, if there is such a user; the same work if there is none. */
export async function insertUserEventIfPresent(
  tx: Tx,
  { user_id, kind }: Pick<Insertable<UserEventsTable>, "user_id" | "kind">,
): Promise<void> {
  await tx.insertInto("user_events").columns(["user_id", "kind"])
    .expression((from) =>
      from.selectFrom("users").select(["id", sql.val(kind).as("kind")]).where("id", "=", user_id)
    )
    .execute();
}

/** Says the same of many users. */
export async function insertUserEvents(
  tx: Tx,
  userIds: readonly number[],
  kind: UserEvent["kind"],
): Promise<void> {
  for (let start = 0; start < userIds.length; start += ROWS_PER_INSERT) {
    const rows = userIds.slice(start, start + ROWS_PER_INSERT);
    await tx.insertInto("user_events").values(rows.map((user_id) => ({ user_id, kind }))).execute();
  }
}

/** Locks the open events of a user that are due; waits for whoever works on them. */
export function lockEventsOfUser(tx: Tx, userId: number): Promise<UserEvent[]> {
  return dueEvents(tx).where("user_id", "=", userId).orderBy("id").forUpdate().execute();
}

/** Locks the oldest events that are due and that nobody else works on. */
export function lockOpenEvents(tx: Tx, limit: number): Promise<UserEvent[]> {
  return dueEvents(tx).orderBy("next_attempt_at").orderBy("id").limit(limit)
    .forUpdate().skipLocked().execute();
}

function dueEvents(tx: Tx) {
  return tx.selectFrom("user_events").selectAll()
    .where("done_at", "is", null).where("next_attempt_at", "<=", sql<Date>`now()`);
}

/** Closes events: all their hooks have run. */
export async function markEventsDone(tx: Tx, ids: readonly number[]): Promise<void> {
  if (ids.length === 0) return;
  await tx.updateTable("user_events")
    .set({ done_at: sql<Date>`now()`, last_error: null })
    .where("id", "in", ids).execute();
}

/** Keeps an event open for a later attempt: after 10 seconds, then twice as long, up to an hour. */
export async function markEventFailed(tx: Tx, id: number, reason: string): Promise<void> {
  await tx.updateTable("user_events")
    .set({
      attempts: sql<number>`attempts + 1`,
      next_attempt_at: sql<Date>`now() + interval '1 second' * least(
        ${LAST_RETRY_SECONDS}::float8,
        ${FIRST_RETRY_SECONDS} * 2 ^ least(attempts, ${MAX_DOUBLINGS}::int)
      )`,
      last_error: reason.replaceAll("\0", "").slice(0, ERROR_MAX_CHARS),
    })
    .where("id", "=", id).execute();
}

/** Forgets up to `limit` events whose hooks ran before `time`, and returns how many. */
export async function deleteEventsDoneBefore(db: Db, time: Date, limit: number): Promise<number> {
  const { numDeletedRows } = await db.deleteFrom("user_events")
    .where(
      "id",
      "in",
      (from) =>
        from.selectFrom("user_events").select("id").where("done_at", "<", time)
          .orderBy("done_at").limit(limit),
    )
    .executeTakeFirst();
  return Number(numDeletedRows);
}
