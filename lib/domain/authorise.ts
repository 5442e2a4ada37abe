import type { Tx } from "@/lib/db/database.ts";
import { holdApiKey } from "@/lib/repo/api_keys.ts";
import { isViewing, sessionExists } from "@/lib/repo/sessions.ts";
import { actionOf, type PermittedAction } from "@/lib/shared/actions.ts";
import { isAllowed, isInScope } from "@/lib/shared/permissions.ts";
import { type Actor, type ApiKeyActor, isOfUser, type TaskActor, type UserActor } from "./actor.ts";
import { DomainError } from "./errors.ts";

/**
 * Checks that an actor may do `action` to a user.
 *
 * @param targetId the user it is done to, if there is one
 * @throws {DomainError} `not_signed_in`, `forbidden`, `not_while_viewing`, or `scope_missing` for an
 * API key.
 */
export function authorise(
  actor: Actor,
  action: PermittedAction,
  targetId?: number,
): asserts actor is UserActor | ApiKeyActor | TaskActor {
  if (actor.kind === "task") return;
  if (actor.kind === "anonymous") throw new DomainError("not_signed_in");
  if (actor.kind === "user" && actor.viewedBy && !actionOf(action).whileViewing) {
    throw new DomainError("not_while_viewing");
  }
  const whose = actor.userId === targetId ? "own" : "other";
  if (!isAllowed(actor.role, action, whose)) throw new DomainError("forbidden");
  if (actor.kind === "api_key" && !isInScope(actor.scopes, action, whose)) {
    throw new DomainError("scope_missing");
  }
}

/**
 * Checks, in the transaction of a change, that the actor's session or API key has not ended since
 * the request was authenticated. Hashes and a slow body may lie in between, and a user who expects
 * to be suspended could delay the body. Every event that revokes access deletes the sessions and
 * keys, so checking the session or key is enough.
 *
 * Call it after locking the rows to change. Anything that ends the same user's sessions has then
 * either done so or waits. The same holds for an admin who views as a user, and the user's role.
 *
 * @throws {DomainError} `not_signed_in`, `key_invalid`, or `other_viewer` if an admin views as the
 * user no more
 */
export async function confirmSession(tx: Tx, actor: Actor): Promise<void> {
  if (actor.kind === "task") return;
  if (actor.kind === "api_key") {
    if (await holdApiKey(tx, actor.keyId)) return;
    throw new DomainError("key_invalid");
  }
  if (actor.kind !== "user" || !await sessionExists(tx, actor.sessionId)) {
    throw new DomainError("not_signed_in");
  }
  if (actor.viewedBy && !await isViewing(tx, actor.sessionId, actor.userId)) {
    throw new DomainError("other_viewer");
  }
}

/** Whether this is the actor's own account. */
export function isOwn(actor: Actor, userId: number): boolean {
  return isOfUser(actor) && actor.userId === userId;
}

/** Whether the actor has an admin's rights. */
export function isAdmin(actor: Actor): boolean {
  return actor.kind === "task" || (isOfUser(actor) && actor.role === "admin");
}
