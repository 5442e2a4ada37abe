import type { Tx } from "@/lib/db/database.ts";
import { inTransaction } from "@/lib/db/transaction.ts";
import { deleteSessionById, findProof, type SessionProof } from "@/lib/repo/sessions.ts";
import { findUserById, lockUserById, type User } from "@/lib/repo/users.ts";
import { plainCode } from "@/lib/shared/one_time.ts";
import {
  type Proof,
  PROOF_TO_OPEN_MINUTES,
  PROOF_TO_SEND_MINUTES,
} from "@/lib/shared/second_factor.ts";
import type { UserActor } from "@/lib/domain/actor.ts";
import { audit } from "@/lib/domain/audit.ts";
import { authorise } from "@/lib/domain/authorise.ts";
import { DomainError, type Outcome, refuse } from "@/lib/domain/errors.ts";
import type { Services } from "@/lib/domain/services.ts";
import { insertNewSession } from "./new_session.ts";
import { proofFault } from "./password_proof.ts";
import { hasSecondFactor, takeCode } from "./second_factor.ts";

const MINUTES = { open: PROOF_TO_OPEN_MINUTES, send: PROOF_TO_SEND_MINUTES };

/**
 * Makes sure that the user of the session was proven a short time ago, by signing in or at
 * `/step_up`. A session that was left open, or stolen, cannot change how its user signs in.
 *
 * @param to open a page, or send its form a little later
 * @throws {DomainError} `not_signed_in`, `step_up_required`, `not_while_viewing`
 */
export async function requireProof(
  db: Services["db"],
  actor: UserActor,
  to: keyof typeof MINUTES,
): Promise<SessionProof> {
  if (actor.viewedBy) throw new DomainError("not_while_viewing");
  const proof = await findProof(db, actor.sessionId);
  if (!proof) throw new DomainError("not_signed_in");
  if (proof.proven_minutes > MINUTES[to]) throw new DomainError("step_up_required");
  return proof;
}

/** How a user proves again who they are: with a code if they have a second factor. */
export type ProofKind = "password" | "code";

/**
 * Finds out what the user has to prove. In a session that a recovery code has opened the password is
 * enough, because the authenticator may be lost.
 *
 * @throws {DomainError} `not_while_viewing`
 */
export async function proofKindOf({ db }: Services, actor: UserActor): Promise<ProofKind> {
  authorise(actor, "step_up", actor.userId);
  const proof = await findProof(db, actor.sessionId);
  if (proof?.proven_by === "recovery_code") return "password";
  return await hasSecondFactor(db, actor.userId) ? "code" : "password";
}

/**
 * Proves the user of a session again, and replaces the session by a new one.
 *
 * @returns the token of the new session
 * @throws {DomainError} `not_signed_in`, `second_step_locked`, `second_factor_unreadable`,
 * `too_many_requests`
 */
export async function stepUp(
  services: Services,
  actor: UserActor,
  { password, code }: { readonly password: string; readonly code: string },
): Promise<Outcome<{ readonly token: string }>> {
  authorise(actor, "step_up", actor.userId);
  const user = await findUserById(services.db, actor.userId);
  if (!user) throw new DomainError("not_signed_in");
  const kind = await proofKindOf(services, actor);
  if (kind === "password") {
    if (password === "") return refuse({ password: "Enter the password" });
    const fault = await proofFault(services, actor, user, password);
    if (fault !== undefined) return refuse({ password: fault });
  } else if (code === "") return refuse({ code: "Enter the code" });
  const token = await inTransaction(
    services.db,
    (tx) => replaceSession(services, tx, actor, user, kind === "code" ? code : undefined),
  );
  services.jobs.wake("letter");
  return token === undefined
    ? refuse({ code: new DomainError("second_code_wrong").message })
    : { ok: true, value: { token } };
}

async function replaceSession(
  services: Services,
  tx: Tx,
  actor: UserActor,
  { id, password_hash }: User,
  code: string | undefined,
): Promise<string | undefined> {
  const user = await lockUserById(tx, id);
  const before = await findProof(tx, actor.sessionId);
  // The password that was typed must still be the user's.
  if (!before || user?.password_hash !== password_hash) throw new DomainError("not_signed_in");
  const proof: Proof | undefined = code === undefined
    ? before.proven_by
    : await takeCode(services, tx, actor, user, plainCode(code));
  if (proof === undefined) return undefined;
  await deleteSessionById(tx, actor.sessionId);
  await audit(tx, actor, "step_up", user);
  return await insertNewSession(tx, actor, id, proof);
}
