import type { Tx } from "@/lib/db/database.ts";
import type { JsonColumns, UserColumns } from "@/lib/db/operation_tables.ts";
import { inTransaction } from "@/lib/db/transaction.ts";
import { type DeletedUser, findDeletedUserForUpdate } from "@/lib/repo/deleted_users.ts";
import type { AuditEvent } from "@/lib/repo/audit_events.ts";
import { deleteOneTimeTokens } from "@/lib/repo/one_time_tokens.ts";
import {
  filterUndoEntries,
  findUndoEntry,
  lockUndoEntry,
  markUndone,
  readChangedColumns,
  restoreUserColumns,
  type UndoEntry,
} from "@/lib/repo/undo_log.ts";
import { findUserById, type User } from "@/lib/repo/users.ts";
import type { ActionInput, PermittedAction } from "@/lib/shared/actions.ts";
import { labelOfColumn } from "@/lib/shared/columns.ts";
import type { ChangedUser, UndoTarget } from "@/lib/shared/views.ts";
import type { Actor } from "@/lib/domain/actor.ts";
import { audit } from "@/lib/domain/audit.ts";
import { authorise, confirmSession, isAdmin, isOwn, requireReach } from "@/lib/domain/authorise.ts";
import { DomainError, UndoConflictError } from "@/lib/domain/errors.ts";
import type { Services } from "@/lib/domain/services.ts";
import { lockUserAndAdmins } from "./admins.ts";
import { isTrace } from "./audit_change.ts";
import { bringBack } from "./bring_back.ts";
import { namedUser } from "./change_user.ts";
import { drawConsequences } from "./consequences.ts";
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
export async function offerUndo<View>(
  { db }: Pick<Services, "db">,
  actor: Actor,
  events: readonly AuditEvent[],
  view: (event: AuditEvent) => View,
): Promise<(View & { readonly undo?: UndoTarget })[]> {
  const offered = events.filter(({ actor_id }) =>
    isAdmin(actor) || (actor_id !== null && isOwn(actor, actor_id))
  );
  const undoable = await filterUndoEntries(db, offered.map(({ id }) => id));
  return events.map((event) => {
    const { id: entry, target_id: user_id } = event;
    const canUndo = user_id !== null && undoable.has(entry);
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
  try {
    const changed = await inTransaction(services.db, (tx) => restoreColumns(tx, actor, found));
    services.jobs.wake("letter");
    return changed;
  } catch (error) {
    if (takenField(error)) throw new DomainError("name_taken", { cause: error });
    throw error;
  }
}

async function restoreColumns(tx: Tx, actor: Actor, found: UndoEntry): Promise<ChangedUser> {
  const { user: current, isLastAdmin } = await lockUserAndAdmins(tx, found.user_id);
  requireReach(actor, current);
  await takeEntry(tx, actor, found);
  const kept = await findKept(tx, found);
  const { role = current.role, status = current.status } = kept.account;
  const changesRights = role !== current.role || status !== current.status;
  if (changesRights && isOwn(actor, current.id)) throw new DomainError("own_account");
  if (isLastAdmin && changesRights) throw new DomainError("last_admin");
  await restoreUserColumns(tx, current.id, kept);
  const after = (await findUserById(tx, current.id))!;
  await drawConsequences(tx, actor, current, after);
  if (isMoved(current, after)) await deleteOneTimeTokens(tx, current.id, ["change_email"]);
  await audit(tx, actor, "undo", current, detailsOf(found));
  return await namedUser(tx, after);
}

/** What the audit trail says of the action that was taken back. */
function detailsOf({ action, entry }: UndoEntry) {
  return { undone_action: action, undone_entry: entry };
}

/** Whether links to a new address are about something else now. */
function isMoved(before: User, after: User): boolean {
  return before.email !== after.email || before.new_email !== after.new_email;
}

/** Makes sure that an entry is taken back once, by somebody who still may. */
async function takeEntry(tx: Tx, actor: Actor, found: UndoEntry): Promise<void> {
  for (const action of actionsIn(found)) await confirmSession(tx, actor, action, found.user_id);
  if (!await lockUndoEntry(tx, found.entry)) throw new DomainError("undo_done");
  await markUndone(tx, found.entry);
}

/**
 * Returns the columns to restore. Traces that have changed since are not among them.
 *
 * @throws {UndoConflictError} if anything else has changed since
 */
async function findKept(tx: Tx, found: UndoEntry): Promise<UserColumns> {
  const { before } = found;
  const { now, left } = await readChangedColumns(tx, found);
  const isLeft = (part: keyof UserColumns, name: string) => now[part][name] === left[part][name];
  const columns = columnsOf(before).filter(([part, name]) => name in now[part]);
  const isMeant = columns.some(([, name]) => !isTrace(name)) ? isNoTrace : isNoTime;
  const fields = columns.filter(([part, name]) => isMeant(name) && !isLeft(part, name))
    .map(([part, name]) => labelOfColumn(part, name));
  if (fields.length > 0) throw new UndoConflictError([...new Set(fields)]);
  const kept = columns.filter(([part, name]) => isLeft(part, name));
  return { account: only("account", kept, before), profile: only("profile", kept, before) };
}

const isNoTrace = (name: string) => !isTrace(name);
const isNoTime = (name: string) => name !== "updated_at";

type Column = readonly [part: keyof UserColumns, name: string];

function columnsOf({ account, profile }: UserColumns): Column[] {
  return [
    ...Object.keys(account).map((name) => ["account", name] as const),
    ...Object.keys(profile).map((name) => ["profile", name] as const),
  ];
}

function only(
  part: keyof UserColumns,
  columns: readonly Column[],
  from: UserColumns,
): JsonColumns {
  const own = columns.filter(([of]) => of === part);
  return Object.fromEntries(own.map(([, name]) => [name, from[part][name]]));
}

async function undoDeletion(
  services: Services,
  actor: Actor,
  found: UndoEntry,
): Promise<ChangedUser> {
  return await bringBack(services, actor, {
    action: "undo",
    ifTaken: "name_taken",
    details: detailsOf(found),
    async find(tx): Promise<DeletedUser> {
      const deleted = await findDeletedUserForUpdate(tx, found.user_id);
      await takeEntry(tx, actor, found);
      if (!deleted) throw new DomainError("undo_done");
      return deleted;
    },
    // The snapshot has neither all columns nor the microseconds of times.
    async complete(tx) {
      const { now } = await readChangedColumns(tx, found);
      const known = columnsOf(found.before).filter(([part, name]) => name in now[part]);
      await restoreUserColumns(tx, found.user_id, {
        account: only("account", known, found.before),
        profile: only("profile", known, found.before),
      });
    },
  });
}
