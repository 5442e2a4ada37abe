import { hashToken } from "@/lib/crypto/token.ts";
import type { Db, Tx } from "@/lib/db/database.ts";
import { inTransaction } from "@/lib/db/transaction.ts";
import {
  countTokenTry,
  findOneTimeToken,
  type OneTimeToken,
  takeOneTimeToken,
} from "@/lib/repo/one_time_tokens.ts";
import { countRecoveryCodes } from "@/lib/repo/recovery_codes.ts";
import { recordSecondStep } from "@/lib/repo/user_logins.ts";
import { lockUserById, NOBODY, type User } from "@/lib/repo/users.ts";
import { CHALLENGE_MAX_TRIES, type Proof } from "@/lib/shared/second_factor.ts";
import type { AnonymousActor, UserActor } from "@/lib/domain/actor.ts";
import { DomainError } from "@/lib/domain/errors.ts";
import { clientOfActor } from "@/lib/domain/rate_limit.ts";
import type { Services } from "@/lib/domain/services.ts";
import { beginSession, type NewSession } from "./new_session.ts";
import {
  askForPasskey,
  type CheckedPasskey,
  checkPasskey,
  hasPasskey,
  type PasskeyRequest,
  usePasskey,
} from "./passkey_proof.ts";
import { mayUse } from "./one_time.ts";
import { takeCode } from "./second_factor.ts";
import { trustBrowser } from "./trusted_browsers.ts";

/** A session that the second step has opened. */
export interface SecondStepDone extends NewSession {
  readonly userId: number;
  readonly role: User["role"];
  /** Recovery codes that are left, if one of them was used. */
  readonly codesLeft?: number;
}

/** What can be used for the second step of a sign-in, besides codes. */
export interface SecondStep {
  readonly passkey: boolean;
}

/** The answer of a user in the second step: a code, or what a passkey has signed, as JSON. */
export type SecondAnswer = TypedAnswer | { readonly credential: string };

interface TypedAnswer {
  readonly code: string;
  /** Set if no code shall be asked for in this browser for a while. */
  readonly trust?: "1" | undefined;
}

/** Finds the second step that a sign-in waits for. `undefined` if it does not wait for any. */
export async function findSecondStep(
  services: Services,
  token: string,
): Promise<SecondStep | undefined> {
  const found = await findWaiting(services.db, token);
  return found && { passkey: await hasPasskey(services, found.user_id ?? NOBODY) };
}

/**
 * Asks for a passkey of the user whose sign-in waits.
 *
 * @throws {DomainError} `challenge_over`, `passkeys_not_offered`, `too_many_requests`
 */
export async function askForSecondPasskey(
  services: Services,
  actor: AnonymousActor | UserActor,
  token: string,
): Promise<PasskeyRequest> {
  const found = await findWaiting(services.db, token);
  if (!found) throw new DomainError("challenge_over");
  const userId = found.user_id ?? NOBODY;
  return await askForPasskey(services, actor, { boundTo: thisSignIn(token), userId });
}

/**
 * Finishes a sign-in by a code of the authenticator, a recovery code or a passkey.
 *
 * @param token what {@linkcode signIn} gave
 * @throws {DomainError} `challenge_over` after 10 minutes or 5 wrong codes, `second_code_wrong`,
 * `second_step_locked` after 10 wrong codes in a row, `second_factor_unreadable`,
 * `passkey_refused`, `too_many_requests`
 */
export async function passSecondStep(
  services: Services,
  actor: AnonymousActor | UserActor,
  token: string,
  answer: SecondAnswer,
): Promise<SecondStepDone> {
  const { limits, jobs, db } = services;
  const client = clientOfActor(actor);
  await limits.codes.take(client);
  const given = "code" in answer
    ? answer
    : await checkPasskey(services, thisSignIn(token), answer.credential);
  const done = await inTransaction(db, (tx) => finish(services, tx, actor, token, given));
  // A used recovery code, a lock, or a new browser.
  jobs.wake("letter");
  if (done instanceof DomainError) throw done;
  await limits.codes.giveBack(client);
  return done;
}

/** An error that is returned lets the wrong try count; one that is thrown changes nothing. */
async function finish(
  services: Services,
  tx: Tx,
  actor: AnonymousActor | UserActor,
  token: string,
  given: TypedAnswer | CheckedPasskey,
): Promise<SecondStepDone | DomainError> {
  const found = await findWaiting(tx, token);
  const user = await lockUserById(tx, found?.user_id ?? NOBODY);
  if (!found || !mayUse(user, found)) throw new DomainError("challenge_over");
  const proof = "code" in given
    ? await tryCode(services, tx, actor, user, { challengeId: found.id, code: given.code })
    : await takePasskey(tx, user, given);
  if (proof instanceof DomainError) return proof;
  const verifiedOnly = services.settings.emailVerification === "required";
  const current = await recordSecondStep(tx, user.id, { verifiedOnly });
  if (!current || !await takeOneTimeToken(tx, found.id)) throw new DomainError("challenge_over");
  const session = await beginSession(tx, actor, user, proof);
  if ("code" in given && given.trust) await trustBrowser(tx, actor, user, session.deviceToken);
  return {
    ...session,
    userId: user.id,
    role: user.role,
    ...(proof === "recovery_code" && { codesLeft: await countRecoveryCodes(tx, user.id) }),
  };
}

async function tryCode(
  services: Services,
  tx: Tx,
  actor: AnonymousActor | UserActor,
  user: User,
  { challengeId, code }: { readonly challengeId: number; readonly code: string },
): Promise<Proof | DomainError> {
  const challenge = await countTokenTry(tx, challengeId, CHALLENGE_MAX_TRIES);
  if (!challenge) throw new DomainError("challenge_over");
  const proof = await takeCode(services, tx, actor, user, code);
  if (proof !== undefined) return proof;
  const isLast = challenge.tries >= CHALLENGE_MAX_TRIES;
  return new DomainError(isLast ? "challenge_over" : "second_code_wrong");
}

/** Nobody can guess what a passkey signs, so wrong tries need not be counted. */
async function takePasskey(tx: Tx, user: User, checked: CheckedPasskey): Promise<Proof> {
  if (checked.passkey.user_id !== user.id) throw new DomainError("passkey_refused");
  await usePasskey(tx, checked);
  return "passkey";
}

function findWaiting(db: Db, token: string): Promise<OneTimeToken | undefined> {
  return findOneTimeToken(db, "sign_in_challenge", hashToken(token));
}

function thisSignIn(token: string): string {
  return `sign-in ${token}`;
}
