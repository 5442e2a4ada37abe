import type { Db, Tx } from "@/lib/db/database.ts";
import { holdApiKey } from "@/lib/repo/api_keys.ts";
import { findProof, isViewing, type SessionProof } from "@/lib/repo/sessions.ts";
import type { ProofNeed } from "@/lib/shared/action.ts";
import { actionOf, type PermittedAction } from "@/lib/shared/actions.ts";
import { isAllowed, isInScope, proofNeed, reaches } from "@/lib/shared/permissions.ts";
import { PROOF_TO_OPEN_MINUTES, PROOF_TO_SEND_MINUTES } from "@/lib/shared/second_factor.ts";
import type { Role } from "@/lib/shared/users.ts";
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
 * Checks that an actor may act on a user with this role. {@linkcode authorise} does not know it yet.
 *
 * @throws {DomainError} `forbidden`
 */
export function requireReach(actor: Actor, { role }: { readonly role: Role }): void {
  if (isOfUser(actor) && !reaches(actor.role, role)) throw new DomainError("forbidden");
}

/**
 * The same for the page that an action is done from. If the action needs a proof, it must be one of
 * the last minutes.
 *
 * @throws {DomainError} the errors of {@linkcode authorise}, and `step_up_required`
 */
export async function authorisePage(
  db: Db,
  actor: Actor,
  action: PermittedAction,
  targetId?: number,
): Promise<void> {
  authorise(actor, action, targetId);
  await requireProof(db, actor, { action, targetId, to: "open" });
}

/** A use of an action that may need a proof. */
interface ProvenUse {
  readonly action: PermittedAction;
  /** The user it is done to, if there is one. */
  readonly targetId: number | undefined;
  /** Open its page, or send its form a little later. */
  readonly to: keyof typeof PROOF_MINUTES;
}

/**
 * Makes sure that the user of the session was proven as recently as the table of actions asks. A
 * session that was left open, or stolen, cannot change how its user signs in. In the transaction of
 * a change, {@linkcode confirmSession} does this.
 *
 * @throws {DomainError} `not_signed_in`, `step_up_required`, `not_while_viewing`, `scope_missing`
 */
export async function requireProof(db: Db, actor: Actor, use: ProvenUse): Promise<void> {
  if (needOf(actor, use) === undefined) return;
  if (actor.kind === "api_key") throw new DomainError("scope_missing");
  if (actor.kind !== "user") throw new DomainError("not_signed_in");
  const known = use.to === "open" ? actor.proof : undefined;
  const proof = known ?? await findProof(db, actor.sessionId);
  if (!proof) throw new DomainError("not_signed_in");
  checkProof(actor, use, proof);
}

/**
 * Checks, in the transaction of a change, that the actor's session or API key has not ended since
 * the request was authenticated, and that the user was proven as recently as `action` needs it.
 * Hashes and a slow body may lie in between, and a user who expects to be suspended could delay the
 * body. Every event that revokes access deletes the sessions and keys, so checking the session or
 * key is enough.
 *
 * Call it after locking the rows to change. Anything that ends the same user's sessions has then
 * either done so or waits. The same holds for an admin who views as a user, and the user's role.
 *
 * @param targetId the user it is done to, if there is one
 * @returns the last proof of the session's user
 * @throws {DomainError} `not_signed_in`, `key_invalid`, `step_up_required`, or `other_viewer` if an
 * admin views as the user no more
 */
export async function confirmSession(
  tx: Tx,
  actor: Actor,
  action: PermittedAction,
  targetId?: number,
): Promise<SessionProof | undefined> {
  if (actor.kind === "task") return undefined;
  // Each batch of a bulk job makes sure that its admin still is one.
  if (actor.kind === "user" && actor.bulkJob) return undefined;
  if (actor.kind === "api_key") {
    if (!await holdApiKey(tx, actor.keyId)) throw new DomainError("key_invalid");
    await requireProof(tx, actor, { action, targetId, to: "send" });
    return undefined;
  }
  const proof = actor.kind === "user" ? await findProof(tx, actor.sessionId) : undefined;
  if (actor.kind !== "user" || !proof) throw new DomainError("not_signed_in");
  if (actor.viewedBy && !await isViewing(tx, actor.sessionId, actor.userId)) {
    throw new DomainError("other_viewer");
  }
  checkProof(actor, { action, targetId, to: "send" }, proof);
  return proof;
}

const PROOF_MINUTES = { open: PROOF_TO_OPEN_MINUTES, send: PROOF_TO_SEND_MINUTES };

function checkProof(actor: UserActor, use: ProvenUse, proof: SessionProof): void {
  const need = needOf(actor, use);
  if (need === undefined) return;
  if (actor.viewedBy) throw new DomainError("not_while_viewing");
  // A password alone is no proof where there is a second factor, wherever it was typed.
  const isForIt = proof.proven_by !== "trusted_browser" &&
    (need === "fresh" || isProofFor(proof, use.action));
  if (!isForIt || proof.proven_minutes > PROOF_MINUTES[use.to]) {
    throw new DomainError("step_up_required");
  }
}

/** Whether a proof was given for an action: at `/step_up`, on the way to it or to nothing else. */
function isProofFor({ proven_for }: SessionProof, action: PermittedAction): boolean {
  const { route, from = route?.path } = actionOf(action);
  return proven_for === "" || (proven_for !== null && proven_for === from);
}

function needOf(actor: Actor, { action, targetId }: ProvenUse): ProofNeed | undefined {
  if (actor.kind === "task") return undefined;
  return proofNeed(action, targetId !== undefined && isOwn(actor, targetId) ? "own" : "other");
}

/** Whether this is the actor's own account. */
export function isOwn(actor: Actor, userId: number): boolean {
  return isOfUser(actor) && actor.userId === userId;
}

/** Whether the actor has an admin's rights. */
export function isAdmin(actor: Actor): boolean {
  return actor.kind === "task" || (isOfUser(actor) && actor.role === "admin");
}
