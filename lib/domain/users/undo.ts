import type { Tx } from "@/lib/db/database.ts";
import type { JsonColumns, UserColumns } from "@/lib/db/operation_tables.ts";
import { inTransaction } from "@/lib/db/transaction.ts";
import { type DeletedUser, lockDeletedUsers } from "@/lib/repo/deleted_users.ts";
import type { AuditEvent, ListedAuditEvent } from "@/lib/repo/audit_events.ts";
import { deleteOneTimeTokens } from "@/lib/repo/one_time_tokens.ts";
import {
  type ColumnNames,
  findUndoEntry,
  lockUndoEntries,
  markUndone,
  restoreUserColumns,
  type StandingEntry,
  type UndoEntry,
} from "@/lib/repo/undo_log.ts";
import { findUserById, type User } from "@/lib/repo/users.ts";
import type { ActionInput, PermittedAction } from "@/lib/shared/actions.ts";
import { labelOfColumn } from "@/lib/shared/columns.ts";
import type { ChangedUser, UndoTarget } from "@/lib/shared/views.ts";
import type { Actor } from "@/lib/domain/actor.ts";
import { auditAll } from "@/lib/domain/audit.ts";
import { authorise, confirmSession, isAdmin, isOwn, requireReach } from "@/lib/domain/authorise.ts";
import { DomainError, UndoConflictError } from "@/lib/domain/errors.ts";
import type { Services } from "@/lib/domain/services.ts";
import { findLastAdmin, lockAdminsAmong, lockUser } from "./admins.ts";
import { isTrace } from "./audit_change.ts";
import { bringAllBack, bringBack, type ReturningUser } from "./bring_back.ts";
import { namedUser } from "./change_user.ts";
import { drawConsequences, type UserChange } from "./consequences.ts";
import { takenField } from "./new_user.ts";

/**
 * Takes an action on a user back; without `entry` the last one that can be. Who may do an action may
 * take it back. Sessions, keys and links that it has ended stay ended.
 *
 * @throws {DomainError} `not_signed_in`, `forbidden`, `user_not_found`, `undo_not_found`, `undo_done`,
 * `undo_conflict`, `name_taken`, `last_admin`, `own_account`
 */
export async function undo(
  services: Services,
  actor: Actor,
  { user_id, entry }: ActionInput<"undo">,
): Promise<ChangedUser> {
  authorise(actor, "undo", user_id);
  const found = await findUndoEntry(services.db, user_id, entry);
  if (!found) throw new DomainError("undo_not_found");
  for (const action of actionsIn(found)) authorise(actor, action, user_id);
  return isDeletion(found)
    ? await undoDeletion(services, actor, found)
    : await undoChange(services, actor, found);
}

/**
 * Makes views of entries of the audit trail. Those that the actor may be offered to take back say
 * how: to admins all of them, to others what they did themselves.
 */
export function offerUndo<View>(
  actor: Actor,
  events: readonly ListedAuditEvent[],
  view: (event: AuditEvent) => View,
): (View & { readonly undo?: UndoTarget })[] {
  return events.map((event) => {
    const { id: entry, target_id: user_id, actor_id, undoable } = event;
    const isOffered = isAdmin(actor) || (actor_id !== null && isOwn(actor, actor_id));
    const canUndo = undoable && isOffered && user_id !== null;
    return { ...view(event), ...(canUndo && { undo: { user_id, entry } }) };
  });
}

function isDeletion({ after }: UndoEntry): boolean {
  return Object.keys(after.account).length + Object.keys(after.profile).length === 0;
}

/** The actions that taking an entry back amounts to, all of which the actor must be allowed to do. */
function actionsIn({ action, before: { account } }: UndoEntry): PermittedAction[] {
  const ofColumns = COLUMN_ACTIONS.filter(([column]) => column in account);
  return [action as PermittedAction, ...ofColumns.map(([, needed]) => needed)];
}

