import { inTransaction } from "@/lib/db/transaction.ts";
import type { NewUser, User } from "@/lib/repo/users.ts";
import type { Parsed } from "@/lib/shared/form.ts";
import type { Settings } from "@/lib/settings.ts";
import type { AnonymousActor } from "@/lib/domain/actor.ts";
import { DomainError, type Outcome } from "@/lib/domain/errors.ts";
import { clientOfActor } from "@/lib/domain/rate_limit.ts";
import type { Services } from "@/lib/domain/services.ts";
import { insertAccount, insertAccountUnlessAddressIsTaken } from "@/lib/domain/users/new_user.ts";
import { mayRequestLetter, postLetters } from "./letters.ts";
import { makeAccount, type RegisterInput } from "./new_account.ts";
import { type NewSession, openSession } from "./new_session.ts";

/** The result of a registration. */
export interface Registered {
  /** Whether the e-mail address must be confirmed before signing in. */
  readonly verification: "required" | "optional";
  /** As typed, whether or not it now has an account. For the sign-in form. */
  readonly username: string;
  /** As typed. */
  readonly email: string;
  /** Absent if none was wanted or the address must be confirmed first. */
  readonly session?: NewSession;
}

/** Why a visitor without an invitation cannot register, if so. */
export function reasonNotToRegister(
  { registration }: Pick<Settings, "registration">,
): "registration_closed" | "invitation_needed" | undefined {
  if (registration === "open") return undefined;
  return registration === "invite" ? "invitation_needed" : "registration_closed";
}

/**
 * Creates an account for a visitor.
 *
 * If addresses must be verified, a taken address gets the same answer as a new one, and its owner
 * an e-mail.
 *
 * @param session whether to sign the new user in, if nothing more is needed
 * @throws {DomainError} `registration_closed`, `invitation_needed`, `too_many_requests`
 */
export async function register(
  services: Services,
  actor: AnonymousActor,
  form: Parsed<RegisterInput>,
  session: "begin" | "none",
): Promise<Outcome<Registered>> {
  const { settings, limits } = services;
  const closed = reasonNotToRegister(settings);
  if (closed) throw new DomainError(closed);
  await limits.registrations.take(clientOfActor(actor));
  const verification = settings.emailVerification;
  return await makeAccount(services, actor, form, async (account) => {
    const registered = { verification, username: account.username, email: account.email };
    if (verification === "required") {
      await registerSecretly(services, actor, account);
      return registered;
    }
    const user = await registerOpenly(services, actor, account);
    const opened = session === "begin" ? await openSession(services, actor, user) : undefined;
    return { ...registered, ...(opened?.kind === "session" && { session: opened }) };
  });
}

async function registerOpenly(
  { db, jobs }: Services,
  actor: AnonymousActor,
  account: NewUser,
): Promise<User> {
  const user = await inTransaction(db, (tx) => insertAccount(tx, actor, "register", account));
  await jobs.runOf(user.id);
  return user;
}

/**
 * Runs the same statements for taken and new addresses. E-mails and hooks run after the answer, so
 * that their time reveals nothing.
 */
async function registerSecretly(
  services: Services,
  actor: AnonymousActor,
  account: NewUser,
): Promise<void> {
  const { db, jobs } = services;
  const letter = {
    about: "registered",
    to: account.email,
    // The person who proves the address gets the account with the password that they chose.
    passwordHash: account.password_hash,
  } as const;
  const letters = await mayRequestLetter(services, letter) ? [letter] : [];
  const user = await inTransaction(db, async (tx) => {
    const inserted = await insertAccountUnlessAddressIsTaken(tx, actor, account);
    await postLetters(tx, actor, letters);
    return inserted;
  });
  jobs.wake("letter");
  if (user !== undefined) void jobs.runOf(user.id);
}
