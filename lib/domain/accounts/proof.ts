import type { Tx } from "@/lib/db/database.ts";
import { inTransaction } from "@/lib/db/transaction.ts";
import { deleteSessionById, findProof } from "@/lib/repo/sessions.ts";
import { findUserById, lockUserById, type User } from "@/lib/repo/users.ts";
import { plainCode } from "@/lib/shared/one_time.ts";
import type { Proof } from "@/lib/shared/second_factor.ts";
import type { UserActor } from "@/lib/domain/actor.ts";
import { audit } from "@/lib/domain/audit.ts";
import { authorise } from "@/lib/domain/authorise.ts";
import { DomainError, type Outcome, type Refusal, refuse } from "@/lib/domain/errors.ts";
import type { Services } from "@/lib/domain/services.ts";
import { insertNewSession, openByPasskey, type OpenedSession } from "./new_session.ts";
import {
  askForPasskey,
  type CheckedPasskey,
  checkPasskey,
  hasPasskey,
  type PasskeyRequest,
  thisSession,
  usePasskey,
} from "./passkey_proof.ts";
import { proofFault } from "./password_proof.ts";
import { hasPassword } from "./passwords.ts";
import { hasSecondFactor, takeCode } from "./second_factor.ts";

/** The ways in which a user may prove again who they are. */
export interface ProofWays {
  readonly password: boolean;
  readonly code: boolean;
  readonly passkey: boolean;
}

/** What a user sends as a proof. Empty texts are left out. */
export interface ProofInput {
  readonly password: string;
  readonly code: string;
  /** What a passkey has signed, as JSON. */
  readonly credential: string;
  /** The path that the proof leads to, empty if to none. An action may need a proof of its own. */
  readonly leadsTo: string;
}

/**
 * Finds out how the user may prove who they are. The password is not enough where there is more. In
 * a session that a recovery code has opened it is, because the other devices may be lost.
 *
 * @throws {DomainError} `not_while_viewing`
 */
export async function proofWaysOf(services: Services, actor: UserActor): Promise<ProofWays> {
  authorise(actor, "step_up", actor.userId);
  const { db } = services;
  const [user, proof, factor, passkey] = await Promise.all([
    findUserById(db, actor.userId),
    findProof(db, actor.sessionId),
    hasSecondFactor(db, actor.userId),
    hasPasskey(services, actor.userId),
  ]);
  const known = user !== undefined && hasPassword(services, user);
  const recovers = known && proof?.proven_by === "recovery_code";
  const password = known && (recovers || (!factor && !passkey));
  return { password, code: factor && !recovers, passkey };
}

/**
 * Asks for a passkey of the user, to prove who they are.
 *
 * @throws {DomainError} `not_signed_in`, `passkeys_not_offered`, `too_many_requests`
 */
export function askForProof(services: Services, actor: UserActor): Promise<PasskeyRequest> {
  authorise(actor, "step_up", actor.userId);
  const { userId } = actor;
  return askForPasskey(services, actor, { boundTo: thisSession(actor), userId });
}

/** The new session of a proof: of the same user, or of another one whom the proof has signed in. */
export type Proven =
  | { readonly kind: "same_user"; readonly token: string }
  | { readonly kind: "other_user"; readonly session: OpenedSession };

/**
 * Proves the user of a session again, and replaces the session by a new one. A passkey of another
 * user signs that user in, as on the page of the sign-in.
 *
 * @throws {DomainError} `not_signed_in`, `second_step_locked`, `second_factor_unreadable`,
 * `passkey_refused`, `too_many_requests`
 */
export async function stepUp(
  services: Services,
  actor: UserActor,
  input: ProofInput,
): Promise<Outcome<Proven>> {
  authorise(actor, "step_up", actor.userId);
  const user = await findUserById(services.db, actor.userId);
  if (!user) throw new DomainError("not_signed_in");
  const given = await readProof(services, actor, user, input);
  if ("errors" in given) return given;
  if (given.by === "passkey" && given.checked.passkey.user_id !== user.id) {
    const session = await openByPasskey(services, actor, given.checked);
    return { ok: true, value: { kind: "other_user", session } };
  }
  const token = await inTransaction(
    services.db,
    (tx) => replaceSession(services, tx, actor, user, { given, leadsTo: input.leadsTo }),
  );
  services.jobs.wake("letter");
  return token === undefined
    ? refuse({ code: new DomainError("second_code_wrong").message })
    : { ok: true, value: { kind: "same_user", token } };
}

/** A password that was checked, a code that is yet to be checked, or a passkey that was. */
type Given =
  | { readonly by: "password" }
  | { readonly by: "code"; readonly code: string }
  | { readonly by: "passkey"; readonly checked: CheckedPasskey };

async function readProof(
  services: Services,
  actor: UserActor,
  user: User,
  { password, code, credential }: ProofInput,
): Promise<Given | Refusal> {
  const ways = await proofWaysOf(services, actor);
  if (credential !== "") {
    return { by: "passkey", checked: await checkPasskey(services, thisSession(actor), credential) };
  }
  if (ways.code) return code === "" ? refuse({ code: "Enter the code" }) : { by: "code", code };
  if (!ways.password) return refuse({ credential: "Confirm with a passkey" });
  if (password === "") return refuse({ password: "Enter the password" });
  const fault = await proofFault(services, actor, user, password);
  return fault === undefined ? { by: "password" } : refuse({ password: fault });
}

async function replaceSession(
  services: Services,
  tx: Tx,
  actor: UserActor,
  { id, password_hash }: User,
  { given, leadsTo }: { readonly given: Given; readonly leadsTo: string },
): Promise<string | undefined> {
  const user = await lockUserById(tx, id);
  const before = await findProof(tx, actor.sessionId);
  // The password that was typed must still be the user's.
  if (!before || user?.password_hash !== password_hash) throw new DomainError("not_signed_in");
  const proof = given.by === "password"
    ? before.proven_by
    : await takeProof(services, tx, actor, user, given);
  if (proof === undefined) return undefined;
  await deleteSessionById(tx, actor.sessionId);
  await audit(tx, actor, "step_up", user);
  return await insertNewSession(tx, actor, id, proof, leadsTo);
}

async function takeProof(
  services: Services,
  tx: Tx,
  actor: UserActor,
  user: User,
  given: Exclude<Given, { by: "password" }>,
): Promise<Proof | undefined> {
  if (given.by === "code") return await takeCode(services, tx, actor, user, plainCode(given.code));
  await usePasskey(tx, given.checked);
  return "passkey";
}