const COLUMN_ACTIONS = [
  ["username", "edit_username"],
  ["email", "edit_email"],
  ["role", "edit_role"],
] as const satisfies readonly (readonly [string, PermittedAction])[];

async function undoChange(
  services: Services,
  actor: Actor,
  found: UndoEntry,
): Promise<ChangedUser> {
  const { user_id, entry } = found;
  const changed = await inTransaction(services.db, async (tx) => {
    const user = await lockUser(tx, user_id);
    requireReach(actor, user);
    await lockAdminsAmong(tx, [user]);
    await confirmUndo(tx, actor, found);
    const error = (await takeBack(tx, actor, [user], [entry])).get(user_id);
    if (error) throw error;
    return await namedUser(tx, (await findUserById(tx, user_id))!);
  });
  services.jobs.wake("letter");
  return changed;
}

/**
 * Takes actions back that have changed users, whom the transaction has locked. It takes about as many
 * statements for a thousand as for one. The actor must be allowed to do it.
 *
 * @returns the rules by which users are left alone, by id
 */
export async function takeBack(
  tx: Tx,
  actor: Actor,
  users: readonly User[],
  entries: readonly number[],
): Promise<ReadonlyMap<number, DomainError>> {
  const found = new Map((await lockUndoEntries(tx, entries)).map((one) => [one.user_id, one]));
  const left = new Map<number, DomainError>();
  const lastAdmin = await findLastAdmin(
    tx,
    users.filter((user) => changesRights(user, found.get(user.id))),
  );
  const returning = users.flatMap((user) => {
    const entry = found.get(user.id);
    const error = obstacleOf(actor, user, entry, lastAdmin);
    if (error) left.set(user.id, error);
    return entry && !error ? [{ user, entry }] : [];
  });
  await restore(tx, actor, returning);
  return left;
}

/** Makes sure that the actor still may do all that taking an entry back amounts to. */
async function confirmUndo(tx: Tx, actor: Actor, found: UndoEntry): Promise<void> {
  for (const action of actionsIn(found)) await confirmSession(tx, actor, action, found.user_id);
}

/** Returns why an entry is not taken back. */
function obstacleOf(
  actor: Actor,
  user: User,
  found: StandingEntry | undefined,
  lastAdmin: number | undefined,
): DomainError | undefined {
  if (!found) return new DomainError("undo_done");
  const fields = conflictsOf(found);
  if (fields.length > 0) return new UndoConflictError(fields);
  if (!changesRights(user, found)) return undefined;
  if (isOwn(actor, user.id)) return new DomainError("own_account");
  return user.id === lastAdmin ? new DomainError("last_admin") : undefined;
}

/** Whether taking an entry back changes the role or the status of its user. */
function changesRights(user: User, found: StandingEntry | undefined): boolean {
  if (!found || conflictsOf(found).length > 0) return false;
  const { role = user.role, status = user.status } = valuesOf(found, found.kept).account;
  return role !== user.role || status !== user.status;
}

/** Returns the fields that have changed since. Traces may have. */
function conflictsOf({ before, kept, changed }: StandingEntry): string[] {
  const known = columnsOf(before).filter(([part, name]) =>
    kept[part].includes(name) || changed[part].includes(name)
  );
  const isMeant = known.some(([, name]) => !isTrace(name)) ? isNoTrace : isNoTime;
  const fields = columnsOf(before)
    .filter(([part, name]) => changed[part].includes(name) && isMeant(name))
    .map(([part, name]) => labelOfColumn(part, name));
  return [...new Set(fields)];
}

const isNoTrace = (name: string) => !isTrace(name);
const isNoTime = (name: string) => name !== "updated_at";

function columnsOf({ account, profile }: UserColumns): [part: keyof UserColumns, name: string][] {
  return [
    ...Object.keys(account).map((name): ["account", string] => ["account", name]),
    ...Object.keys(profile).map((name): ["profile", string] => ["profile", name]),
  ];
}

