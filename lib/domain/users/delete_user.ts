import { countSessionsOfUser } from "@/lib/repo/sessions.ts";
import type { ChangedUser } from "@/lib/shared/views.ts";
import type { Actor, TaskActor } from "@/lib/domain/actor.ts";
import { authorise } from "@/lib/domain/authorise.ts";
import type { Services } from "@/lib/domain/services.ts";
import { removeUser } from "./remove_user.ts";

/**
 * Deletes a user with profile and sessions. `restoreUser()` can restore them for a while.
 *
 * @throws {DomainError} `not_signed_in`, `forbidden`, `user_not_found`, `last_admin`, and for the own
 * account `step_up_required`
 */
export async function deleteUser(
  services: Services,
  actor: Actor,
  userId: number,
): Promise<ChangedUser> {
  authorise(actor, "delete_user", userId);
  return await removeUser(services, actor, { userId, action: "delete_user", afterwards: "kept" });
}

/** Counts the sessions that {@linkcode deleteUser} would end. */
export function countSessions({ db }: Services, _: TaskActor, userId: number): Promise<number> {
  return countSessionsOfUser(db, userId);
}
