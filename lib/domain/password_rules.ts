import { judgePassword } from "@/lib/shared/strength.ts";
import type { Settings } from "@/lib/settings.ts";

/**
 * What is wrong with a new password, in words, or `undefined` if it will do. There are no rules of
 * composition: length, and how hard it is to guess for somebody who knows the user's names.
 *
 * @see https://pages.nist.gov/800-63-4/sp800-63b.html#passwordver
 */
export async function passwordFault(
  settings: Pick<Settings, "passwordMinLength" | "passwordMinScore">,
  password: string,
  userInputs: readonly string[],
): Promise<string | undefined> {
  const length = [...password].length;
  const { passwordMinLength: minLength, passwordMinScore: minScore } = settings;
  if (length < minLength) {
    return `Password has ${length} characters, at least ${minLength} are needed`;
  }
  const { score, warning, suggestions } = await judgePassword(password, userInputs);
  if (score >= minScore) return undefined;
  const advice = [warning, ...suggestions].filter(Boolean).join(" ");
  return `This password is too easy to guess. ${advice}`.trim();
}
