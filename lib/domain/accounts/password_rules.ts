import type { Actor } from "@/lib/domain/actor.ts";
import { clientOf } from "@/lib/domain/rate_limit.ts";
import type { Services } from "@/lib/domain/services.ts";

/** A password that could not be judged in time is taken from this length on. */
const UNJUDGED_MIN_CHARS = 15;

/**
 * What is wrong with a new password, in words, or `undefined` if it will do. There are no rules of
 * composition: length, and how hard it is to guess for somebody who knows the user's names.
 *
 * @param names the user's own: username, address, full name
 * @throws {QueueFullError} when too many passwords wait to be judged already.
 * @see https://pages.nist.gov/800-63-4/sp800-63b.html#passwordver
 */
export async function passwordFault(
  { settings, strength }: Pick<Services, "settings" | "strength">,
  actor: Actor,
  password: string,
  names: readonly string[],
): Promise<string | undefined> {
  const length = [...password].length;
  const { passwordMinLength: minLength, passwordMinScore: minScore } = settings;
  if (length < minLength) {
    return `Password has ${length} characters, at least ${minLength} are needed`;
  }
  const known = [...names, new URL(settings.appUrl).hostname];
  const client = actor.kind === "task" ? actor.kind : clientOf(actor.source.ip);
  const judged = await strength.judge(password, known, client);
  if (!judged) {
    return length >= UNJUDGED_MIN_CHARS
      ? undefined
      : `We could not check this password, use at least ${UNJUDGED_MIN_CHARS} characters`;
  }
  if (judged.score >= minScore) return undefined;
  const advice = [judged.warning, ...judged.suggestions].filter(Boolean).join(" ");
  return `This password is too easy to guess. ${advice}`.trim();
}
