import { relyingPartyOf } from "@/lib/crypto/passkeys.ts";
import { findStep, randomTotpSecret, totpUri } from "@/lib/crypto/totp.ts";
import { inTransaction } from "@/lib/db/transaction.ts";
import { findAccountSecurity } from "@/lib/repo/account_security.ts";
import {
  activateNewSecret,
  findSecondFactor,
  isActive,
  updateCodesStored,
  upsertNewSecret,
} from "@/lib/repo/second_factors.ts";
import type { SecurityView } from "@/lib/shared/account_views.ts";
import type { UserActor } from "@/lib/domain/actor.ts";
import { authorise, requireProof } from "@/lib/domain/authorise.ts";
import { DomainError, type Outcome, refuse } from "@/lib/domain/errors.ts";
import type { Services } from "@/lib/domain/services.ts";
import { insertKnownSession, type NewSession } from "./new_session.ts";
import { announce, changeOwn, needsAddress } from "./own_change.ts";
import { hasPassword } from "./passwords.ts";
import { openSecret, removeSecondFactor, renewRecoveryCodes } from "./second_factor.ts";
import { revokeTrust } from "./trust.ts";
import { trustedBrowserViews } from "./trusted_browsers.ts";
import { requireFactorLeft } from "./two_factor_policy.ts";

/** What an authenticator needs to know. */
export interface NewAuthenticator {
  /** In Base32. */
  readonly secret: string;
  /** The same with the names of application and account, for a QR code or a link. */
  readonly uri: string;
}

/** The first recovery codes, and the session that replaces all earlier ones. */
export interface TurnedOn {
  readonly codes: readonly string[];
  readonly session: NewSession;
}

/** What protects the actor's account. */
export async function securityOf(
  services: Services,
  actor: UserActor,
): Promise<SecurityView> {
  authorise(actor, "see_security", actor.userId);
  const { db, secrets, settings } = services;
  const found = await findAccountSecurity(db, actor.userId);
  if (!found) throw new DomainError("not_signed_in");
  const { turned_on_at, codes_stored_at, codes, passkeys, trusted } = found;
  return {
    email_verified: found.email_verified_at !== null,
    can_turn_on: secrets !== undefined && !needsAddress(settings, found),
    offered: secrets !== undefined,
    turned_on_at: turned_on_at?.toISOString() ?? null,
    codes_left: codes,
    codes_stored: turned_on_at === null || codes_stored_at !== null,
    has_password: hasPassword(services, found),
    passkeys_offered: relyingPartyOf(settings) !== undefined,
    passkeys,
    trusted_browsers: trustedBrowserViews(trusted, actor),
  };
}

/**
 * Makes a secret for an authenticator. The one in use, if there is one, keeps working until the
 * new one is proven.
 *
 * @throws {DomainError} `not_signed_in`, `step_up_required`, `two_factor_not_offered`,
 * `address_not_confirmed`
 */
export async function beginSetup(services: Services, actor: UserActor): Promise<void> {
  const { secrets, settings } = services;
  if (!secrets) throw new DomainError("two_factor_not_offered");
  const use = { purpose: "totp", userId: actor.userId } as const;
  const sealed = await secrets.seal(randomTotpSecret(), use);
  await changeOwn(services, actor, "turn_on_two_factor", async (tx, user) => {
    if (needsAddress(settings, user)) throw new DomainError("address_not_confirmed");
    await upsertNewSecret(tx, user.id, sealed);
  });
}

/**
 * The secret of a setup that was begun, to be shown to its user.
 *
 * @throws {DomainError} `not_signed_in`, `step_up_required`, `second_factor_unreadable`
 */
export async function readSetup(
  services: Services,
  actor: UserActor,
): Promise<NewAuthenticator | undefined> {
  const { db, settings } = services;
  const use = { action: "turn_on_two_factor", targetId: actor.userId, to: "send" } as const;
  authorise(actor, use.action, use.targetId);
  await requireProof(db, actor, use);
  const factor = await findSecondFactor(db, actor.userId);
  if (!factor?.new_secret) return undefined;
  const secret = await openSecret(services, actor.userId, factor.new_secret);
  const names = { issuer: settings.appName, account: actor.username };
  return { secret, uri: totpUri({ ...names, secret }) };
}

/**
 * Turns two-factor sign-in on, or moves it to another authenticator, once a code proves that the
 * authenticator works. All other sessions end.
 *
 * @throws {DomainError} `not_signed_in`, `step_up_required`, `setup_not_begun`,
 * `address_not_confirmed`, `second_factor_unreadable`
 */
export async function finishSetup(
  services: Services,
  actor: UserActor,
  code: string,
): Promise<Outcome<TurnedOn>> {
  const { settings } = services;
  const done = await changeOwn(services, actor, "turn_on_two_factor", async (tx, user) => {
    if (needsAddress(settings, user)) throw new DomainError("address_not_confirmed");
    const factor = await findSecondFactor(tx, user.id);
    if (!factor?.new_secret) throw new DomainError("setup_not_begun");
    const secret = await openSecret(services, user.id, factor.new_secret);
    const step = await findStep(secret, code, 0);
    if (step === undefined) return undefined;
    await activateNewSecret(tx, user.id, step);
    const codes = await renewRecoveryCodes(tx, user.id);
    await announce(tx, actor, user, "turn_on_two_factor", "two_factor_on");
    await revokeTrust(tx, [user.id]);
    return { codes, session: await insertKnownSession(tx, actor, user.id, "totp") };
  });
  return done ? { ok: true, value: done } : refuse({
    code: "This code does not fit: type the one that the authenticator shows now, and check the " +
      "clock of its device",
  });
}

/**
 * Makes new recovery codes. The earlier ones stop working.
 *
 * @throws {DomainError} `not_signed_in`, `step_up_required`, `two_factor_is_off`
 */
export function makeRecoveryCodes(
  services: Services,
  actor: UserActor,
): Promise<readonly string[]> {
  return changeOwn(services, actor, "make_recovery_codes", async (tx, user) => {
    if (!isActive(await findSecondFactor(tx, user.id))) throw new DomainError("two_factor_is_off");
    const codes = await renewRecoveryCodes(tx, user.id);
    await announce(tx, actor, user, "make_recovery_codes", "recovery_codes_new");
    return codes;
  });
}

/** Records that the actor has stored the recovery codes. */
export async function confirmCodesStored({ db }: Services, actor: UserActor): Promise<void> {
  authorise(actor, "make_recovery_codes", actor.userId);
  await inTransaction(db, (tx) => updateCodesStored(tx, actor.userId, new Date()));
}

/**
 * Turns the actor's two-factor sign-in off. All other sessions end.
 *
 * @returns a new session
 * @throws {DomainError} `not_signed_in`, `step_up_required`, `two_factor_is_off`, `two_factor_kept`
 */
export function turnOff(services: Services, actor: UserActor): Promise<NewSession> {
  return changeOwn(services, actor, "turn_off_two_factor", async (tx, user) => {
    if (!await removeSecondFactor(tx, user.id)) throw new DomainError("two_factor_is_off");
    await requireFactorLeft(services, tx, user);
    await announce(tx, actor, user, "turn_off_two_factor", "two_factor_off");
    await revokeTrust(tx, [user.id]);
    return await insertKnownSession(tx, actor, user.id);
  });
}
