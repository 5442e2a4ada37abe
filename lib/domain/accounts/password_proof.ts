import type { User } from "@/lib/repo/users.ts";
import type { Services } from "@/lib/domain/services.ts";

/** Said of a password that does not prove who somebody is. */
export const WRONG_PASSWORD = "This is not your current password";

/**
 * Says what is wrong with the password by which a user proves who they are; `undefined` if it is
 * theirs.
 *
 * @throws {DomainError} `too_many_requests` after too many wrong ones: a stolen session must not
 * be a way to guess the password.
 */
export async function proofFault(
  { limits, passwords }: Services,
  user: Pick<User, "id" | "password_hash">,
  password: string,
): Promise<string | undefined> {
  const client = String(user.id);
  limits.passwordProofs.take(client);
  if (!await passwords.verify(user.password_hash, password)) return WRONG_PASSWORD;
  limits.passwordProofs.giveBack(client);
}
