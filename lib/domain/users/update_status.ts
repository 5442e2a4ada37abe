import type { Tx } from "@/lib/db/database.ts";
import { inTransaction } from "@/lib/db/transaction.ts";
import { liftEndedSuspensions } from "@/lib/repo/user_logins.ts";
import { findUserById, type SharedChanges, updateUsers, type User } from "@/lib/repo/users.ts";
import type { Status } from "@/lib/shared/users.ts";
import type { StatusView } from "@/lib/shared/views.ts";
import type { Actor, TaskActor } from "@/lib/domain/actor.ts";
import { findLastAdmin, lockAdminsAmong, lockUser } from "./admins.ts";
import {
  allChanged,
  type Change,
  changeOne,
  changeUsers,
  idsOf,
  isSo,
  namedUser,
  type UsersChange,
} from "./change_user.ts";
import { changesTo, drawConsequences } from "./consequences.ts";
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

/** Suspends users, which ends their sessions and API keys. */
export const suspendUsers = changeUsers("suspend_user", async (tx, users, input, { actor }) => {
  const { reason = "", until = null } = input;
  const columns: SharedChanges = {
    status: "suspended",
    status_reason: reason || null,
    suspended_until: until,
  };
  const lastAdmin = await findLastAdmin(tx, users);
  const changes = new Map<number, Change>();
  for (const { id } of users) {
    if (id === lastAdmin) changes.set(id, new DomainError("last_admin"));
    else if (isOwn(actor, id)) changes.set(id, new DomainError("own_account"));
  }
  const others = users.filter(({ id }) => !changes.has(id));
  const changed = await setStatus(tx, actor, others, columns);
  return new Map([...changes, ...allChanged(changed, { details: { reason, until } })]);
});

/** Activates users, which forgives failed sign-ins. */
export const activateUsers = changeUsers("activate_user", async (tx, users, _, { actor }) => {
  const columns = {
    failed_logins: 0,
    locked_until: null,
    status: "active",
    status_reason: null,
    suspended_until: null,
  } as const;
  return allChanged(await setStatus(tx, actor, users, columns));
});

/** Gives users a status, except those who have it already. Returns whom it has changed. */
async function setStatus(
  tx: Tx,
  actor: Actor,
  users: readonly User[],
  columns: SharedChanges,
): Promise<User[]> {
  const others = users.filter((user) => !isSo(user, columns));
  await updateUsers(tx, idsOf(others), columns);
  await drawConsequences(tx, actor, changesTo(others, columns));
  return others;
}

/**
 * Suspends or activates a user.
 *
 * @throws {DomainError} `not_signed_in`, `forbidden`, `user_not_found`, `own_account`, `last_admin`
 */
export async function updateStatus(
  services: Services,
  actor: Actor,
  change: StatusChange,
): Promise<StatusView> {
  for (const action of actionsOf(change)) authorise(actor, action, change.user_id);
  const view = await inTransaction(services.db, async (tx) => {
    const user = await lockUser(tx, change.user_id);
    await lockAdminsAmong(tx, [user]);
    const status = change.status ?? (user.status === "active" ? "suspended" : "active");
    const rows: UsersChange<"suspend_user" | "activate_user"> = status === "suspended"
      ? suspendUsers
      : activateUsers;
    await confirmSession(tx, actor, rows.action, user.id);
    const input = { reason: "", until: undefined, ...change };
    const entry = await changeOne(tx, rows, user, input, { actor, services });
    return {
      ...viewOf((await findUserById(tx, user.id))!),
      ...await namedUser(tx, user),
      ...entry,
    };
  });
  services.jobs.wake("letter");
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

/** Returns the actions that a change may turn out to be. A toggle may be either. */
function actionsOf({ status }: StatusChange): ("suspend_user" | "activate_user")[] {
  if (status === undefined) return ["suspend_user", "activate_user"];
  return status === "active" ? ["activate_user"] : ["suspend_user"];
}

function viewOf({ status, status_reason, suspended_until }: User) {
  return { status, status_reason, suspended_until: suspended_until?.toISOString() ?? null };
}
