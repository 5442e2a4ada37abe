import type { Tx } from "@/lib/db/database.ts";
import { inTransaction } from "@/lib/db/transaction.ts";
import { insertDeletedUser } from "@/lib/repo/deleted_users.ts";
import { listFactors } from "@/lib/repo/factors.ts";
import { insertJobs } from "@/lib/repo/jobs.ts";
import { readUserRows } from "@/lib/repo/undo_log.ts";
import { findUserProfileByUserId, type UserProfile } from "@/lib/repo/user_profiles.ts";
import { deleteUserById, type User } from "@/lib/repo/users.ts";
import type { ChangedUser } from "@/lib/shared/views.ts";
import { postLetters } from "@/lib/domain/accounts/letters.ts";
import { type Actor, isOfUser } from "@/lib/domain/actor.ts";
import { nameOfActor } from "@/lib/domain/audit.ts";
import { confirmSession, isOwn } from "@/lib/domain/authorise.ts";
import { DomainError } from "@/lib/domain/errors.ts";
import { announceImage } from "@/lib/domain/images/images.ts";
import type { Services } from "@/lib/domain/services.ts";
import { lockUserAndAdmins } from "./admins.ts";
import { auditChange } from "./audit_change.ts";
import { entryOf } from "./change_user.ts";
import { eraseUsers } from "./erase_users.ts";
import { labelsOf } from "./labels.ts";
import { toSnapshot } from "./user_snapshot.ts";

/** How a user is removed. */
export interface Removal {
  readonly userId: number;
  /** The entry in the audit trail. */
  readonly action: "delete_user" | "leave";
  /** Whether the user can be restored for a while. */
  readonly afterwards: "kept" | "erased";
}

/**
 * Removes a user whom the actor may remove, with profile, sessions, keys and everything else. Users
 * who remove themselves must have been proven for it.
 *
 * @throws {DomainError} `not_signed_in`, `user_not_found`, `last_admin`, `step_up_required`
 */
export async function removeUser(
  services: Services,
  actor: Actor,
  removal: Removal,
): Promise<ChangedUser> {
  const { db, jobs } = services;
  const { userId } = removal;
  const removed = await inTransaction(db, async (tx): Promise<ChangedUser> => {
    const { user, isLastAdmin } = await lockUserAndAdmins(tx, userId);
    await confirmSession(tx, actor, removal.action, userId);
    if (isLastAdmin) throw new DomainError("last_admin");
    return removal.afterwards === "kept"
      ? await keep(tx, actor, removal.action, user)
      : await erase(services, tx, actor, user);
  });
  await jobs.runOf(userId);
  jobs.wake("letter");
  jobs.wake("erase_trail");
  announceImage(services);
  return removed;
}

/** Keeps a user for a while. Those who left themselves get a link by which they come back. */
async function keep(
  tx: Tx,
  actor: Actor,
  action: Removal["action"],
  user: User,
): Promise<ChangedUser> {
  const about = isOwn(actor, user.id) ? "left" : "deleted";
  await postLetters(tx, actor, [{ about, to: user.email, userId: user.id }]);
  return await moveToDeleted(tx, actor, action, user);
}

/** Deletes a user whom the transaction has locked, and keeps what it takes to restore them. */
export async function moveToDeleted(
  tx: Tx,
  actor: Actor,
  action: Removal["action"],
  user: User,
): Promise<ChangedUser> {
  const profile = await findUserProfileByUserId(tx, user.id);
  await insertDeletedUser(tx, {
    user_id: user.id,
    username: user.username,
    email: user.email,
    snapshot: toSnapshot({
      user,
      profile,
      labels: await labelsOf(tx, user.id),
      factors: await listFactors(tx, user.id),
    }),
    deleted_by: nameOfActor(actor),
    deleted_by_id: isOfUser(actor) ? actor.userId : null,
  });
  return await remove(tx, actor, action, user, profile);
}

async function erase(
  { images }: Services,
  tx: Tx,
  actor: Actor,
  user: User,
): Promise<ChangedUser> {
  const { id, email } = user;
  const profile = await findUserProfileByUserId(tx, id);
  const removed = await remove(tx, actor, "leave", user, profile);
  await eraseUsers(tx, images, actor, [{ id, email, image: profile?.image ?? null }]);
  // The address stays in the queue until this e-mail is sent.
  await postLetters(tx, actor, [{ about: "erased", to: email }]);
  return removed;
}

async function remove(
  tx: Tx,
  actor: Actor,
  action: Removal["action"],
  user: User,
  profile: UserProfile | undefined,
): Promise<ChangedUser> {
  const { id: user_id, username } = user;
  await insertJobs(tx, [{ kind: "user_deleted", user_id }]);
  const before = await readUserRows(tx, [user_id], "account and profile");
  await deleteUserById(tx, user_id);
  const entry = await auditChange(tx, actor, { action, user, before });
  return { user_id, username, full_name: profile?.full_name ?? "", ...entryOf(entry) };
}
