import { inTransaction } from "@/lib/db/transaction.ts";
import { countDeviceFailure, isTrustedDevice } from "@/lib/repo/devices.ts";
import { deleteSessionById } from "@/lib/repo/sessions.ts";
import {
  listForeignSchemes,
  recordFailedLogin,
  replacePasswordHash,
} from "@/lib/repo/user_logins.ts";
import { findUserByLogin, isLocked, NOBODY, type User } from "@/lib/repo/users.ts";
import { emailKey } from "@/lib/shared/fold.ts";
import type { loginForm } from "@/lib/shared/sign_in_forms.ts";
import type { Values } from "@/lib/shared/form.ts";
import { type AnonymousActor, sessionOwner, type UserActor } from "@/lib/domain/actor.ts";
import { audit } from "@/lib/domain/audit.ts";
import { DomainError } from "@/lib/domain/errors.ts";
import { clientOfActor } from "@/lib/domain/rate_limit.ts";
import type { Services } from "@/lib/domain/services.ts";
import { deviceKey } from "./devices.ts";
import { postLetters } from "./letters.ts";
import { type Opened, openSession, sendLinkIfWaiting } from "./new_session.ts";
import { revokeAccess } from "./trust.ts";

/** A new session, or a sign-in that waits for its second step. */
export type SignedIn = Opened & { readonly userId: number; readonly role: User["role"] };

/**
 * Signs a user in by username or address. A user with a second factor gets no session, but the
 * token of the second step, see {@linkcode passSecondStep}.
 *
 * An unknown name, a wrong password, a lock, a suspension and an address that is not confirmed get
 * the same answer and cost the same: the same hashes are computed and the same number of rows is
 * written. Failures in a browser that the
 * user has signed in with before count for that browser only, so that strangers who keep the account
 * locked do not keep its owner out.
 *
 * @throws {DomainError} `sign_in_failed`, `too_many_requests`
 */
export async function signIn(
  services: Services,
  actor: AnonymousActor | UserActor,
  input: Omit<Values<typeof loginForm>, "stay">,
): Promise<SignedIn> {
  const { db, limits } = services;
  const client = clientOfActor(actor);
  await limits.failedSignIns.take(client);
  const user = await findUserByLogin(db, input.username);
  const guesser = await guesserOf(services, actor, user, input.username);
  await limits.guesses.take(guesser);
  const attempt = { client, password: input.password };
  const right = await isRightPassword(services, user, attempt);
  if (!user || !right) {
    await evenOut(services, user, attempt);
    await countFailure(services, actor, user);
    throw new DomainError("sign_in_failed");
  }
  const opened = await openSession(services, actor, user);
  if (opened === undefined) {
    await evenOut(services, user, attempt);
    await sendLinkIfWaiting(services, actor, user);
    throw new DomainError("sign_in_failed");
  }
  await limits.guesses.giveBack(guesser);
  await limits.failedSignIns.giveBack(client);
  await renewHash(services, user, attempt);
  return { ...opened, userId: user.id, role: user.role };
}

/** Ends the actor's session. An admin who views as another user is signed out altogether. */
export async function signOut({ db }: Services, actor: UserActor): Promise<void> {
  const owner = sessionOwner(actor);
  await inTransaction(db, async (tx) => {
    await deleteSessionById(tx, actor.sessionId);
    await audit(tx, owner, "sign_out", { id: owner.userId, username: owner.username });
  });
}

/**
 * Returns whose guesses an attempt counts with. Those of strangers count by the name as it was typed,
 * so that nobody learns which names have an account, or the same one.
 */
async function guesserOf(
  { db, settings }: Services,
  { source }: AnonymousActor | UserActor,
  user: User | undefined,
  typed: string,
): Promise<string> {
  const device = deviceKey(source, user?.id ?? NOBODY);
  const isKnown = await isTrustedDevice(db, device, settings.loginFailureLimit);
  return isKnown ? `${device.user_id} ${device.token_hash}` : emailKey(typed);
}

/** A password, and the client that sent it. */
interface Attempt {
  readonly client: string;
  readonly password: string;
}

/** Checks a password. An unknown user costs as much as a known one. */
async function isRightPassword(
  { passwords }: Services,
  user: User | undefined,
  { client, password }: Attempt,
): Promise<boolean> {
  if (user && passwords.schemeOf(user.password_hash)) {
    return await passwords.verify(user.password_hash, password, client);
  }
  await passwords.waste(password, client);
  return false;
}

/**
 * Makes all refusals cost the same. While any account has an imported hash, each refusal computes
 * one hash of each scheme, so that the time does not reveal imported accounts.
 */
async function evenOut(
  { db, passwords }: Services,
  user: User | undefined,
  { client, password }: Attempt,
): Promise<void> {
  const foreign = await listForeignSchemes(db);
  const own = user && passwords.schemeOf(user.password_hash);
  // The other hash of this attempt was of the user's scheme, or of the one of new hashes.
  if (own !== undefined && foreign.includes(own)) await passwords.waste(password, client);
  for (const scheme of foreign) {
    if (scheme !== own) await passwords.waste(password, client, scheme);
  }
}

async function countFailure(
  { db, jobs, settings }: Services,
  actor: AnonymousActor | UserActor,
  user: User | undefined,
): Promise<void> {
  const { loginFailureLimit: limit, loginFailurePolicy: policy } = settings;
  const isFirstLock = await inTransaction(db, async (tx) => {
    const userId = user?.id ?? NOBODY;
    const isKnown = await countDeviceFailure(tx, deviceKey(actor.source, userId), limit);
    const failed = await recordFailedLogin(tx, isKnown ? NOBODY : userId, { limit, policy });
    // Further locks of a row of failures are not told: a stranger could fill the mailbox.
    const locks = failed?.failed_logins === limit && isLocked(failed);
    if (user && locks) {
      await postLetters(tx, actor, [{ about: "locked", to: user.email, userId: user.id }]);
    }
    if (policy === "suspend") {
      // Sessions would be valid again once the user is activated. Always run this query, so that
      // every failure costs the same.
      await revokeAccess(tx, [failed?.status === "suspended" ? userId : NOBODY]);
    }
    // Without an unknown name: it may be a password in the wrong field.
    await audit(tx, actor, "sign_in_failed", user, {
      reason: user ? "password" : "name",
      ...(failed?.locked_until && { locked_until: failed.locked_until }),
      ...(isKnown && { device: "known" }),
    });
    return locks;
  });
  if (isFirstLock) jobs.wake("letter");
}

/** Replaces an imported or cheaper hash while the password is known. */
async function renewHash(
  { db, passwords }: Services,
  user: User,
  { client, password }: Attempt,
): Promise<void> {
  if (!passwords.isOutdated(user.password_hash)) return;
  const newHash = await passwords.hash(password, client);
  await inTransaction(
    db,
    (tx) => replacePasswordHash(tx, user.id, user.password_hash, newHash),
  );
}
