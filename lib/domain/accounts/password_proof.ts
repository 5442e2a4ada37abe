import type { User } from "@/lib/repo/users.ts";
import type { Actor } from "@/lib/domain/actor.ts";
import { audit } from "@/lib/domain/audit.ts";
import { clientOfActor } from "@/lib/domain/rate_limit.ts";
import type { Services } from "@/lib/domain/services.ts";

/** Message for a wrong current password. */
export const WRONG_PASSWORD = "This is not your current password";

/**
 * Checks the password by which a user proves who they are. Returns what is wrong, or `undefined` if
 * it is right. A wrong one is in the audit log.
 *
 * @throws {DomainError} `too_many_requests` after too many wrong ones, so that a stolen session
 * cannot be used to guess the password.
 */
export async function proofFault(
  { db, limits, passwords }: Services,
  actor: Actor,
  user: Pick<User, "id" | "username" | "password_hash">,
  password: string,
): Promise<string | undefined> {
  const account = String(user.id);
  await limits.passwordProofs.take(account);
  if (!await passwords.verify(user.password_hash, password, clientOfActor(actor))) {
    await audit(db, actor, "refuse_password", user);
    return WRONG_PASSWORD;
  }
  await limits.passwordProofs.giveBack(account);
}
