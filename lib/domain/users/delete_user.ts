import { inTransaction } from "@/lib/db/transaction.ts";
import { insertDeletedUser } from "@/lib/repo/deleted_users.ts";
import { insertJobs } from "@/lib/repo/jobs.ts";
import { countSessionsOfUser } from "@/lib/repo/sessions.ts";
import { findUserProfileByUserId } from "@/lib/repo/user_profiles.ts";
import { deleteUserById } from "@/lib/repo/users.ts";
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
 * @throws {DomainError} `not_signed_in`, `forbidden`, `user_not_found`, `last_admin`
 */
export async function deleteUser(
  { db, jobs }: Services,
  actor: Actor,
  userId: number,
): Promise<NamedUser> {
  authorise(actor, "delete_user", userId);
  const deleted = await inTransaction(db, async (tx) => {
    const { user, isLastAdmin } = await lockUserAndAdmins(tx, userId);
    await confirmSession(tx, actor);
    if (isLastAdmin) throw new DomainError("last_admin");
    const profile = await findUserProfileByUserId(tx, userId);
    await insertDeletedUser(tx, {
      user_id: userId,
      username: user.username,
      email: user.email,
      snapshot: toSnapshot(user, profile),
      deleted_by: nameOfActor(actor),
    });
    await insertJobs(tx, [{ kind: "user_deleted", user_id: userId }]);
    await deleteUserById(tx, userId);
    await audit(tx, actor, "delete_user", user);
    const full_name = profile?.full_name ?? "";
    return { user_id: userId, username: user.username, full_name };
  });
  await jobs.runOf(userId);
  return deleted;
}

/** Counts the sessions that {@linkcode deleteUser} would end. */
export function countSessions({ db }: Services, _: TaskActor, userId: number): Promise<number> {
  return countSessionsOfUser(db, userId);
}
