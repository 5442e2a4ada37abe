import { hashToken, randomToken } from "@/lib/crypto/token.ts";
import type { Tx } from "@/lib/db/database.ts";
import { inTransaction } from "@/lib/db/transaction.ts";
import { deleteSessionById, insertSession } from "@/lib/repo/sessions.ts";
import { recordLogin } from "@/lib/repo/user_logins.ts";
import { findUserById, isLocked, lockUserById, type User } from "@/lib/repo/users.ts";
import type { Proof } from "@/lib/shared/second_factor.ts";
import type { Actor, AnonymousActor, UserActor } from "@/lib/domain/actor.ts";
import { audit } from "@/lib/domain/audit.ts";
import { DomainError } from "@/lib/domain/errors.ts";
import type { Services } from "@/lib/domain/services.ts";
import { deviceKey, type KnownDevice, rememberDevice } from "./devices.ts";
import { postLetters, requestLetter } from "./letters.ts";
import { type CheckedPasskey, usePasskey } from "./passkey_proof.ts";
import { insertChallenge } from "./sign_in_challenge.ts";

/** A new session, and the browser that it is in. */
export interface NewSession extends KnownDevice {
  /** Token for the cookie. The database only has its hash. */
  readonly token: string;
}

/** What a right password opens: a session, or the second step of the sign-in with its token. */
export type Opened =
  | { readonly kind: "session" } & NewSession
  | { readonly kind: "challenge"; readonly token: string };

/** A session that a sign-in has opened, and whose it is. */
export type OpenedSession = Extract<Opened, { kind: "session" }> & {
  readonly userId: number;
  readonly role: User["role"];
};

/**
 * Starts a session for a user who has just proven or chosen the password, or the second step if they
 * have a second factor. A passkey starts a session in any case. Returns `undefined` if the account
 * may not sign in at the moment.
 *
 * @throws {DomainError} `passkey_refused` if another request has used the passkey's answer.
 */
export async function openSession(
  { db, settings, jobs }: Services,
  actor: AnonymousActor | UserActor,
  user: User,
  passkey?: CheckedPasskey,
): Promise<Opened | undefined> {
  const opened = await inTransaction(db, async (tx): Promise<Opened | undefined> => {
    // A change of factors either sees this sign-in and ends it, or is seen here.
    await lockUserById(tx, user.id);
    // Checks the current row: the user may have been suspended while the hash was computed.
    const current = await recordLogin(tx, user.id, {
      verifiedOnly: settings.emailVerification === "required",
      passwordHash: passkey ? undefined : user.password_hash,
      device: deviceKey(actor.source, user.id),
      deviceFailureLimit: settings.loginFailureLimit,
    });
    if (current === undefined) {
      await audit(tx, actor, "sign_in_failed", user, { reason: "account" });
      return undefined;
    }
    if (current.needs_code) return { kind: "challenge", token: await insertChallenge(tx, current) };
    if (passkey) await usePasskey(tx, passkey);
    const provenBy = passkey ? "passkey" : current.by_trust ? "trusted_browser" : "password";
    return { kind: "session", ...await beginSession(tx, actor, user, provenBy) };
  });
  jobs.wake("letter");
  return opened;
}

/**
 * Starts a session for the user of a passkey, whom the browser has named.
 *
 * @throws {DomainError} `passkey_refused`, also if the account may not sign in at the moment.
 */
export async function openByPasskey(
  services: Services,
  actor: AnonymousActor | UserActor,
  checked: CheckedPasskey,
): Promise<OpenedSession> {
  const user = await findUserById(services.db, checked.passkey.user_id);
  if (!user || !checked.namesUser) throw new DomainError("passkey_refused");
  const opened = await openSession(services, actor, user, checked);
  if (opened?.kind === "session") return { ...opened, userId: user.id, role: user.role };
  await sendLinkIfWaiting(services, actor, user);
  throw new DomainError("passkey_refused");
}

/**
 * Sends the link that confirms an address to somebody who has just proven the password, or used a
 * passkey, since that is why they cannot sign in. The answer does not say so: a stranger who
 * registered an address with a password of their own would learn whether it had an account.
 */
export async function sendLinkIfWaiting(
  services: Services,
  actor: Actor,
  user: User,
): Promise<void> {
  // Reads the current row: under a lock nothing may follow from a right password.
  const current = await findUserById(services.db, user.id);
  const isWaiting = services.settings.emailVerification === "required" &&
    current?.email_verified_at === null && current.status === "active" && !isLocked(current);
  if (isWaiting) await requestLetter(services, actor, { about: "unverified", to: user.email });
}

/**
 * Starts the session of a finished sign-in. The first one of a browser sends an e-mail, except for the
 * very first sign-in of the account.
 *
 * @param user as they were before the sign-in
 */
export async function beginSession(
  tx: Tx,
  actor: AnonymousActor | UserActor,
  user: Pick<User, "id" | "username" | "email" | "last_login_at">,
  provenBy: Proof,
): Promise<NewSession> {
  // Signing in again, even as another user, ends the previous session.
  if (actor.kind === "user") await deleteSessionById(tx, actor.sessionId);
  await audit(tx, actor, "sign_in", user);
  const session = await insertKnownSession(tx, actor, user.id, provenBy);
  if (session.isNewDevice && user.last_login_at !== null) {
    await postLetters(tx, actor, [{ about: "new_sign_in", to: user.email, userId: user.id }]);
  }
  return session;
}

/** Starts a session and makes its browser known. */
export async function insertKnownSession(
  tx: Tx,
  actor: AnonymousActor | UserActor,
  userId: number,
  provenBy: Proof = "password",
): Promise<NewSession> {
  const token = await insertNewSession(tx, actor, userId, provenBy);
  return { token, ...await rememberDevice(tx, actor.source, userId) };
}

/**
 * Starts a session after its user was proven. Returns its token.
 *
 * @param provenFor the path that the proof leads to, see `SessionsTable`
 */
export async function insertNewSession(
  db: Services["db"],
  actor: AnonymousActor | UserActor,
  userId: number,
  provenBy: Proof = "password",
  provenFor: string | null = null,
): Promise<string> {
  const token = randomToken();
  await insertSession(db, {
    user_id: userId,
    token_hash: hashToken(token),
    ip: actor.source.ip,
    user_agent: actor.source.userAgent,
    proven_by: provenBy,
    proven_for: provenFor,
  });
  return token;
}
