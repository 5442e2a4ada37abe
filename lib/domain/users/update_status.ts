import type { Tx } from "@/lib/db/database.ts";
import { inTransaction } from "@/lib/db/transaction.ts";
import { liftEndedSuspensions } from "@/lib/repo/user_logins.ts";
import { updateUser, type User } from "@/lib/repo/users.ts";
import type { Status } from "@/lib/shared/users.ts";
import type { StatusView } from "@/lib/shared/views.ts";
import type { Actor, TaskActor } from "@/lib/domain/actor.ts";
import { lockUserAndAdmins } from "./admins.ts";
import { isSo, namedUser } from "./change_user.ts";
import { postLetters } from "@/lib/domain/accounts/letters.ts";
import { revokeAccess } from "@/lib/domain/accounts/trust.ts";
import { audit, auditAll } from "@/lib/domain/audit.ts";
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
      return await viewOf(tx, await suspend(tx, actor, user, change));
    }
    return await viewOf(tx, await activate(tx, actor, user));
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

async function viewOf(tx: Tx, user: User): Promise<StatusView> {
  return {
    ...await namedUser(tx, user),
    status: user.status,
    status_reason: user.status_reason,
    suspended_until: user.suspended_until?.toISOString() ?? null,
  };
}

async function activate(tx: Tx, actor: Actor, user: User): Promise<User> {
  if (isSo(user, ACTIVE)) return user;
  await audit(tx, actor, "activate_user", user);
  if (user.status === "suspended") {
    await postLetters(tx, actor, [{ about: "activated", to: user.email, userId: user.id }]);
  }
  return await updateUser(tx, user.id, ACTIVE);
}

async function suspend(tx: Tx, actor: Actor, user: User, change: StatusChange): Promise<User> {
  const suspended = {
    status: "suspended",
    status_reason: change.reason || null,
    suspended_until: change.until ?? null,
  } as const;
  if (isSo(user, suspended)) return user;
  await revokeAccess(tx, user.id);
  await audit(tx, actor, "suspend_user", user, {
    reason: change.reason ?? "",
    until: suspended.suspended_until,
  });
  if (user.status === "active") {
    await postLetters(tx, actor, [{ about: "suspended", to: user.email, userId: user.id }]);
  }
  return await updateUser(tx, user.id, suspended);
}
