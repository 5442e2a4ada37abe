import { hashToken } from "@/lib/crypto/token.ts";
import type { Tx } from "@/lib/db/database.ts";
import { inTransaction } from "@/lib/db/transaction.ts";
import { countTokenTry, findOneTimeToken, takeOneTimeToken } from "@/lib/repo/one_time_tokens.ts";
import { countRecoveryCodes } from "@/lib/repo/recovery_codes.ts";
import { recordSecondStep } from "@/lib/repo/user_logins.ts";
import { lockUserById, NOBODY, type User } from "@/lib/repo/users.ts";
import { CHALLENGE_MAX_TRIES } from "@/lib/shared/second_factor.ts";
import type { AnonymousActor, UserActor } from "@/lib/domain/actor.ts";
import { DomainError } from "@/lib/domain/errors.ts";
import { clientOfActor } from "@/lib/domain/rate_limit.ts";
import type { Services } from "@/lib/domain/services.ts";
import { beginSession, type NewSession } from "./new_session.ts";
import { takeCode } from "./second_factor.ts";

/** A session that a code has opened. */
export interface SecondStepDone extends NewSession {
  readonly userId: number;
  readonly role: User["role"];
  /** Recovery codes that are left, if one of them was used. */
  readonly codesLeft?: number;
}

/** Whether a sign-in waits for its second step. */
export async function isChallenge({ db }: Services, token: string): Promise<boolean> {
  return await findOneTimeToken(db, "sign_in_challenge", hashToken(token)) !== undefined;
}

/**
 * Finishes a sign-in by a code of the authenticator or a recovery code.
 *
 * @param token what {@linkcode signIn} gave
 * @throws {DomainError} `challenge_over` after 10 minutes or 5 wrong codes, `second_code_wrong`,
 * `second_step_locked` after 10 wrong codes in a row, `second_factor_unreadable`,
 * `too_many_requests`
 */
export async function passSecondStep(
  services: Services,
  actor: AnonymousActor | UserActor,
  token: string,
  code: string,
): Promise<SecondStepDone> {
  const { limits, jobs, db } = services;
  const client = clientOfActor(actor);
  await limits.codes.take(client);
  const done = await inTransaction(db, (tx) => tryCode(services, tx, actor, token, code));
  // A used recovery code, a lock, or a new browser.
  jobs.wake("letter");
  if (done instanceof DomainError) throw done;
  await limits.codes.giveBack(client);
  return done;
}

/** An error that is returned lets the wrong try count; one that is thrown changes nothing. */
async function tryCode(
  services: Services,
  tx: Tx,
  actor: AnonymousActor | UserActor,
  token: string,
  code: string,
): Promise<SecondStepDone | DomainError> {
  const found = await findOneTimeToken(tx, "sign_in_challenge", hashToken(token));
  const user = await lockUserById(tx, found?.user_id ?? NOBODY);
  const challenge = found && await countTokenTry(tx, found.id, CHALLENGE_MAX_TRIES);
  if (!user || !challenge) throw new DomainError("challenge_over");
  const proof = await takeCode(services, tx, actor, user, code);
  if (proof === undefined) {
    const isLast = challenge.tries >= CHALLENGE_MAX_TRIES;
    return new DomainError(isLast ? "challenge_over" : "second_code_wrong");
  }
  const verifiedOnly = services.settings.emailVerification === "required";
  const current = await recordSecondStep(tx, user.id, { verifiedOnly });
  if (!current || !await takeOneTimeToken(tx, challenge.id)) {
    throw new DomainError("challenge_over");
  }
  return {
    ...await beginSession(tx, actor, user, proof),
    userId: user.id,
    role: user.role,
    ...(proof === "recovery_code" && { codesLeft: await countRecoveryCodes(tx, user.id) }),
  };
}