/** Returns the values that columns had before the action. */
function valuesOf({ before }: UndoEntry, { account, profile }: ColumnNames): UserColumns {
  const pick = (part: keyof UserColumns, names: readonly string[]): JsonColumns =>
    Object.fromEntries(names.map((name) => [name, before[part][name]]));
  return { account: pick("account", account), profile: pick("profile", profile) };
}

async function restore(
  tx: Tx,
  actor: Actor,
  returning: readonly { readonly user: User; readonly entry: StandingEntry }[],
): Promise<void> {
  if (returning.length === 0) return;
  const restored = returning.map(({ user, entry }) => ({ user, ...valuesOf(entry, entry.kept) }));
  await restoreColumns(tx, restored.map(({ user: { id }, ...columns }) => ({ id, ...columns })));
  // Times are texts in `account`. Nothing that follows reads one.
  const changes = restored.map(({ user, account }): UserChange => {
    return { before: user, after: { ...user, ...account } };
  });
  await drawConsequences(tx, actor, changes);
  const moved = changes.filter(isMoved).map(({ before }) => before.id);
  if (moved.length > 0) await deleteOneTimeTokens(tx, moved, ["change_email"]);
  await markUndone(tx, returning.map(({ entry }) => entry.entry));
  await auditAll(
    tx,
    actor,
    "undo",
    returning.map(({ user: { id, username }, entry }) => ({
      id,
      username,
      details: detailsOf(entry),
    })),
  );
}

/** @throws {DomainError} `name_taken` */
async function restoreColumns(
  tx: Tx,
  users: Parameters<typeof restoreUserColumns>[1],
): Promise<void> {
  try {
    await restoreUserColumns(tx, users);
  } catch (error) {
    if (takenField(error)) throw new DomainError("name_taken", { cause: error });
    throw error;
  }
}

/** What the audit trail says of the action that was taken back. */
function detailsOf({ action, entry }: UndoEntry) {
  return { undone_action: action, undone_entry: entry };
}

/** Whether links to a new address are about something else now. */
function isMoved({ before, after }: UserChange): boolean {
  return before.email !== after.email || before.new_email !== after.new_email;
}

async function undoDeletion(
  services: Services,
  actor: Actor,
  found: UndoEntry,
): Promise<ChangedUser> {
  return await bringBack(services, actor, {
    ...UNDOING,
    async find(tx) {
      const deleted = await lockDeletedUsers(tx, [found.user_id]);
      await confirmUndo(tx, actor, found);
      const [returning] = await lockDeletions(tx, deleted, [found.entry]);
      if (!returning) throw new DomainError("undo_done");
      return returning;
    },
  });
}

const UNDOING = { action: "undo", ifTaken: "name_taken" } as const;

/**
 * Takes deletions of users back, in as many statements for a thousand as for one. The actor must be
 * allowed to do it.
 *
 * @returns the rules by which users stay deleted, by id
 */
export async function takeDeletionsBack(
  tx: Tx,
  actor: Actor,
  userIds: readonly number[],
  entries: readonly number[],
): Promise<ReadonlyMap<number, DomainError>> {
  const returning = await lockDeletions(tx, await lockDeletedUsers(tx, userIds), entries);
  const restored = await bringAllBack(tx, actor, UNDOING, returning);
  const left = new Set(userIds).difference(new Set(restored.map(({ user_id }) => user_id)));
  return new Map(left.values().map((id) => [id, new DomainError("undo_done")]));
}

/** Locks the deletions of users that can still be taken back. */
async function lockDeletions(
  tx: Tx,
  deleted: readonly DeletedUser[],
  entries: readonly number[],
): Promise<ReturningUser[]> {
  const found = new Map((await lockUndoEntries(tx, entries)).map((one) => [one.user_id, one]));
  return deleted.flatMap((user) => {
    const entry = found.get(user.user_id);
    return entry ? [{ deleted: user, before: entry.before, details: detailsOf(entry) }] : [];
  });
}
