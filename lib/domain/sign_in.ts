import { hashToken, randomToken } from "@/lib/crypto/token.ts";
import { inTransaction } from "@/lib/db/transaction.ts";
import { deleteSessionById, insertSession } from "@/lib/repo/sessions.ts";
import {
  anyLegacyHash,
  recordFailedLogin,
  recordLogin,
  replacePasswordHash,
} from "@/lib/repo/user_logins.ts";
import { findUserByLogin, type User } from "@/lib/repo/users.ts";
import type { loginForm } from "@/lib/shared/user_forms.ts";
import type { Values } from "@/lib/shared/form.ts";
import type { AnonymousActor, UserActor } from "./actor.ts";
import { audit } from "./audit.ts";
import { mailVerificationLink } from "./email_verification.ts";
import { DomainError } from "./errors.ts";
import { clientOf } from "./rate_limit.ts";
import type { Services } from "./services.ts";

/** A user id that no user has. */
const NOBODY = 0;

/** A new session. */
export interface SignedIn {
  /** For the cookie; the database has only its hash. */
  readonly token: string;
  readonly userId: number;
  readonly role: User["role"];
}

/**
 * Signs a user in by username or address.
 *
 * Unknown name, wrong password, lock and suspension get the same answer for the same work: the
 * same hashes are computed and the same number of rows is written.
 *
 * @throws {DomainError} `sign_in_failed`, `email_not_verified`, `too_many_requests`
 */
export async function signIn(
  services: Services,
  actor: AnonymousActor | UserActor,
  input: Values<typeof loginForm>,
): Promise<SignedIn> {
  const { db, limits } = services;
  const client = clientOf(actor.source.ip);
  limits.failedSignIns.take(client);
  const user = await findUserByLogin(db, input.username);
  if (!await isRightPassword(services, user, input.password)) {
    await countFailure(services, actor, user, input.username);
    throw new DomainError("sign_in_failed");
  }
  const signedIn = await openSession(services, actor, user!, input);
  limits.failedSignIns.giveBack(client);
  return signedIn;
}

/** Ends the session that the actor is in. */
export async function signOut({ db }: Services, actor: UserActor): Promise<void> {
  await inTransaction(db, async (tx) => {
    await deleteSessionById(tx, actor.sessionId);
    await audit(tx, actor, "sign_out", { id: actor.userId, name: actor.username });
  });
}

/** Starts a session; called wherever a password has just been proven. */
export async function insertNewSession(
  db: Services["db"],
  actor: AnonymousActor | UserActor,
  userId: number,
): Promise<string> {
  const token = randomToken();
  await insertSession(db, {
    user_id: userId,
    token_hash: hashToken(token),
    ip: actor.source.ip,
    user_agent: actor.source.userAgent,
  });
  return token;
}

/**
 * Checks a password. While any account has an imported hash, a refusal always costs one hash of
 * each kind, so that the time does not tell imported accounts from others or from none.
 */
async function isRightPassword(
  { db, passwords }: Services,
  user: User | undefined,
  password: string,
): Promise<boolean> {
  const kind = (user && passwords.kindOf(user.password_hash)) ?? "argon2id";
  const right = user !== undefined && await passwords.verify(user.password_hash, password);
  if (right) return true;
  if (user === undefined || passwords.kindOf(user.password_hash) === undefined) {
    await passwords.waste(kind, password);
  }
  const other = kind === "argon2id" ? "pbkdf2-sha512" : "argon2id";
  if (await anyLegacyHash(db)) await passwords.waste(other, password);
  return false;
}

async function countFailure(
  { db, settings }: Services,
  actor: AnonymousActor | UserActor,
  user: User | undefined,
  name: string,
): Promise<void> {
  await inTransaction(db, async (tx) => {
    await recordFailedLogin(tx, user?.id ?? NOBODY, {
      limit: settings.loginFailureLimit,
      policy: settings.loginFailurePolicy,
    });
    await audit(tx, actor, "sign_in_failed", { id: user?.id ?? null, name }, {
      reason: user ? "password" : "name",
    });
  });
}

async function openSession(
  services: Services,
  actor: AnonymousActor | UserActor,
  user: User,
  input: Values<typeof loginForm>,
): Promise<SignedIn> {
  const { db, passwords, settings } = services;
  const target = { id: user.id, name: user.username };
  const newHash = passwords.isOutdated(user.password_hash)
    ? await passwords.hash(input.password)
    : undefined;
  const token = await inTransaction(db, async (tx) => {
    // The row decides and not what was read before the hash: suspension may have come in between.
    const current = await recordLogin(tx, user.id, {
      verifiedOnly: settings.emailVerification === "required",
      passwordHash: user.password_hash,
    });
    if (current === undefined) {
      await audit(tx, actor, "sign_in_failed", target, { reason: "account" });
      return undefined;
    }
    if (newHash) await replacePasswordHash(tx, user.id, user.password_hash, newHash);
    // Who signs in again, perhaps as somebody else, leaves the session they were in.
    if (actor.kind === "user") await deleteSessionById(tx, actor.sessionId);
    await audit(tx, actor, "sign_in", target);
    return await insertNewSession(tx, actor, user.id);
  });
  if (token !== undefined) return { token, userId: user.id, role: user.role };
  if (isWaitingForVerification(services, user)) {
    await mailVerificationLink(services, user);
    throw new DomainError("email_not_verified");
  }
  throw new DomainError("sign_in_failed");
}

function isWaitingForVerification({ settings }: Services, user: User): boolean {
  return settings.emailVerification === "required" && user.email_verified_at === null &&
    user.status === "active";
}
