import { inTransaction } from "@/lib/db/transaction.ts";
import {
  deleteDeletedUsersBefore,
  type DeletedUser,
  findDeletedUserForUpdate,
  listDeletedUsers,
} from "@/lib/repo/deleted_users.ts";
import { DELETED_USERS_KEPT_DAYS } from "@/lib/shared/limits.ts";
import type { DeletedUserView, NamedUser } from "@/lib/shared/views.ts";
import type { Actor, TaskActor } from "@/lib/domain/actor.ts";
import { authorise, confirmSession } from "@/lib/domain/authorise.ts";
import { DomainError } from "@/lib/domain/errors.ts";
import { announceImage } from "@/lib/domain/images/images.ts";
import type { Services } from "@/lib/domain/services.ts";
import { bringBack } from "./bring_back.ts";
import { eraseUsers } from "./erase_users.ts";

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
  return users.map(deletedUserView);
}

/** The fields of a deleted user that may leave the server. */
export function deletedUserView(
  { user_id, username, email, deleted_at, deleted_by }: Omit<
    DeletedUser,
    "snapshot" | "deleted_by_id"
  >,
): DeletedUserView {
  const end = deleted_at.getTime() + DELETED_USERS_KEPT_DAYS * DAY_MS;
  return {
    user_id,
    username,
    email,
    deleted_at: deleted_at.toISOString(),
    deleted_by,
    kept_until: new Date(end).toISOString(),
  };
}

/**
 * Restores a deleted user as they were, but signed out.
 *
 * @throws {DomainError} `not_signed_in`, `forbidden`, `user_not_found`, `name_taken`
 */
export async function restoreUser(
  services: Services,
  actor: Actor,
  userId: number,
): Promise<NamedUser> {
  authorise(actor, "restore_user", userId);
  return await bringBack(services, actor, {
    action: "restore_user",
    ifTaken: "name_taken",
    async find(tx) {
      const found = await findDeletedUserForUpdate(tx, userId);
      await confirmSession(tx, actor, "restore_user", userId);
      if (!found) throw new DomainError("user_not_found");
      return { deleted: found };
    },
  });
}

/**
 * Erases up to `limit` users who were deleted {@linkcode DELETED_USERS_KEPT_DAYS} days ago. Returns how
 * many.
 */
export async function purgeDeletedUsers(
  services: Services,
  actor: TaskActor,
  limit: number,
): Promise<number> {
  const { db, images, jobs } = services;
  const time = new Date(Date.now() - DELETED_USERS_KEPT_DAYS * DAY_MS);
  const count = await inTransaction(db, async (tx) => {
    const users = await deleteDeletedUsersBefore(tx, time, limit);
    await eraseUsers(tx, images, actor, users);
    return users.length;
  });
  announceImage(services);
  jobs.wake("erase_trail");
  return count;
}
