import type { Tx } from "@/lib/db/database.ts";
import { inTransaction } from "@/lib/db/transaction.ts";
import { insertDeletedUser } from "@/lib/repo/deleted_users.ts";
import { insertJobs } from "@/lib/repo/jobs.ts";
import { countSessionsOfUser } from "@/lib/repo/sessions.ts";
import { findUserProfileByUserId } from "@/lib/repo/user_profiles.ts";
import { deleteUserById, type User } from "@/lib/repo/users.ts";
import type { NamedUser } from "@/lib/shared/views.ts";
import type { Actor, TaskActor } from "@/lib/domain/actor.ts";
import { audit, nameOfActor } from "@/lib/domain/audit.ts";
import { authorise, confirmSession } from "@/lib/domain/authorise.ts";
import { DomainError } from "@/lib/domain/errors.ts";
import type { Services } from "@/lib/domain/services.ts";
import { lockUserAndAdmins } from "./admins.ts";
import { toSnapshot } from "./user_snapshot.ts";

/**
 * Deletes a user with profile and sessions. `restoreUser()` can restore them for a while.
 *
 * @throws {DomainError} `not_signed_in`, `forbidden`, `user_not_found`, `last_admin`, and
 * `step_up_required` for the own account
 */
export async function deleteUser(
  { db, jobs }: Services,
  actor: Actor,
  userId: number,
): Promise<NamedUser> {
  authorise(actor, "delete_user", userId);
  const deleted = await inTransaction(db, async (tx) => {
    const { user, isLastAdmin } = await lockUserAndAdmins(tx, userId);
    await confirmSession(tx, actor, "delete_user", userId);
    if (isLastAdmin) throw new DomainError("last_admin");
    return await moveToDeleted(tx, actor, user);
  });
  await jobs.runOf(userId);
  return deleted;
}

/** Deletes a user whom the transaction has locked, and keeps what it takes to restore them. */
export async function moveToDeleted(tx: Tx, actor: Actor, user: User): Promise<NamedUser> {
  const { id: user_id, username, email } = user;
  const profile = await findUserProfileByUserId(tx, user_id);
  await insertDeletedUser(tx, {
    user_id,
    username,
    email,
    snapshot: toSnapshot(user, profile),
    deleted_by: nameOfActor(actor),
  });
  await insertJobs(tx, [{ kind: "user_deleted", user_id }]);
  await deleteUserById(tx, user_id);
  await audit(tx, actor, "delete_user", user);
  return { user_id, username, full_name: profile?.full_name ?? "" };
}

/** Counts the sessions that {@linkcode deleteUser} would end. */
export function countSessions({ db }: Services, _: TaskActor, userId: number): Promise<number> {
  return countSessionsOfUser(db, userId);
}
