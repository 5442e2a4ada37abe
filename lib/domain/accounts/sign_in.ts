import { inTransaction } from "@/lib/db/transaction.ts";
import { deleteSessionById, deleteSessionsOfUser } from "@/lib/repo/sessions.ts";
import { anyLegacyHash, recordFailedLogin, replacePasswordHash } from "@/lib/repo/user_logins.ts";
import { findUserById, findUserByLogin, type User } from "@/lib/repo/users.ts";
import type { loginForm } from "@/lib/shared/user_forms.ts";
import type { Values } from "@/lib/shared/form.ts";
import type { AnonymousActor, UserActor } from "@/lib/domain/actor.ts";
import { audit } from "@/lib/domain/audit.ts";
import { DomainError } from "@/lib/domain/errors.ts";
import { clientOf } from "@/lib/domain/rate_limit.ts";
import type { Services } from "@/lib/domain/services.ts";
import { mailVerificationLink } from "./letters.ts";
import { openSession } from "./new_session.ts";

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
  const right = await isRightPassword(services, user, input.password);
  if (!user || !right) {
    await evenOut(services, user, input.password);
    await countFailure(services, actor, user);
    throw new DomainError("sign_in_failed");
  }
  const token = await openSession(services, actor, user);
  if (token === undefined) {
    await evenOut(services, user, input.password);
    throw await reasonForRefusal(services, user);
  }
  limits.failedSignIns.giveBack(client);
  await renewHash(services, user, input.password);
  return { token, userId: user.id, role: user.role };
}

/** Ends the session that the actor is in. */
export async function signOut({ db }: Services, actor: UserActor): Promise<void> {
  await inTransaction(db, async (tx) => {
    await deleteSessionById(tx, actor.sessionId);
    await audit(tx, actor, "sign_out", { id: actor.userId, username: actor.username });
  });
}

/** Checks a password; nobody's password costs as much as somebody's. */
async function isRightPassword(
  { passwords }: Services,
  user: User | undefined,
  password: string,
): Promise<boolean> {
  if (user && passwords.kindOf(user.password_hash)) {
    return await passwords.verify(user.password_hash, password);
  }
  await passwords.waste("argon2id", password);
  return false;
}

/**
 * Makes all refusals cost the same: while any account has an imported hash, one hash of each kind,
 * so that the time does not tell imported accounts from others or from none.
 */
async function evenOut(
  { db, passwords }: Services,
  user: User | undefined,
  password: string,
): Promise<void> {
  if (!await anyLegacyHash(db)) return;
  const isLegacy = user !== undefined && passwords.kindOf(user.password_hash) === "pbkdf2-sha512";
  await passwords.waste(isLegacy ? "argon2id" : "pbkdf2-sha512", password);
}

async function countFailure(
  { db, settings }: Services,
  actor: AnonymousActor | UserActor,
  user: User | undefined,
): Promise<void> {
  const { loginFailureLimit: limit, loginFailurePolicy: policy } = settings;
  await inTransaction(db, async (tx) => {
    const failed = await recordFailedLogin(tx, user?.id ?? NOBODY, { limit, policy });
    if (policy === "suspend") {
      // They would be in force again once somebody activates the user. Asked for everybody, for the
      // sake of the same work.
      await deleteSessionsOfUser(tx, failed?.status === "suspended" ? user!.id : NOBODY);
    }
    // Not the name that was typed where nobody has it: it may be a password in the wrong field.
    await audit(tx, actor, "sign_in_failed", user, {
      reason: user ? "password" : "name",
    });
  });
}

/** Only who has just proven the password learns that an address waits to be confirmed. */
async function reasonForRefusal(services: Services, user: User): Promise<DomainError> {
  // As it is now: under a lock the answer must not tell right passwords from wrong ones.
  const current = await findUserById(services.db, user.id);
  const isWaiting = services.settings.emailVerification === "required" &&
    current?.email_verified_at === null && current.status === "active" && !isLocked(current);
  if (!isWaiting) return new DomainError("sign_in_failed");
  await mailVerificationLink(services, user);
  return new DomainError("email_not_verified");
}

/** Replaces an imported or cheaper hash while the password is at hand. */
async function renewHash(
  { db, passwords }: Services,
  user: User,
  password: string,
): Promise<void> {
  if (!passwords.isOutdated(user.password_hash)) return;
  const newHash = await passwords.hash(password);
  await inTransaction(
    db,
    (tx) => replacePasswordHash(tx, user.id, user.password_hash, newHash),
  );
}

function isLocked({ locked_until }: User): boolean {
  return locked_until !== null && locked_until > new Date();
}
