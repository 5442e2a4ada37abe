import { findUserProfileByUserId } from "@/lib/repo/user_profiles.ts";
import type { User } from "@/lib/repo/users.ts";
import type { Actor } from "@/lib/domain/actor.ts";
import { clientOfActor } from "@/lib/domain/rate_limit.ts";
import type { Services } from "@/lib/domain/services.ts";

/** Message for a new password that is the old one. */
export const SAME_PASSWORD = "This is your current password, choose another one";

/** Message for a password that many people have. */
const COMMON_PASSWORD = "This is one of the most common passwords, choose another one";

/** Message for a password of a published list. */
const BREACHED_PASSWORD = "This password is known from a data breach, choose another one";

/** Minimum length of a password that could not be scored in time. */
const UNJUDGED_MIN_CHARS = 15;

/**
 * Returns what is wrong with a new password, or `undefined` if it is good. There are no composition
 * rules: only length, how hard it is to guess for somebody who knows the user's names, and whether
 * it is common or was published.
 *
 * @param names of the user: username, address, full name
 * @throws {QueueFullError} when too many passwords are waiting.
 * @see https://pages.nist.gov/800-63-4/sp800-63b.html#passwordver
 */
export async function passwordFault(
  { settings, strength, breached }: Pick<Services, "settings" | "strength" | "breached">,
  actor: Actor,
  password: string,
  names: readonly string[],
): Promise<string | undefined> {
  const length = [...password].length;
  const { passwordMinLength: minLength, passwordMinScore: minScore } = settings;
  if (length < minLength) {
    return `Password has ${length} characters, at least ${minLength} are needed`;
  }
  const known = [...names, settings.appName, new URL(settings.appUrl).hostname];
  const judged = await strength.judge(password, known, clientOfActor(actor));
  if (!judged && length < UNJUDGED_MIN_CHARS) {
    return `We could not check this password, use at least ${UNJUDGED_MIN_CHARS} characters`;
  }
  if (judged && judged.score < minScore) {
    const advice = [judged.warning, ...judged.suggestions].filter(Boolean).join(" ");
    return `This password is too easy to guess. ${advice}`.trim();
  }
  if (judged?.isCommon) return COMMON_PASSWORD;
  return await breached?.has(password) ? BREACHED_PASSWORD : undefined;
}

/**
 * Returns what is wrong with a new password of somebody who has an account, see
 * {@linkcode passwordFault}.
 *
 * @throws {DomainError} `too_many_requests`: scoring a password may take as long as hashing one.
 */
export async function newPasswordFault(
  services: Services,
  actor: Actor,
  user: User,
  password: string,
): Promise<string | undefined> {
  await services.limits.newPasswords.take(String(user.id));
  const profile = await findUserProfileByUserId(services.db, user.id);
  const names = [user.username, user.email, profile?.full_name ?? ""];
  return await passwordFault(services, actor, password, names);
}
