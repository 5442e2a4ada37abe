import { inTransaction } from "@/lib/db/transaction.ts";
import { findUserById, updateUser } from "@/lib/repo/users.ts";
import { resetPasswordForm } from "@/lib/shared/sign_in_forms.ts";
import type { TaskActor } from "@/lib/domain/actor.ts";
import { audit } from "@/lib/domain/audit.ts";
import { DomainError, type Outcome, refuse } from "@/lib/domain/errors.ts";
import { clientOfActor } from "@/lib/domain/rate_limit.ts";
import type { Services } from "@/lib/domain/services.ts";
import { lockUser } from "@/lib/domain/users/admins.ts";
import { postLetters } from "./letters.ts";
import { newPasswordFault } from "./password_rules.ts";
import { revokeTrust } from "./trust.ts";

/**
 * Sets a user's password for an operator, where no e-mail can be sent. Ends all sessions and forgets
 * failed sign-ins.
 *
 * @throws {DomainError} `user_not_found`
 */
export async function setPassword(
  services: Services,
  actor: TaskActor,
  { user_id, password }: { readonly user_id: number; readonly password: string },
): Promise<Outcome<void>> {
  const user = await findUserById(services.db, user_id);
  if (!user) throw new DomainError("user_not_found");
  const read = resetPasswordForm.password.read(password);
  const fault = "error" in read
    ? read.error
    : await newPasswordFault(services, actor, user, password);
  if (fault !== undefined) return refuse({ password: fault });
  const password_hash = await services.passwords.hash(password, clientOfActor(actor));
  await inTransaction(services.db, async (tx) => {
    const { id: userId, email } = await lockUser(tx, user_id);
    await updateUser(tx, userId, { password_hash, failed_logins: 0, locked_until: null });
    await revokeTrust(tx, [userId]);
    await audit(tx, actor, "set_password", user);
    await postLetters(tx, actor, [{ about: "password_changed", to: email, userId }]);
  });
  return { ok: true, value: undefined };
}
