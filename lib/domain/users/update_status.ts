import type { Tx } from "@/lib/db/database.ts";
import { inTransaction } from "@/lib/db/transaction.ts";
import { liftEndedSuspensions } from "@/lib/repo/user_logins.ts";
import { readUserColumns } from "@/lib/repo/undo_log.ts";
import { updateUser, type User, type UserChanges } from "@/lib/repo/users.ts";
import type { Status } from "@/lib/shared/users.ts";
import type { StatusView } from "@/lib/shared/views.ts";
import type { Actor, TaskActor } from "@/lib/domain/actor.ts";
import { lockUserAndAdmins } from "./admins.ts";
import { auditChange } from "./audit_change.ts";
import { entryOf, isSo, namedUser } from "./change_user.ts";
import { drawConsequences } from "./consequences.ts";
import { auditAll } from "@/lib/domain/audit.ts";
import { authorise, confirmSession, isOwn } from "@/lib/domain/authorise.ts";
import { DomainError } from "@/lib/domain/errors.ts";
import type { Services } from "@/lib/domain/services.ts";

/** `PUT /update_status`. */
export interface StatusChange {
  readonly user_id: number;
  /** `undefined` toggles the status. */
  readonly status?: Status | undefined;
  readonly reason?: string;
  /** When the suspension ends by itself. */
  readonly until?: Date | undefined;
}

/**
 * Suspends a user and ends their sessions and API keys, or activates a user and resets failed sign-ins.
 *
 * @throws {DomainError} `not_signed_in`, `forbidden`, `user_not_found`, `own_account`, `last_admin`
 */
export async function updateStatus(
  { db, jobs }: Services,
  actor: Actor,
  change: StatusChange,
): Promise<StatusView> {
  for (const action of actionsOf(change)) authorise(actor, action, change.user_id);
  const view = await inTransaction(db, async (tx) => {
    const { user, isLastAdmin } = await lockUserAndAdmins(tx, change.user_id);
    const status = change.status ?? (user.status === "active" ? "suspended" : "active");
    const suspends = status === "suspended";
    await confirmSession(tx, actor, suspends ? "suspend_user" : "activate_user", user.id);
    if (suspends) {
      if (isLastAdmin) throw new DomainError("last_admin");
      if (isOwn(actor, user.id)) throw new DomainError("own_account");
      return await suspend(tx, actor, user, change.reason, change.until);
    }
    return await setStatus(tx, actor, user, { action: "activate_user", columns: ACTIVE });
  });
  jobs.wake("letter");
  return view;
}

/** Activates up to `limit` users whose suspension has expired. Returns how many. */
export async function liftSuspensions(
  { db }: Services,
  actor: TaskActor,
  limit: number,
): Promise<number> {
  return await inTransaction(db, async (tx) => {
    const users = await liftEndedSuspensions(tx, limit);
    await auditAll(tx, actor, "activate_user", users);
    return users.length;
  });
}

const ACTIVE = {
  failed_logins: 0,
  locked_until: null,
  status: "active",
  status_reason: null,
  suspended_until: null,
} as const;

/** Returns the actions that a change may turn out to be. A toggle may be either. */
function actionsOf({ status }: StatusChange): ("suspend_user" | "activate_user")[] {
  if (status === undefined) return ["suspend_user", "activate_user"];
  return status === "active" ? ["activate_user"] : ["suspend_user"];
}

/** Suspends a user whom the transaction has locked. */
export function suspend(
  tx: Tx,
  actor: Actor,
  user: User,
  reason = "",
  until: Date | null = null,
): Promise<StatusView> {
  return setStatus(tx, actor, user, {
    action: "suspend_user",
    columns: { status: "suspended", status_reason: reason || null, suspended_until: until },
    details: { reason, until },
  });
}

interface StatusUpdate {
  readonly action: "suspend_user" | "activate_user";
  readonly columns: UserChanges;
  readonly details?: Record<string, unknown>;
}

/** Does nothing if the user has this status already. */
async function setStatus(
  tx: Tx,
  actor: Actor,
  user: User,
  { action, columns, details = {} }: StatusUpdate,
): Promise<StatusView> {
  if (isSo(user, columns)) return await viewOf(tx, user, undefined);
  const before = await readUserColumns(tx, user.id);
  const after = await updateUser(tx, user.id, columns);
  await drawConsequences(tx, actor, user, after);
  const entry = await auditChange(tx, actor, { action, user, before, leaves: "user", details });
  return await viewOf(tx, after, entry);
}

async function viewOf(tx: Tx, user: User, entry: number | undefined): Promise<StatusView> {
  return {
    ...await namedUser(tx, user),
    ...entryOf(entry),
    status: user.status,
    status_reason: user.status_reason,
    suspended_until: user.suspended_until?.toISOString() ?? null,
  };
}
