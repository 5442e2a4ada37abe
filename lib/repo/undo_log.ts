import { type RawBuilder, type Selectable, sql } from "kysely";
import type { Db, Tx } from "@/lib/db/database.ts";
import type { JsonColumns, UndoLogTable, UserColumns } from "@/lib/db/operation_tables.ts";
import { UNDO_DAYS } from "@/lib/shared/limits.ts";
import { refreshUserSearch } from "./user_search.ts";

/** A row of `undo_log`. */
export type UndoEntry = Selectable<UndoLogTable>;

/** The rows of users at one time. The database writes and reads this text, and nobody else. */
export type UserRows = string & { readonly of: "UserRows" };

/** Keeps the planner from computing a subquery again for each use of its columns. */
const ONCE = sql`offset 0`;

/** The columns of a user, without secrets and without the picture, whose file may go. */
const ACCOUNT = sql`to_jsonb(u) - 'password_hash'`;
const PROFILE = sql`coalesce(to_jsonb(p) - 'image', '{}')`;

/** Reads the rows of users before a change, for {@linkcode readDifferences}. */
export async function readUserRows(tx: Tx, userIds: readonly number[]): Promise<UserRows> {
  const { rows: [found] } = await sql<{ rows: UserRows }>`
    select coalesce(jsonb_agg(jsonb_build_array(u.id, ${ACCOUNT}, ${PROFILE})), '[]')::text as rows
    from users u left join user_profiles p on p.user_id = u.id
    where u.id = any(${userIds}::bigint[])
  `.execute(tx);
  return found!.rows;
}

/** What a change has made of the rows of a user: the columns that differ. */
type Difference = Pick<UndoEntry, "before" | "after">;

/**
 * Columns that mean something together. If one of them changes, all are kept: an address that is
 * taken back must not count as confirmed because the other one was confirmed since.
 */
const GROUPS: readonly (readonly string[])[] = [
  ["status", "status_reason", "suspended_until"],
  ["email", "email_key", "email_verified_at"],
  ["failed_logins", "locked_until"],
];

/**
 * Compares rows of users with what they are now. Of a user who is gone, all columns are different.
 */
export async function readDifferences(
  tx: Tx,
  before: UserRows,
  userIds: readonly number[],
): Promise<ReadonlyMap<number, Difference>> {
  const { rows } = await sql<Difference & { readonly id: number }>`
    with earlier as (
      select (r -> 0)::bigint as id, r -> 1 as account, r -> 2 as profile
      from jsonb_array_elements(${before}::jsonb) as r
      where (r -> 0)::bigint = any(${userIds}::bigint[])
    )
    select e.id,
      jsonb_build_object('account', a.before, 'profile', b.before) as before,
      jsonb_build_object('account', a.after, 'profile', b.after) as after
    from earlier e
    left join users u on u.id = e.id left join user_profiles p on p.user_id = u.id
    cross join lateral (select case when u.id is not null then ${ACCOUNT} end as account,
      case when u.id is not null then ${PROFILE} end as profile ${ONCE}) as now
    cross join lateral ${differenceOf("account")} as a
    cross join lateral ${differenceOf("profile")} as b
  `.execute(tx);
  return new Map(rows.map(({ id, ...difference }) => [id, difference]));
}

/** Picks the columns that differ between the rows `e` and `now`. */
function differenceOf(part: keyof UserColumns) {
  const [old, now] = [sql.ref(`e.${part}`), sql.ref(`now.${part}`)];
  const ofGroups = GROUPS.map((group) => {
    const names = group.map((name) => sql.lit(name));
    const differs = names.map((name) => sql`${old} -> ${name} is distinct from ${now} -> ${name}`);
    return sql`key in (${sql.join(names)}) and (${sql.join(differs, sql` or `)})`;
  });
  return sql`(
    select coalesce(jsonb_object_agg(key, value), '{}') as before,
      coalesce(jsonb_object_agg(key, ${now} -> key) filter (where ${now} is not null), '{}') as after
    from jsonb_each(case when ${old} is distinct from ${now} then ${old} end)
    where ${now} is null or key <> 'version'
      and (value is distinct from ${now} -> key or ${sql.join(ofGroups, sql` or `)})
  )`;
}

