import { type Selectable, sql } from "kysely";
import type { Db, Tx } from "@/lib/db/database.ts";
import type { JsonColumns, UndoLogTable, UserColumns } from "@/lib/db/operation_tables.ts";
import { UNDO_DAYS } from "@/lib/shared/limits.ts";
import { refreshUserSearch } from "./user_search.ts";

/** A row of `undo_log`. */
export type UndoEntry = Selectable<UndoLogTable>;

/** Reads the rows of a user as JSON, without secrets and without the picture, whose file may go. */
export async function readUserColumns(tx: Tx, userId: number): Promise<UserColumns> {
  const { rows: [found] } = await sql<UserColumns>`
    select to_jsonb(u) - 'password_hash' as account,
      coalesce(to_jsonb(p) - 'image', '{}') as profile
    from users u left join user_profiles p on p.user_id = u.id where u.id = ${userId}
  `.execute(tx);
  return found!;
}

/** Keeps what it takes to take an action back. */
export async function insertUndoEntry(
  tx: Tx,
  { before, after, ...entry }: Pick<UndoEntry, "entry" | "user_id" | "action" | "before" | "after">,
): Promise<void> {
  await tx.insertInto("undo_log")
    .values({ ...entry, before: JSON.stringify(before), after: JSON.stringify(after) }).execute();
}

/**
 * Finds an action on a user by its entry, whether or not it can still be taken back. Without the
 * entry, finds the last one that can.
 */
export function findUndoEntry(
  db: Db,
  userId: number,
  entry: number | undefined,
): Promise<UndoEntry | undefined> {
  return db.selectFrom("undo_log").selectAll()
    .where("user_id", "=", userId).where("at", ">", KEPT_SINCE)
    .$if(entry !== undefined, (query) => query.where("entry", "=", entry ?? 0))
    .$if(entry === undefined, (query) => query.where("undone_at", "is", null))
    .orderBy("entry", "desc").limit(1).executeTakeFirst();
}

/** Returns those of some entries of the audit trail that can be taken back. */
export async function filterUndoEntries(
  db: Db,
  entries: readonly number[],
): Promise<ReadonlySet<number>> {
  const rows = await db.selectFrom("undo_log").select("entry")
    .where("entry", "=", sql<number>`any(${entries}::bigint[])`)
    .where("undone_at", "is", null).where("at", ">", KEPT_SINCE).execute();
  return new Set(rows.map(({ entry }) => entry));
}

/** The rows of a user, as an action has left them and as they are. */
export interface ChangedColumns {
  /** As they are. */
  readonly now: UserColumns;
  /** As they would be if nobody had changed them since the action. */
  readonly left: UserColumns;
}

/**
 * Reads the rows of a user together with what an action has made of them. The database compares
 * times better than their texts, which depend on the time zone of the connection.
 */
export async function readChangedColumns(
  tx: Tx,
  { user_id, after }: UndoEntry,
): Promise<ChangedColumns> {
  const { account, profile } = after;
  const { rows: [found] } = await sql<ChangedColumns>`
    select
      jsonb_build_object('account', to_jsonb(u), 'profile', coalesce(to_jsonb(p), '{}')) as now,
      jsonb_build_object(
        'account', to_jsonb(jsonb_populate_record(u, ${JSON.stringify(account)}::jsonb)),
        'profile', to_jsonb(jsonb_populate_record(p, ${JSON.stringify(profile)}::jsonb))
      ) as left
    from users u left join user_profiles p on p.user_id = u.id where u.id = ${user_id}
  `.execute(tx);
  return found!;
}

/**
 * Gives columns of a user and of the profile the values of the log, to the microsecond. The version
 * grows also beyond the one of a user who was deleted.
 */
export async function restoreUserColumns(
  tx: Tx,
  userId: number,
  { account, profile }: UserColumns,
): Promise<void> {
  await restoreRow(tx, "users", "id", userId, account);
  await restoreRow(tx, "user_profiles", "user_id", userId, profile);
  if ("username" in account) {
    // It is no former name of theirs any more.
    await sql`
      delete from former_usernames using users
      where users.id = ${userId} and name_key = users.username_key
    `.execute(tx);
  }
  if ("username" in account || "email" in account || "full_name" in profile) {
    await refreshUserSearch(tx, [userId]);
  }
}

async function restoreRow(
  tx: Tx,
  table: "users" | "user_profiles",
  key: "id" | "user_id",
  userId: number,
  { [key]: _, version = 0, ...values }: JsonColumns,
): Promise<void> {
  if (Object.keys(values).length === 0) return;
  const columns = Object.keys(values).map((name) => sql`${sql.id(name)} = kept.${sql.id(name)}`);
  await sql`
    update ${sql.table(table)} changed
    set version = greatest(changed.version, ${version}::bigint) + 1, ${sql.join(columns)}
    from jsonb_populate_record(null::${sql.table(table)}, ${JSON.stringify(values)}::jsonb) kept
    where changed.${sql.id(key)} = ${userId}
  `.execute(tx);
}

/** Locks an action on a user. Returns whether it can still be taken back. */
export async function lockUndoEntry(tx: Tx, entry: number): Promise<boolean> {
  const row = await tx.selectFrom("undo_log").select("undone_at").where("entry", "=", entry)
    .forUpdate().executeTakeFirst();
  return row !== undefined && row.undone_at === null;
}

/** Notes that an action was taken back. */
export async function markUndone(tx: Tx, entry: number): Promise<void> {
  await tx.updateTable("undo_log").set({ undone_at: sql<Date>`now()` })
    .where("entry", "=", entry).execute();
}

/** Notes that a deletion was taken back, in whatever way the user came back. */
export async function markDeletionsUndone(tx: Tx, userId: number): Promise<void> {
  await tx.updateTable("undo_log").set({ undone_at: sql<Date>`now()` })
    .where("user_id", "=", userId).where("undone_at", "is", null)
    .where("after", "=", NOTHING_LEFT).execute();
}

/** Erases what is kept of users. */
export async function deleteUndoEntriesOf(tx: Tx, userIds: readonly number[]): Promise<void> {
  await tx.deleteFrom("undo_log").where("user_id", "=", sql<number>`any(${userIds}::bigint[])`)
    .execute();
}

/** Deletes up to `limit` rows that are too old to be taken back. Returns how many. */
export async function deleteOldUndoEntries(db: Db, limit: number): Promise<number> {
  // The oldest have the lowest numbers, so that this needs no index of its own.
  const oldest = db.selectFrom("undo_log").select("entry").orderBy("entry").limit(limit);
  const { numDeletedRows } = await db.deleteFrom("undo_log")
    .where("entry", "=", sql<number>`any(array(${oldest}))`)
    .where("at", "<=", KEPT_SINCE).executeTakeFirst();
  return Number(numDeletedRows);
}

/** What {@linkcode UndoEntry.after} is for an action that deleted the user. */
export const GONE: UserColumns = { account: {}, profile: {} };

const NOTHING_LEFT = sql<UserColumns>`${JSON.stringify(GONE)}::jsonb`;

const KEPT_SINCE = sql<Date>`now() - make_interval(days => ${sql.lit(UNDO_DAYS)})`;
