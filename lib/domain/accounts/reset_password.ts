import { hashToken } from "@/lib/crypto/token.ts";
import { deleteApiKeysOfUsers, listApiKeysOfUser } from "@/lib/repo/api_keys.ts";
import { findOneTimeToken } from "@/lib/repo/one_time_tokens.ts";
import { findUserById, updateUser, type User } from "@/lib/repo/users.ts";
import type { Parsed, Values } from "@/lib/shared/form.ts";
import { passwordMismatch, type resetForm } from "@/lib/shared/sign_in_forms.ts";
import type { AnonymousActor, UserActor } from "@/lib/domain/actor.ts";
import { audit } from "@/lib/domain/audit.ts";
import { DomainError, type Outcome, refuse } from "@/lib/domain/errors.ts";
import { clientOfActor } from "@/lib/domain/rate_limit.ts";
import type { Services } from "@/lib/domain/services.ts";
import { postLetters, requestLetter } from "./letters.ts";
import { useOneTimeToken } from "./one_time.ts";
import { newPasswordFault, SAME_PASSWORD } from "./password_rules.ts";
import { revokeTrust } from "./trust.ts";

type ResetPasswordInput = Values<typeof resetForm>;

/**
 * Sends a link for a new password to an address, if it has an account. The answer and the work
 * before it are the same for every address.
 *
 * @throws {DomainError} `too_many_requests`
 */
export async function forgotPassword(
  services: Services,
  actor: AnonymousActor | UserActor,
  email: string,
): Promise<void> {
  await services.limits.letterRequests.take(clientOfActor(actor));
  await requestLetter(services, actor, { about: "forgotten", to: email });
}

/**
 * Sets the password of the user whose link this is, and ends all their sessions, and their API keys
 * if they want it. It also unlocks the account and verifies the address, which only its owner can
 * read. Nobody is signed in by it.
 *
 * @throws {DomainError} `link_invalid`, `too_many_requests`
 */
export async function resetPassword(
  services: Services,
  actor: AnonymousActor | UserActor,
  token: string,
  form: Parsed<ResetPasswordInput>,
): Promise<Outcome<{ readonly username: string }>> {
  const user = await ownerOf(services, token);
  const errors = await inputErrors(services, actor, user, form);
  if (!form.ok || Object.keys(errors).length > 0) {
    // If the link was used meanwhile, its new password must not be told apart from the old one.
    await ownerOf(services, token);
    return refuse(errors);
  }
  const client = clientOfActor(actor);
  const password_hash = await services.passwords.hash(form.value.password, client);
  const value = await useOneTimeToken(services, "reset_password", token, async (tx, owner) => {
    await updateUser(tx, owner.id, {
      password_hash,
      failed_logins: 0,
      locked_until: null,
      email_verified_at: owner.email_verified_at ?? new Date(),
    });
    await revokeTrust(tx, [owner.id]);
    const keys = form.value.end_api_keys ? await deleteApiKeysOfUsers(tx, [owner.id]) : [];
    const ended = keys.length;
    await audit(tx, actor, "reset_password", owner, { api_keys_ended: ended });
    const letter = { to: owner.email, userId: owner.id };
    await postLetters(tx, actor, [{ about: "password_changed", ...letter }]);
    if (ended > 0) await postLetters(tx, actor, [{ about: "api_keys_ended", ...letter }]);
    return { username: owner.username };
  });
  services.jobs.wake("letter");
  return { ok: true, value };
}

/** Names the API keys of the user whose link this is. The link proves that it is them. */
export async function apiKeysOfLink({ db }: Services, token: string): Promise<string[]> {
  const found = await findOneTimeToken(db, "reset_password", hashToken(token));
  if (!found?.user_id) return [];
  const keys = await listApiKeysOfUser(db, found.user_id);
  return keys.map(({ name, prefix }) => `${name} (${prefix}…)`);
}

/** Finds whose link it is, before a password is hashed for it. */
async function ownerOf({ db }: Services, token: string): Promise<User> {
  const found = await findOneTimeToken(db, "reset_password", hashToken(token));
  const user = found?.user_id && await findUserById(db, found.user_id);
  if (!user) throw new DomainError("link_invalid");
  return user;
}

/** Returns everything that is wrong at once. The link still works. */
async function inputErrors(
  services: Services,
  actor: AnonymousActor | UserActor,
  user: User,
  form: Parsed<ResetPasswordInput>,
): Promise<Record<string, string>> {
  const { password, password2 } = form.ok ? form.value : form.rest;
  const errors: Record<string, string> = form.ok ? {} : { ...form.errors };
  if (password === undefined) return errors;
  if (password2 !== undefined) Object.assign(errors, passwordMismatch({ password, password2 }));
  const fault = await newPasswordFault(services, actor, user, password) ??
    await reuseFault(services, actor, user, password);
  return fault === undefined ? errors : { ...errors, password: fault };
}

/** The password that somebody may have learned must not stay in use. */
async function reuseFault(
  { passwords }: Services,
  actor: AnonymousActor | UserActor,
  user: User,
  password: string,
): Promise<string | undefined> {
  const isKnown = passwords.schemeOf(user.password_hash) !== undefined;
  return isKnown && await passwords.verify(user.password_hash, password, clientOfActor(actor))
    ? SAME_PASSWORD
    : undefined;
}
