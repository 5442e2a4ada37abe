import { readableAddress } from "@/lib/readable_address.ts";
import type { NewUser } from "@/lib/repo/users.ts";
import type { Parsed, Values } from "@/lib/shared/form.ts";
import { passwordMismatch, type registerForm } from "@/lib/shared/sign_in_forms.ts";
import type { Actor } from "@/lib/domain/actor.ts";
import type { Outcome } from "@/lib/domain/errors.ts";
import { clientOfActor } from "@/lib/domain/rate_limit.ts";
import type { Services } from "@/lib/domain/services.ts";
import { refuseTaken, takenErrors } from "@/lib/domain/users/new_user.ts";
import { passwordFault } from "./password_rules.ts";

/** The input for a new account. */
export type RegisterInput = Values<typeof registerForm>;

/**
 * Checks a new account, hashes its password and has it stored.
 *
 * @param store opens the transaction; it may find that the name or address was taken meanwhile
 * @throws what `store` throws
 */
export async function makeAccount<Made>(
  services: Services,
  actor: Actor,
  form: Parsed<RegisterInput>,
  store: (account: NewUser) => Promise<Made>,
): Promise<Outcome<Made>> {
  const checked = await checkNewAccount(services, actor, form);
  if (!checked.ok) return checked;
  const { username, email, password } = checked.value;
  const password_hash = await services.passwords.hash(password, clientOfActor(actor));
  try {
    const value = await store({ username, email: readableAddress(email), password_hash });
    return { ok: true, value };
  } catch (error) {
    return refuseTaken(error);
  }
}

/** Returns everything that is wrong with a new account, as far as it may be revealed. */
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
  // If addresses are kept secret, only the e-mail says that one has an account.
  const tellsEmail = services.settings.emailVerification !== "required";
  const taken = await takenErrors(services.db, username, tellsEmail ? email : undefined);
  const errors = { ...taken, ...faults };
  if (form.ok && Object.keys(errors).length === 0) return form;
  return { ok: false, errors, conflict: Object.keys(faults).length === 0 };
}
