import type { Tx } from "@/lib/db/database.ts";
import { sessionExists } from "@/lib/repo/sessions.ts";
import type { PermittedAction } from "@/lib/shared/actions.ts";
import { isAllowed } from "@/lib/shared/permissions.ts";
import type { Actor, TaskActor, UserActor } from "./actor.ts";
import { DomainError } from "./errors.ts";

/**
 * Lets an actor do `action` to a user, or says why not.
 *
 * @param targetId the user it is done to; left out where it is done to none
 * @throws {DomainError} `not_signed_in` or `forbidden`.
 */
export function authorise(
  actor: Actor,
  action: PermittedAction,
  targetId?: number,
): asserts actor is UserActor | TaskActor {
  if (actor.kind === "task") return;
  if (actor.kind === "anonymous") throw new DomainError("not_signed_in");
  const whose = actor.userId === targetId ? "own" : "other";
  if (!isAllowed(actor.role, action, whose)) throw new DomainError("forbidden");
}

/**
 * Makes sure, in the transaction of a change, that the actor's session was not ended since it was
 * found: in between lie hashes and a body that may have taken its time, kept back by somebody who
 * saw their suspension coming. What ends trust ends sessions, so that this is all to be asked.
 *
 * Called once the rows are locked that are to change: whoever is about to end the sessions of the
 * same user has done so by then, or waits.
 *
 * @throws {DomainError} `not_signed_in`
 */
export async function confirmSession(tx: Tx, actor: Actor): Promise<void> {
  if (actor.kind === "user" && await sessionExists(tx, actor.sessionId)) return;
  if (actor.kind !== "task") throw new DomainError("not_signed_in");
}

/** Whether it is the actor's own account. */
export function isOwn(actor: Actor, userId: number): boolean {
  return actor.kind === "user" && actor.userId === userId;
}

/** Whether the actor sees and does what only admins do. */
export function isAdmin(actor: Actor): boolean {
  return actor.kind === "task" || (actor.kind === "user" && actor.role === "admin");
}
