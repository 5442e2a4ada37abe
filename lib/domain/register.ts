import { inTransaction } from "@/lib/db/transaction.ts";
import type { User } from "@/lib/repo/users.ts";
import type { registerForm } from "@/lib/shared/user_forms.ts";
import { passwordMismatch } from "@/lib/shared/user_forms.ts";
import type { Values } from "@/lib/shared/form.ts";
import type { Role } from "@/lib/shared/users.ts";
import type { AnonymousActor, TaskActor } from "./actor.ts";
import { mailAlreadyRegistered, mailVerificationLink } from "./email_verification.ts";
import { DomainError, type Outcome, refuse } from "./errors.ts";
import { insertAccount, refuseTaken, takenField } from "./new_user.ts";
import { passwordFault } from "./password_rules.ts";
import { clientOf } from "./rate_limit.ts";
import type { Services } from "./services.ts";

/** What somebody who registers is told next. */
export interface Registered {
  /** Whether the address has to be proven by the link in a letter before signing in. */
  readonly verification: "required" | "optional";
}

/**
 * Makes an account for somebody who asks for one.
 *
 * Where addresses have to be verified, an address that has an account gets the same answer as any
 * other, and its owner a letter.
 *
 * @throws {DomainError} `registration_closed`, `too_many_requests`
 */
export async function register(
  services: Services,
  actor: AnonymousActor,
  input: Values<typeof registerForm>,
): Promise<Outcome<Registered>> {
  const { settings, limits, passwords, hooks } = services;
  if (settings.registration !== "open") throw new DomainError("registration_closed");
  limits.registrations.take(clientOf(actor.source.ip));
  const errors = await newPasswordErrors(services, actor, input);
  if (errors) return refuse(errors);

  const verification = settings.emailVerification;
  const password_hash = await passwords.hash(input.password);
  const { username, email } = input;
  let user: User;
  try {
    user = await inTransaction(
      services.db,
      (tx) => insertAccount(tx, actor, "register", { username, email, password_hash }),
    );
  } catch (error) {
    if (verification !== "required" || takenField(error) !== "email") return refuseTaken(error);
    await mailAlreadyRegistered(services, email);
    return { ok: true, value: { verification } };
  }
  await hooks.runOpenEvents();
  if (verification === "required") await mailVerificationLink(services, user);
  return { ok: true, value: { verification } };
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
  const errors = await newPasswordErrors(services, actor, { ...input, password2: input.password });
  if (errors) return refuse(errors);
  const { username, email, role } = input;
  const password_hash = await services.passwords.hash(input.password);
  try {
    const user = await inTransaction(services.db, (tx) =>
      insertAccount(tx, actor, "create_user", {
        username,
        email,
        role,
        password_hash,
        email_verified_at: new Date(),
      }));
    await services.hooks.runOpenEvents();
    return { ok: true, value: { user_id: user.id } };
  } catch (error) {
    return refuseTaken(error);
  }
}

async function newPasswordErrors(
  services: Services,
  actor: AnonymousActor | TaskActor,
  input: { username: string; email: string; password: string; password2: string },
): Promise<Record<string, string> | undefined> {
  const mismatch = passwordMismatch(input);
  if (mismatch) return mismatch;
  const fault = await passwordFault(services, actor, input.password, [
    input.username,
    input.email,
  ]);
  return fault === undefined ? undefined : { password: fault };
}
