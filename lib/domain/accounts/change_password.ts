import { inTransaction } from "@/lib/db/transaction.ts";
import { replacePasswordHash } from "@/lib/repo/user_logins.ts";
import { findUserById, type User } from "@/lib/repo/users.ts";
import type { Parsed, Values } from "@/lib/shared/form.ts";
import {
  type changePasswordForm,
  passwordMismatch,
  type resetPasswordForm,
} from "@/lib/shared/sign_in_forms.ts";
import type { UserActor } from "@/lib/domain/actor.ts";
import { audit } from "@/lib/domain/audit.ts";
import { authorise, confirmSession } from "@/lib/domain/authorise.ts";
import { DomainError, type Outcome, refuse } from "@/lib/domain/errors.ts";
import { clientOfActor } from "@/lib/domain/rate_limit.ts";
import type { Services } from "@/lib/domain/services.ts";
import { insertKnownSession, type NewSession } from "./new_session.ts";
import { postLetters } from "./letters.ts";
import { proofFault, WRONG_PASSWORD } from "./password_proof.ts";
import { newPasswordFault, SAME_PASSWORD } from "./password_rules.ts";
import { hasPassword } from "./passwords.ts";
import { revokeTrust } from "./trust.ts";

/** The current password is there if there is one. */
type ChangePasswordInput =
  & Values<typeof resetPasswordForm>
  & Partial<Pick<Values<typeof changePasswordForm>, "current_password">>;

/** Whether the actor has a password, which they have to give before they change it. */
export async function hasOwnPassword(services: Services, actor: UserActor): Promise<boolean> {
  const user = await findUserById(services.db, actor.userId);
  return user !== undefined && hasPassword(services, user);
}

/**
 * Changes the actor's password, or sets one if there is none, ends all their sessions, forgets their
 * other browsers and starts a new session.
 *
 * @throws {DomainError} `step_up_required`, `not_signed_in` if the session ends meanwhile,
 * `too_many_requests` after too many wrong current passwords or too many new ones.
 */
export async function changePassword(
  services: Services,
  actor: UserActor,
  form: Parsed<ChangePasswordInput>,
): Promise<Outcome<NewSession>> {
  authorise(actor, "change_password", actor.userId);
  const user = await findUserById(services.db, actor.userId);
  if (!user) throw new DomainError("not_signed_in");
  const errors = await inputErrors(services, actor, user, form);
  if (!form.ok || Object.keys(errors).length > 0) return refuse(errors);

  const newHash = await services.passwords.hash(form.value.password, clientOfActor(actor));
  const session = await inTransaction(services.db, async (tx) => {
    const replaced = await replacePasswordHash(tx, user.id, user.password_hash, newHash);
    // Another change was faster, and this request does not know the new password.
    if (!replaced) return undefined;
    const proof = await confirmSession(tx, actor, "change_password", user.id);
    await revokeTrust(tx, [user.id]);
    await audit(tx, actor, "change_password", user);
    await postLetters(tx, actor, [{ about: "password_changed", to: user.email, userId: user.id }]);
    return await insertKnownSession(tx, actor, user.id, proof?.proven_by);
  });
  if (session === undefined) {
    return hasPassword(services, user)
      ? refuse({ current_password: WRONG_PASSWORD })
      : refuse({ password: "Somebody else has just set a password: load the page again" });
  }
  services.jobs.wake("letter");
  return { ok: true, value: session };
}

/** Returns everything that is wrong at once. */
async function inputErrors(
  services: Services,
  actor: UserActor,
  user: User,
  form: Parsed<ChangePasswordInput>,
): Promise<Record<string, string>> {
  const { current_password: current, password, password2 } = form.ok ? form.value : form.rest;
  const errors: Record<string, string> = form.ok ? {} : { ...form.errors };
  const proof = !hasPassword(services, user)
    ? undefined
    : current === undefined
    ? WRONG_PASSWORD
    : await proofFault(services, actor, user, current);
  if (proof !== undefined) errors.current_password ??= proof;
  if (password === undefined) return errors;
  if (password2 !== undefined) Object.assign(errors, passwordMismatch({ password, password2 }));
  if (errors.current_password === undefined && password === current) {
    return { ...errors, password: SAME_PASSWORD };
  }
  const fault = await newPasswordFault(services, actor, user, password);
  return fault === undefined ? errors : { ...errors, password: fault };
}