/** Keeps what it takes to take actions back. */
export async function insertUndoEntries(
  tx: Tx,
  entries: readonly Pick<UndoEntry, "entry" | "user_id" | "action" | "before" | "after">[],
): Promise<void> {
  await sql`
    insert into undo_log (entry, user_id, action, before, after)
    select entry, user_id, action, before, after from jsonb_to_recordset(
      ${JSON.stringify(entries)}::jsonb
    ) as kept (entry bigint, user_id bigint, action text, before jsonb, after jsonb)
  `.execute(tx);
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

/** An action on a user, and what has become of the columns that it changed. */
export interface StandingEntry extends UndoEntry {
  /** The columns that are still as the action has left them. */
  readonly kept: ColumnNames;
  /** The columns that have changed since. */
  readonly changed: ColumnNames;
}

/** Names of columns of a user's rows. */
export type ColumnNames = { readonly [Part in keyof UserColumns]: readonly string[] };

/**
 * Locks actions that can still be taken back, and compares their users' rows with what they have made
 * of them. The database compares times better than their texts, which depend on the time zone of
 * the connection.
 */
export async function lockUndoEntries(
  tx: Tx,
  entries: readonly number[],
): Promise<StandingEntry[]> {
  const names = (part: keyof UserColumns, is: RawBuilder<unknown>) =>
    sql`${sql.lit(part)}, array(
      select key from jsonb_object_keys(l.before -> ${sql.lit(part)}) as key
      where ${sql.ref(`now.${part}`)} ? key and ${sql.ref(`now.${part}`)} -> key ${is}
        ${sql.ref(`standing.${part}`)} -> key)`;
  const same = sql`is not distinct from`;
  const other = sql`is distinct from`;
  const { rows } = await sql<StandingEntry>`
    with l as materialized (
      select * from undo_log where entry = any(${entries}::bigint[]) and undone_at is null
        and at > ${KEPT_SINCE}
      order by entry for update
    )
    select l.*,
      jsonb_build_object(${names("account", same)}, ${names("profile", same)}) as kept,
      jsonb_build_object(${names("account", other)}, ${names("profile", other)}) as changed
    from l
    left join users u on u.id = l.user_id
    left join user_profiles p on p.user_id = l.user_id
    cross join lateral (
      select to_jsonb(u) as account, coalesce(to_jsonb(p), '{}') as profile ${ONCE}
    ) as now
    cross join lateral (
      select to_jsonb(jsonb_populate_record(u, l.after -> 'account')) as account,
        to_jsonb(jsonb_populate_record(p, l.after -> 'profile')) as profile ${ONCE}
    ) as standing
  `.execute(tx);
  return rows;
}

/**
 * Gives columns of users and of their profiles the values of the log, to the microsecond. The version
 * grows also beyond the one of a user who was deleted.
 */
export async function restoreUserColumns(
  tx: Tx,
  users: readonly (UserColumns & { readonly id: number })[],
): Promise<void> {
  await restoreRows(tx, ["users", "id"], users.map(({ id, account }) => ({ ...account, id })));
  await restoreRows(
    tx,
    ["user_profiles", "user_id"],
    users.map(({ id, profile }) => ({ ...profile, user_id: id })),
  );
  const renamed = users.filter(({ account }) => "username" in account).map(({ id }) => id);
  if (renamed.length > 0) {
    // It is no former name of theirs any more.
    await sql`
      delete from former_usernames using users
      where users.id = any(${renamed}::bigint[]) and name_key = users.username_key
    `.execute(tx);
  }
  const searched = users.filter(({ account, profile }) =>
    "username" in account || "email" in account || "full_name" in profile
  );
  await refreshUserSearch(tx, searched.map(({ id }) => id));
}

/** One statement for all rows that get the same columns. */
async function restoreRows(
  tx: Tx,
  [table, key]: readonly ["users", "id"] | readonly ["user_profiles", "user_id"],
  rows: readonly JsonColumns[],
): Promise<void> {
  const alike = Map.groupBy(rows, (row) => Object.keys(row).sort().join());
  for (const group of alike.values()) {
    const names = Object.keys(group[0]!).filter((name) => name !== key && name !== "version");
    if (names.length === 0) continue;
    const columns = names.map((name) => sql`${sql.id(name)} = kept.${sql.id(name)}`);
    await sql`
      update ${sql.table(table)} changed
      set version = greatest(changed.version, kept.version) + 1, ${sql.join(columns)}
      from jsonb_populate_recordset(null::${sql.table(table)}, ${JSON.stringify(group)}::jsonb) kept
      where changed.${sql.id(key)} = kept.${sql.id(key)}
    `.execute(tx);
  }
}

/** Notes that actions were taken back. */
export async function markUndone(tx: Tx, entries: readonly number[]): Promise<void> {
  await tx.updateTable("undo_log").set({ undone_at: sql<Date>`now()` })
    .where("entry", "=", sql<number>`any(${entries}::bigint[])`).execute();
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
const GONE: UserColumns = { account: {}, profile: {} };

const NOTHING_LEFT = sql<UserColumns>`${JSON.stringify(GONE)}::jsonb`;

const KEPT_SINCE = sql<Date>`now() - make_interval(days => ${sql.lit(UNDO_DAYS)})`;
