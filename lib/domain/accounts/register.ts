import { inTransaction } from "@/lib/db/transaction.ts";
import { readableAddress } from "@/lib/readable_address.ts";
import { deleteSessionById } from "@/lib/repo/sessions.ts";
import { anyAdmin, lockAdmins, type NewUser, type User } from "@/lib/repo/users.ts";
import type { registerForm } from "@/lib/shared/user_forms.ts";
import { passwordMismatch } from "@/lib/shared/user_forms.ts";
import type { Parsed, Values } from "@/lib/shared/form.ts";
import type { Role } from "@/lib/shared/users.ts";
import type { Actor, AnonymousActor, TaskActor, UserActor } from "@/lib/domain/actor.ts";
import { mailAlreadyRegistered, mailVerificationLink } from "./email_verification.ts";
import { DomainError, type Outcome } from "@/lib/domain/errors.ts";
import {
  insertAccount,
  insertAccountUnlessAddressIsTaken,
  refuseTaken,
  takenErrors,
} from "@/lib/domain/users/new_user.ts";
import { passwordFault } from "./password_rules.ts";
import { clientOf } from "@/lib/domain/rate_limit.ts";
import type { Services } from "@/lib/domain/services.ts";
import { insertNewSession, openSession } from "./sign_in.ts";

type RegisterInput = Values<typeof registerForm>;

/** What somebody who registers is told next. */
export interface Registered {
  /** Whether the address has to be proven by the link in a letter before signing in. */
  readonly verification: "required" | "optional";
  /** As it was typed, whether or not it has an account now: for the form of the sign-in page. */
  readonly username: string;
  /** Of the session that was begun; absent where none was wanted, or the address is to be proven. */
  readonly token?: string;
}

/**
 * Makes an account for somebody who asks for one.
 *
 * Where addresses have to be verified, an address that has an account gets the same answer as any
 * other, and its owner a letter.
 *
 * @param session whether to sign the newcomer in, if signing in needs nothing more
 * @throws {DomainError} `registration_closed`, `too_many_requests`
 */
export async function register(
  services: Services,
  actor: AnonymousActor,
  form: Parsed<RegisterInput>,
  session: "begin" | "none",
): Promise<Outcome<Registered>> {
  const { settings, limits, passwords } = services;
  if (settings.registration !== "open") throw new DomainError("registration_closed");
  limits.registrations.take(clientOf(actor.source.ip));
  const checked = await checkNewAccount(services, actor, form);
  if (!checked.ok) return checked;

  const verification = settings.emailVerification;
  const { username, password } = checked.value;
  const email = readableAddress(checked.value.email);
  const account = { username, email, password_hash: await passwords.hash(password) };
  try {
    if (verification === "required") {
      await registerSecretly(services, actor, account);
      return { ok: true, value: { verification, username } };
    }
    const user = await registerOpenly(services, actor, account);
    const token = session === "begin" ? await openSession(services, actor, user) : undefined;
    return { ok: true, value: { verification, username, ...(token !== undefined && { token }) } };
  } catch (error) {
    return refuseTaken(error);
  }
}

async function registerOpenly(
  { db, hooks }: Services,
  actor: AnonymousActor,
  account: NewUser,
): Promise<User> {
  const user = await inTransaction(db, (tx) => insertAccount(tx, actor, "register", account));
  await hooks.runEventsOf(user.id);
  return user;
}

/**
 * Runs the same statements for an address that has an account as for a new one. Letters and hooks
 * wait until the answer is on its way, so that their time tells nothing either.
 */
async function registerSecretly(
  services: Services,
  actor: AnonymousActor,
  account: NewUser,
): Promise<void> {
  const { db, hooks, log } = services;
  const user = await inTransaction(
    db,
    (tx) => insertAccountUnlessAddressIsTaken(tx, actor, account),
  );
  const finish = async () => {
    if (user === undefined) return await mailAlreadyRegistered(services, account.email);
    await hooks.runEventsOf(user.id);
    await mailVerificationLink(services, user);
  };
  finish().catch((error: unknown) => {
    log.error({ err: error }, "No letter was sent; the user gets one by signing in");
  });
}

/** What {@linkcode createUser} needs. */
export interface NewAccount {
  readonly username: string;
  readonly email: string;
  readonly password: string;
  readonly role: Role;
}

/** Makes an account on an operator's word: its address counts as verified. */
export async function createUser(
  services: Services,
  actor: TaskActor,
  input: NewAccount,
): Promise<Outcome<{ user_id: number }>> {
  const { username, email, password, role } = input;
  const value = { username, email, password, password2: password };
  const checked = await checkNewAccount(services, actor, { ok: true, value });
  if (!checked.ok) return checked;
  const password_hash = await services.passwords.hash(input.password);
  try {
    const user = await inTransaction(services.db, async (tx) => {
      // Whoever makes the first admin in the browser at the same time has to see this one.
      if (role === "admin") await lockAdmins(tx);
      return await insertAccount(tx, actor, "create_user", {
        username,
        email: readableAddress(email),
        role,
        password_hash,
        email_verified_at: new Date(),
      });
    });
    await services.hooks.runEventsOf(user.id);
    return { ok: true, value: { user_id: user.id } };
  } catch (error) {
    return refuseTaken(error);
  }
}

/**
 * Makes the first admin, who is signed in at once, and whose address counts as verified.
 *
 * @throws {DomainError} `admin_exists` for the second of two who try at the same time.
 */
export async function registerFirstAdmin(
  services: Services,
  actor: AnonymousActor | UserActor,
  form: Parsed<RegisterInput>,
): Promise<Outcome<{ readonly user_id: number; readonly token: string }>> {
  const checked = await checkNewAccount(services, actor, form);
  if (!checked.ok) return checked;
  const { username, password } = checked.value;
  const email = readableAddress(checked.value.email);
  const password_hash = await services.passwords.hash(password);
  const email_verified_at = new Date();
  const account = { username, email, role: "admin", password_hash, email_verified_at } as const;
  try {
    const made = await inTransaction(services.db, async (tx) => {
      await lockAdmins(tx);
      if (await anyAdmin(tx)) throw new DomainError("admin_exists");
      const user = await insertAccount(tx, actor, "set_up", account);
      if (actor.kind === "user") await deleteSessionById(tx, actor.sessionId);
      return { user_id: user.id, token: await insertNewSession(tx, actor, user.id) };
    });
    await services.hooks.runEventsOf(made.user_id);
    return { ok: true, value: made };
  } catch (error) {
    return refuseTaken(error);
  }
}

/** Says all that is wrong with a new account at once, as far as it may be told. */
async function checkNewAccount(
  services: Services,
  actor: Actor,
  form: Parsed<RegisterInput>,
): Promise<Outcome<RegisterInput>> {
  const { username, email, password, password2 } = form.ok ? form.value : form.rest;
  const faults: Record<string, string> = form.ok ? {} : { ...form.errors };
  if (password !== undefined) {
    const ownWords = [username, email].filter((word) => word !== undefined);
    const fault = await passwordFault(services, actor, password, ownWords);
    if (fault !== undefined) faults.password = fault;
    if (password2 !== undefined) Object.assign(faults, passwordMismatch({ password, password2 }));
  }
  // Where addresses are kept secret, only the letter tells that one has an account.
  const tellsEmail = services.settings.emailVerification !== "required";
  const taken = await takenErrors(services.db, username, tellsEmail ? email : undefined);
  const errors = { ...taken, ...faults };
  if (form.ok && Object.keys(errors).length === 0) return form;
  return { ok: false, errors, conflict: Object.keys(faults).length === 0 };
}
