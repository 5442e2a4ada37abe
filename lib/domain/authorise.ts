import { type Action, isAllowed } from "@/lib/shared/permissions.ts";
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
  action: Action,
  targetId?: number,
): asserts actor is UserActor | TaskActor {
  if (actor.kind === "task") return;
  if (actor.kind === "anonymous") throw new DomainError("not_signed_in");
  const whose = actor.userId === targetId ? "own" : "other";
  if (!isAllowed(actor.role, action, whose)) throw new DomainError("forbidden");
}

/** Whether it is the actor's own account. */
export function isOwn(actor: Actor, userId: number): boolean {
  return actor.kind === "user" && actor.userId === userId;
}

/** Whether the actor sees and does what only admins do. */
export function isAdmin(actor: Actor): boolean {
  return actor.kind === "task" || (actor.kind === "user" && actor.role === "admin");
}
