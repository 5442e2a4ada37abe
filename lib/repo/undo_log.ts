import { type Selectable, sql } from "kysely";
import type { Db, Tx } from "@/lib/db/database.ts";
import type { JsonColumns, UndoLogTable, UserColumns } from "@/lib/db/operation_tables.ts";
import { UNDO_DAYS } from "@/lib/shared/limits.ts";
import { refreshUserSearch } from "./user_search.ts";

/** A row of `undo_log`. */
export type UndoEntry = Selectable<UndoLogTable>;

/** Which rows of users a change is about: those of `users`, or those of `user_profiles` as well. */
export type UserParts = "account" | "account and profile";

/** The rows of users at one time, by id. Times are texts, to the microsecond. */
export interface UserRows {
  readonly parts: UserParts;
  readonly byId: ReadonlyMap<number, UserColumns>;
}

/** Reads the rows of users before a change, for {@linkcode readDifferences}. */
export async function readUserRows(
  tx: Tx,
  userIds: readonly number[],
  parts: UserParts,
): Promise<UserRows> {
  const [profile, join] = parts === "account"
    ? [sql`null`, sql``]
    : [sql`row_to_json(p)`, sql`left join user_profiles p on p.user_id = u.id`];
  // PostgreSQL makes JSON twice as fast as JSONB, and this process compares it faster.
  const { rows } = await sql<{ id: number; account: JsonColumns; profile: JsonColumns | null }>`
    select u.id, row_to_json(u) as account, ${profile} as profile from users u ${join}
    where u.id = any(${userIds}::bigint[])
  `.execute(tx);
  const byId = new Map(
    rows.map(({ id, account, profile }) => [id, { account, profile: profile ?? {} }]),
  );
  return { parts, byId };
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

/** Secrets, and the picture, whose file may go. */
const NEVER_KEPT: ReadonlySet<string> = new Set(["password_hash", "image"]);

/**
 * Compares rows of users with what they are now. Of a user who is gone, all columns are different.
 */
export async function readDifferences(
  tx: Tx,
  before: UserRows,
  userIds: readonly number[],
): Promise<ReadonlyMap<number, Difference>> {
  const now = await readUserRows(tx, userIds, before.parts);
  const differences = userIds.flatMap((id): [number, Difference][] => {
    const columns = before.byId.get(id);
    return columns ? [[id, differenceOf(columns, now.byId.get(id))]] : [];
  });
  return new Map(differences);
}

function differenceOf(before: UserColumns, now: UserColumns | undefined): Difference {
  const account = namesOfChanged(before.account, now?.account);
  const profile = namesOfChanged(before.profile, now?.profile);
  const pick = (from: UserColumns): UserColumns => ({
    account: Object.fromEntries(account.map((name) => [name, from.account[name]])),
    profile: Object.fromEntries(profile.map((name) => [name, from.profile[name]])),
  });
  return { before: pick(before), after: now ? pick(now) : GONE };
}

function namesOfChanged(before: JsonColumns, now: JsonColumns | undefined): string[] {
  const names = Object.keys(before).filter((name) => !NEVER_KEPT.has(name));
  if (!now) return names;
  const differs = (name: string) => before[name] !== now[name];
  return names.filter((name) =>
    name !== "version" &&
    (differs(name) || GROUPS.some((group) => group.includes(name) && group.some(differs)))
  );
}

/** Keeps what it takes to take actions back. */
export async function insertUndoEntries(
  tx: Tx,
  action: string,
  entries: readonly (Difference & Pick<UndoEntry, "entry" | "user_id">)[],
): Promise<void> {
  await sql`
    insert into undo_log (entry, user_id, action, before, after)
    select entry, user_id, ${action}, before, after from jsonb_to_recordset(
      ${JSON.stringify(entries)}::jsonb
    ) as kept (entry bigint, user_id bigint, before jsonb, after jsonb)
  `.execute(tx);
}

const KEPT_SINCE = sql<Date>`now() - make_interval(days => ${sql.lit(UNDO_DAYS)})`;

/**
 * Whether an entry of `audit_events` can be taken back, as a part of another statement. For an
 * "exists", the planner may read the whole log.
 */
export const IS_UNDOABLE = sql<boolean>`coalesce((
  select l.undone_at is null and l.at > ${KEPT_SINCE}
  from undo_log l where l.entry = audit_events.id
), false)`;

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
 * of them.
 */
export async function lockUndoEntries(
  tx: Tx,
  entries: readonly number[],
): Promise<StandingEntry[]> {
  const locked = await tx.selectFrom("undo_log").selectAll()
    .where("entry", "=", sql<number>`any(${entries}::bigint[])`)
    .where("undone_at", "is", null).where("at", ">", KEPT_SINCE)
    .orderBy("entry").forUpdate().execute();
  const isOfAccounts = locked.every(({ before }) => Object.keys(before.profile).length === 0);
  const now = await readUserRows(
    tx,
    locked.map(({ user_id }) => user_id),
    isOfAccounts ? "account" : "account and profile",
  );
  return locked.map((entry) => ({ ...entry, ...compare(entry, now.byId.get(entry.user_id)) }));
}

/** Columns that are not there any more are neither kept nor changed. */
function compare(
  { before, after }: UndoEntry,
  now: UserColumns = GONE,
): Pick<StandingEntry, "kept" | "changed"> {
  const namesOf = (part: keyof UserColumns) => {
    const made = { ...now[part], ...after[part] };
    const names = Object.keys(before[part]).filter((name) => name in now[part]);
    return Object.groupBy(
      names,
      (name) => isSame(made[name], now[part][name]) ? "kept" : "changed",
    );
  };
  const [account, profile] = [namesOf("account"), namesOf("profile")];
  return {
    kept: { account: account.kept ?? [], profile: profile.kept ?? [] },
    changed: { account: account.changed ?? [], profile: profile.changed ?? [] },
  };
}

/** Compares values of a column. The texts of times depend on the time zone of the connection. */
function isSame(one: unknown, other: unknown): boolean {
  if (one === other) return true;
  const [a, b] = [TIME.exec(String(one)), TIME.exec(String(other))];
  return a !== null && b !== null && a[1] === b[1] && Date.parse(a[0]) === Date.parse(b[0]);
}

/** `Date` has no microseconds: they are the first group. */
const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?[+-]\d\d:\d\d$/;

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

/** Notes that deletions were taken back, in whatever way the users came back. */
export async function markDeletionsUndone(tx: Tx, userIds: readonly number[]): Promise<void> {
  await tx.updateTable("undo_log").set({ undone_at: sql<Date>`now()` })
    .where("user_id", "=", sql<number>`any(${userIds}::bigint[])`).where("undone_at", "is", null)
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
