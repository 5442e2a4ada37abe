import { emailIsTaken } from "@/lib/repo/users.ts";
import { registerForm } from "@/lib/shared/sign_in_forms.ts";
import type { Actor } from "@/lib/domain/actor.ts";
import { DomainError } from "@/lib/domain/errors.ts";
import { clientOfActor } from "@/lib/domain/rate_limit.ts";
import type { Services } from "@/lib/domain/services.ts";

/** `GET /email_exists`. */
export interface EmailAnswer {
  readonly email: string;
  readonly valid: boolean;
  readonly exists: boolean;
}

/**
 * Checks whether an address has an account. The user `exceptUserId` does not count.
 *
 * @throws {DomainError} `not_signed_in` for signed-out visitors if addresses are kept secret,
 * `too_many_requests`
 */
export async function emailExists(
  { db, limits, settings }: Services,
  actor: Actor,
  text: string,
  exceptUserId: number | undefined,
): Promise<EmailAnswer> {
  if (actor.kind === "anonymous" && settings.emailVerification === "required") {
    throw new DomainError("not_signed_in");
  }
  if (actor.kind !== "task") await limits.emailChecks.take(clientOfActor(actor));
  const checked = registerForm.email.read(text);
  if ("error" in checked) return { email: text, valid: false, exists: false };
  const exists = await emailIsTaken(db, checked.value, exceptUserId);
  return { email: checked.value, valid: true, exists };
}
