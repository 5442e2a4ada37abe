import { inTransaction } from "@/lib/db/transaction.ts";
import type { NewUser, User } from "@/lib/repo/users.ts";
import type { Parsed } from "@/lib/shared/form.ts";
import type { Settings } from "@/lib/settings.ts";
import type { AnonymousActor } from "@/lib/domain/actor.ts";
import { DomainError, type Outcome } from "@/lib/domain/errors.ts";
import { clientOfActor } from "@/lib/domain/rate_limit.ts";
import type { Services } from "@/lib/domain/services.ts";
import { rehearse } from "@/lib/domain/operation/rehearse.ts";
import { insertAccount, insertAccountUnlessAddressIsTaken } from "@/lib/domain/users/new_user.ts";
import { mayRequestLetter, type NewLetter, postLetters } from "./letters.ts";
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

/** How somebody registers. */
export interface RegisterOptions {
  /** Whether to sign the new user in, if nothing more is needed. */
  readonly session: "begin" | "none";
  /** A `program` has filled in a field that people do not see. */
  readonly visitor: "person" | "program";
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
 * @throws {DomainError} `registration_closed`, `invitation_needed`, `too_many_requests`
 */
export async function register(
  services: Services,
  actor: AnonymousActor,
  form: Parsed<RegisterInput>,
  { session, visitor }: RegisterOptions,
): Promise<Outcome<Registered>> {
  const { settings, limits } = services;
  const closed = reasonNotToRegister(settings);
  if (closed) throw new DomainError(closed);
  await limits.registrations.take(clientOfActor(actor));
  return await makeAccount(services, actor, form, async (account) => {
    const letters = await lettersFor(services, account);
    const store = (parts: Services) => storeAccount(parts, actor, { account, letters, session });
    // A program gets the usual answer after the same work, and nothing is kept.
    return await (visitor === "program" ? rehearse(services, store) : store(services));
  });
}

/** The e-mail to the address of a new account, if one is due. */
async function lettersFor(
  services: Services,
  { email: to, password_hash }: NewUser,
): Promise<NewLetter[]> {
  if (services.settings.emailVerification !== "required") return [];
  // The person who proves the address gets the account with the password that they chose.
  const letter = { about: "registered", to, passwordHash: password_hash } as const;
  return await mayRequestLetter(services, letter) ? [letter] : [];
}

/** What a registration writes. */
interface Registration extends Pick<RegisterOptions, "session"> {
  readonly account: NewUser;
  readonly letters: readonly NewLetter[];
}

async function storeAccount(
  services: Services,
  actor: AnonymousActor,
  registration: Registration,
): Promise<Registered> {
  const { account, session } = registration;
  const verification = services.settings.emailVerification;
  const registered = { verification, username: account.username, email: account.email };
  if (verification === "required") {
    await registerSecretly(services, actor, registration);
    return registered;
  }
  const user = await registerOpenly(services, actor, account);
  const opened = session === "begin" ? await openSession(services, actor, user) : undefined;
  return { ...registered, ...(opened?.kind === "session" && { session: opened }) };
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
  { db, jobs }: Services,
  actor: AnonymousActor,
  { account, letters }: Registration,
): Promise<void> {
  const user = await inTransaction(db, async (tx) => {
    const inserted = await insertAccountUnlessAddressIsTaken(tx, actor, account);
    await postLetters(tx, actor, letters);
    return inserted;
  });
  jobs.wake("letter");
  if (user !== undefined) void jobs.runOf(user.id);
}
