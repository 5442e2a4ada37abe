import type { User } from "@/lib/repo/users.ts";
import type { Services } from "@/lib/domain/services.ts";

/** Whether a user has a password. Without one they sign in with a passkey, or choose one by e-mail. */
export function hasPassword(
  { passwords }: Pick<Services, "passwords">,
  { password_hash }: Pick<User, "password_hash">,
): boolean {
  return passwords.schemeOf(password_hash) !== undefined;
}
