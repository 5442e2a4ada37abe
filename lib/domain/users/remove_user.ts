import type { Tx } from "@/lib/db/database.ts";
import { inTransaction } from "@/lib/db/transaction.ts";
import { insertDeletedUsers } from "@/lib/repo/deleted_users.ts";
import { listFactors } from "@/lib/repo/factors.ts";
import { insertJobs } from "@/lib/repo/jobs.ts";
import { findUserProfileByUserId, listUserProfiles } from "@/lib/repo/user_profiles.ts";
import { deleteUsersByIds, type User } from "@/lib/repo/users.ts";
import type { ChangedUser } from "@/lib/shared/views.ts";
import { postLetters } from "@/lib/domain/accounts/letters.ts";
import { type Actor, isOfUser } from "@/lib/domain/actor.ts";
import { nameOfActor } from "@/lib/domain/audit.ts";
import { confirmSession, isOwn } from "@/lib/domain/authorise.ts";
import { DomainError } from "@/lib/domain/errors.ts";
import { announceImage } from "@/lib/domain/images/images.ts";
import type { Services } from "@/lib/domain/services.ts";
import { findLastAdmin, lockAdminsAmong, lockUser } from "./admins.ts";
import {
  allChanged,
  type Change,
  changeOne,
  idsOf,
  namedUser,
  type UsersChange,
} from "./change_user.ts";
import { eraseUsers } from "./erase_users.ts";
import { labelsOf } from "./labels.ts";
import { snapshotOf } from "./user_snapshot.ts";

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
  { userId, action, afterwards }: Removal,
): Promise<ChangedUser> {
  const { db, jobs } = services;
  const removed = await inTransaction(db, async (tx): Promise<ChangedUser> => {
    const user = await lockUser(tx, userId);
    await lockAdminsAmong(tx, [user]);
    await confirmSession(tx, actor, action, userId);
    const named = await namedUser(tx, user);
    const remove = async (deletion: UsersChange<"delete_user">) => {
      const change = { ...deletion, trail: action };
      return await changeOne(tx, change, user, { user_id: userId }, { actor, services });
    };
    if (afterwards === "kept") return { ...named, ...await remove(deleteUsers) };
    const profile = await findUserProfileByUserId(tx, userId);
    const entry = await remove(deleteForGood);
    await erase(services, tx, actor, { ...user, image: profile?.image ?? null });
    return { ...named, ...entry };
  });
  await jobs.runOf(userId);
  jobs.wake("letter");
  jobs.wake("erase_trail");
  announceImage(services);
  return removed;
}

async function erase(
  { images }: Services,
  tx: Tx,
  actor: Actor,
  user: User & { readonly image: string | null },
): Promise<void> {
  await eraseUsers(tx, images, actor, [user]);
  // The address stays in the queue until this e-mail is sent.
  await postLetters(tx, actor, [{ about: "erased", to: user.email }]);
}

/**
 * Deletes users, whom `restoreUser()` can bring back for a while, and tells them. Those who left
 * themselves get a link by which they come back.
 */
export const deleteUsers = deletion(async (tx, actor, users) => {
  await postLetters(
    tx,
    actor,
    users.map(({ id: userId, email: to }) => {
      return { about: isOwn(actor, userId) ? "left" : "deleted", to, userId };
    }),
  );
  await keep(tx, actor, users);
});

/** Deletes users who can be restored for a while. */
export const deleteUnannounced = deletion(keep);

const deleteForGood = deletion(() => Promise.resolve());

/** Declares how users are deleted, and what is written down of them before. */
function deletion(
  before: (tx: Tx, actor: Actor, users: readonly User[]) => Promise<void>,
): UsersChange<"delete_user"> {
  return {
    action: "delete_user",
    trail: "delete_user",
    parts: "account and profile",
    async change(tx, users, _, { actor }) {
      const lastAdmin = await findLastAdmin(tx, users);
      const others = users.filter(({ id }) => id !== lastAdmin);
      await before(tx, actor, others);
      await insertJobs(tx, others.map(({ id }) => ({ kind: "user_deleted", user_id: id })));
      await deleteUsersByIds(tx, idsOf(others));
      const changes = new Map<number, Change>(allChanged(others));
      return lastAdmin === undefined
        ? changes
        : changes.set(lastAdmin, new DomainError("last_admin"));
    },
  };
}

/** Writes down what it takes to restore users. */
async function keep(tx: Tx, actor: Actor, users: readonly User[]): Promise<void> {
  const ids = idsOf(users);
  const profiles = await listUserProfiles(tx, ids);
  const profileOf = new Map(profiles.map((profile) => [profile.user_id, profile]));
  const labels = await labelsOf(tx, ids);
  const factors = await listFactors(tx, ids);
  await insertDeletedUsers(
    tx,
    users.map((user) => ({
      user_id: user.id,
      username: user.username,
      email: user.email,
      snapshot: snapshotOf({
        user,
        profile: profileOf.get(user.id),
        labels: labels.get(user.id)!,
        factors: factors.get(user.id)!,
      }),
      deleted_by: nameOfActor(actor),
      deleted_by_id: isOfUser(actor) ? actor.userId : null,
    })),
  );
}
