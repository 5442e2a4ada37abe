import { SecretKeyError } from "@/lib/crypto/secret_box.ts";
import { hashCode, randomCode } from "@/lib/crypto/token.ts";
import { findStep } from "@/lib/crypto/totp.ts";
import type { Tx } from "@/lib/db/database.ts";
import { endDeviceTrust } from "@/lib/repo/devices.ts";
import { deletePasskeysOfUser, deletePasskeysSince } from "@/lib/repo/passkeys.ts";
import {
  deleteRecoveryCodes,
  replaceRecoveryCodes,
  takeRecoveryCode,
} from "@/lib/repo/recovery_codes.ts";
import {
  type ActiveFactor,
  deleteSecondFactor,
  findSecondFactor,
  forgiveWrongCodes,
  isActive,
  recordWrongCode,
  takeStep,
  updateCodesStored,
} from "@/lib/repo/second_factors.ts";
import type { User } from "@/lib/repo/users.ts";
import {
  inGroups,
  isRecoveryCode,
  isTotpCode,
  type Proof,
  RECOVERY_CODE_LENGTH,
  RECOVERY_CODES,
  SECOND_STEP_LOCK_MINUTES,
  SECOND_STEP_MAX_WRONG,
} from "@/lib/shared/second_factor.ts";
import type { AnonymousActor, UserActor } from "@/lib/domain/actor.ts";
import { audit } from "@/lib/domain/audit.ts";
import { DomainError } from "@/lib/domain/errors.ts";
import type { Services } from "@/lib/domain/services.ts";
import { postLetters } from "./letters.ts";

/** What kind of code proves the user. */
export type CodeProof = Extract<Proof, "totp" | "recovery_code">;

const POLICY = { limit: SECOND_STEP_MAX_WRONG, lockSeconds: SECOND_STEP_LOCK_MINUTES * 60 };

/**
 * Checks a code of a user's second factor and uses it up. Returns what kind of code it is, or
 * `undefined` if it is wrong: then commit, so that the wrong code counts. Lock the user first.
 *
 * @throws {DomainError} `second_step_locked`, `second_factor_unreadable`
 */
export async function takeCode(
  services: Services,
  tx: Tx,
  actor: AnonymousActor | UserActor,
  user: User,
  code: string,
): Promise<CodeProof | undefined> {
  const factor = await findSecondFactor(tx, user.id);
  if (!isActive(factor)) return undefined;
  if (factor.locked_seconds > 0) {
    throw new DomainError("second_step_locked", { retryAfterSeconds: factor.locked_seconds });
  }
  const proof = isTotpCode(code)
    ? await takeTotpCode(services, tx, factor, code)
    : await takeRecovery(tx, actor, user, code);
  if (proof === undefined) await countWrongCode(tx, actor, user);
  else await forgiveWrongCodes(tx, [user.id]);
  return proof;
}

async function takeTotpCode(
  services: Services,
  tx: Tx,
  { user_id: userId, secret: sealed, used_step }: ActiveFactor,
  code: string,
): Promise<"totp" | undefined> {
  const secret = await openSecret(services, userId, sealed);
  const step = await findStep(secret, code, used_step);
  if (step === undefined) return undefined;
  const { secrets } = services;
  const isOld = await secrets!.isOutdated(sealed);
  const kept = isOld ? await secrets!.seal(secret, { purpose: "totp", userId }) : sealed;
  return await takeStep(tx, userId, { step, secret: kept }) ? "totp" : undefined;
}

async function takeRecovery(
  tx: Tx,
  actor: AnonymousActor | UserActor,
  user: User,
  code: string,
): Promise<"recovery_code" | undefined> {
  if (!isRecoveryCode(code)) return undefined;
  if (!await takeRecoveryCode(tx, user.id, hashRecoveryCode(user.id, code))) return undefined;
  await audit(tx, actor, "use_recovery_code", user);
  await postLetters(tx, actor, [
    { about: "recovery_code_used", to: user.email, userId: user.id },
  ]);
  return "recovery_code";
}

async function countWrongCode(
  tx: Tx,
  actor: AnonymousActor | UserActor,
  user: User,
): Promise<void> {
  const locked = await recordWrongCode(tx, user.id, POLICY);
  await audit(tx, actor, "second_step_failed", user);
  if (!locked) return;
  // Only somebody who has the password gets this far.
  await postLetters(tx, actor, [{ about: "second_step_locked", to: user.email, userId: user.id }]);
}

/**
 * Decrypts the secret of an authenticator.
 *
 * @throws {DomainError} `second_factor_unreadable` without the key that has encrypted it.
 */
export async function openSecret(
  { secrets, log }: Pick<Services, "secrets" | "log">,
  userId: number,
  sealed: string,
): Promise<string> {
  try {
    if (!secrets) throw new SecretKeyError("SECRET_KEY is not set");
    return await secrets.open(sealed, { purpose: "totp", userId });
  } catch (cause) {
    if (!(cause instanceof SecretKeyError)) throw cause;
    log.error({ err: cause, user_id: userId }, "A second factor cannot be read: check SECRET_KEY");
    throw new DomainError("second_factor_unreadable", { cause });
  }
}

/**
 * Gives a user new recovery codes, as people read them. Earlier ones stop working, and a code is
 * asked for again in every browser.
 */
export async function renewRecoveryCodes(tx: Tx, userId: number): Promise<readonly string[]> {
  const codes = Array.from({ length: RECOVERY_CODES }, () => randomCode(RECOVERY_CODE_LENGTH));
  await replaceRecoveryCodes(tx, userId, codes.map((code) => hashRecoveryCode(userId, code)));
  await updateCodesStored(tx, userId, null);
  await endDeviceTrust(tx, userId);
  return codes.map((code) => inGroups(code, "-"));
}

/** Turns a user's second factor off. Returns whether there was one. */
export async function removeSecondFactor(tx: Tx, userId: number): Promise<boolean> {
  await deleteRecoveryCodes(tx, userId);
  return await deleteSecondFactor(tx, userId);
}

/** Removes everything that signs a user in besides the password. Returns whether there was any. */
export async function removeFactors(tx: Tx, userId: number): Promise<boolean> {
  const hadPasskeys = await deletePasskeysOfUser(tx, userId);
  return await removeSecondFactor(tx, userId) || hadPasskeys;
}

/**
 * Removes a second factor and passkeys that were added after a time: somebody who has taken the
 * account over since then must not keep it by what is theirs.
 */
export async function removeFactorsSince(tx: Tx, userId: number, since: Date): Promise<void> {
  const factor = await findSecondFactor(tx, userId);
  if (factor?.turned_on_at && factor.turned_on_at > since) await removeSecondFactor(tx, userId);
  await deletePasskeysSince(tx, userId, since);
}

/** Whether a user has a second factor. */
export async function hasSecondFactor(db: Services["db"], userId: number): Promise<boolean> {
  return isActive(await findSecondFactor(db, userId));
}

/** A code has 80 random bits, so it needs no slow hash. */
function hashRecoveryCode(userId: number, code: string): string {
  return hashCode(code, `recovery code of ${userId}`);
}
