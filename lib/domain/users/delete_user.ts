import { inTransaction } from "@/lib/db/transaction.ts";
import {
  deleteDeletedUsersBefore,
  findDeletedUserForUpdate,
  insertDeletedUser,
  listDeletedUsers,
  removeDeletedUser,
} from "@/lib/repo/deleted_users.ts";
import { countSessionsOfUser } from "@/lib/repo/sessions.ts";
import { insertUserEvent } from "@/lib/repo/user_events.ts";
import { findUserProfileByUserId, upsertUserProfile } from "@/lib/repo/user_profiles.ts";
import { deleteUserById } from "@/lib/repo/users.ts";
import { DELETED_USERS_KEPT_DAYS } from "@/lib/shared/limits.ts";
import type { DeletedUserView } from "@/lib/shared/views.ts";
import type { Actor, TaskActor } from "@/lib/domain/actor.ts";
import { lockUserAndAdmins } from "./admins.ts";
import { audit } from "@/lib/domain/audit.ts";
import { authorise, confirmSession } from "@/lib/domain/authorise.ts";
import { DomainError } from "@/lib/domain/errors.ts";
import { announceImage, releaseImages } from "@/lib/domain/images/images.ts";
import { insertAccount, takenField } from "./new_user.ts";
import type { Services } from "@/lib/domain/services.ts";
import { fromSnapshot, toSnapshot } from "./user_snapshot.ts";

const DAY_MS = 24 * 60 * 60 * 1000;

/** A user who was deleted or brought back. */
export interface UserName {
  readonly user_id: number;
  readonly username: string;
  readonly full_name: string;
}

/**
 * Deletes a user with profile and sessions. For a time {@linkcode restoreUser} can bring them back.
 *
 * @throws {DomainError} `not_signed_in`, `forbidden`, `user_not_found`, `last_admin`
 */
export async function deleteUser(
  { db, hooks }: Services,
  actor: Actor,
  userId: number,
): Promise<UserName> {
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
      deleted_by: actor.kind === "task" ? `task ${actor.name}` : actor.username,
    });
    await insertUserEvent(tx, { user_id: userId, kind: "deleted" });
    await deleteUserById(tx, userId);
    await audit(tx, actor, "delete_user", { id: userId, name: user.username });
    const full_name = profile?.full_name ?? "";
    return { user_id: userId, username: user.username, full_name };
  });
  await hooks.runEventsOf(userId);
  return deleted;
}

/** How many sessions {@linkcode deleteUser} would end. */
export function countSessions({ db }: Services, _: TaskActor, userId: number): Promise<number> {
  return countSessionsOfUser(db, userId);
}

/** The users who were deleted last are listed, and no more of them. */
const MAX_LISTED = 200;

/**
 * The users who can be brought back, the last deleted first.
 *
 * @throws {DomainError} `not_signed_in`, `forbidden`
 */
export async function listDeleted({ db }: Services, actor: Actor): Promise<DeletedUserView[]> {
  authorise(actor, "list_deleted_users");
  const users = await listDeletedUsers(db, MAX_LISTED);
  return users.map(({ deleted_at, ...user }) => ({
    ...user,
    deleted_at: deleted_at.toISOString(),
    kept_until: new Date(deleted_at.getTime() + DELETED_USERS_KEPT_DAYS * DAY_MS).toISOString(),
  }));
}

/**
 * Brings a deleted user back as they were, but signed out.
 *
 * @throws {DomainError} `not_signed_in`, `forbidden`, `user_not_found`, `name_taken`
 */
export async function restoreUser(
  { db, hooks }: Services,
  actor: Actor,
  userId: number,
): Promise<UserName> {
  authorise(actor, "restore_user", userId);
  try {
    const restored = await inTransaction(db, async (tx) => {
      const found = await findDeletedUserForUpdate(tx, userId);
      await confirmSession(tx, actor);
      if (!found) throw new DomainError("user_not_found");
      const { account, profile } = fromSnapshot(found.snapshot);
      const user = await insertAccount(tx, actor, "restore_user", account);
      const { full_name } = await upsertUserProfile(tx, user.id, profile);
      await removeDeletedUser(tx, userId);
      return { user_id: user.id, username: user.username, full_name };
    });
    await hooks.runEventsOf(restored.user_id);
    return restored;
  } catch (error) {
    if (takenField(error)) throw new DomainError("name_taken", { cause: error });
    throw error;
  }
}

/**
 * Forgets for good up to `limit` users who were deleted {@linkcode DELETED_USERS_KEPT_DAYS} days ago,
 * with their avatars, and returns how many.
 */
export async function purgeDeletedUsers(
  { db, images }: Services,
  limit: number,
): Promise<number> {
  const time = new Date(Date.now() - DELETED_USERS_KEPT_DAYS * DAY_MS);
  const urls = await inTransaction(db, async (tx) => {
    const urls = await deleteDeletedUsersBefore(tx, time, limit);
    await releaseImages(tx, images, urls);
    return urls;
  });
  announceImage(images);
  return urls.length;
}
