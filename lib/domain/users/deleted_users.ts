import { inTransaction } from "@/lib/db/transaction.ts";
import {
  deleteDeletedUsersBefore,
  findDeletedUserForUpdate,
  listDeletedUsers,
  removeDeletedUser,
} from "@/lib/repo/deleted_users.ts";
import { upsertUserProfile } from "@/lib/repo/user_profiles.ts";
import { DELETED_USERS_KEPT_DAYS } from "@/lib/shared/limits.ts";
import type { DeletedUserView, NamedUser } from "@/lib/shared/views.ts";
import type { Actor } from "@/lib/domain/actor.ts";
import { authorise, confirmSession } from "@/lib/domain/authorise.ts";
import { DomainError } from "@/lib/domain/errors.ts";
import { announceImage, releaseImages } from "@/lib/domain/images/images.ts";
import type { Services } from "@/lib/domain/services.ts";
import { insertAccount, takenField } from "./new_user.ts";
import { fromSnapshot } from "./user_snapshot.ts";

const DAY_MS = 24 * 60 * 60 * 1000;

/** Only this many of the last deleted users are listed. */
const MAX_LISTED = 200;

/**
 * Lists users who can be restored, last deleted first.
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
 * Restores a deleted user as they were, but signed out.
 *
 * @throws {DomainError} `not_signed_in`, `forbidden`, `user_not_found`, `name_taken`
 */
export async function restoreUser(
  { db, jobs }: Services,
  actor: Actor,
  userId: number,
): Promise<NamedUser> {
  authorise(actor, "restore_user", userId);
  try {
    const restored = await inTransaction(db, async (tx) => {
      const found = await findDeletedUserForUpdate(tx, userId);
      await confirmSession(tx, actor, "restore_user", userId);
      if (!found) throw new DomainError("user_not_found");
      const { account, profile } = fromSnapshot(found.snapshot);
      const user = await insertAccount(tx, actor, "restore_user", account);
      const { full_name } = await upsertUserProfile(tx, user.id, profile);
      await removeDeletedUser(tx, userId);
      return { user_id: user.id, username: user.username, full_name };
    });
    await jobs.runOf(restored.user_id);
    return restored;
  } catch (error) {
    if (takenField(error)) throw new DomainError("name_taken", { cause: error });
    throw error;
  }
}

/**
 * Purges up to `limit` users who were deleted {@linkcode DELETED_USERS_KEPT_DAYS} days ago, with
 * their avatars. Returns how many.
 */
export async function purgeDeletedUsers(
  services: Services,
  limit: number,
): Promise<number> {
  const { db, images } = services;
  const time = new Date(Date.now() - DELETED_USERS_KEPT_DAYS * DAY_MS);
  const urls = await inTransaction(db, async (tx) => {
    const urls = await deleteDeletedUsersBefore(tx, time, limit);
    await releaseImages(tx, images, urls);
    return urls;
  });
  announceImage(services);
  return urls.length;
}
