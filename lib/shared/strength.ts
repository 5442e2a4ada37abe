import type { OptionsType, ZxcvbnFactory } from "@zxcvbn-ts/core";
import { knownWords, withoutWords } from "./known_words.ts";

/** zxcvbn's verdict on a password. */
export interface Strength {
  /** From 0 (guessed at once) to 4 (practically unguessable). */
  readonly score: number;
  readonly label: string;
  /** Why it is weak, or empty. */
  readonly warning: string;
  /** How to make it stronger. */
  readonly suggestions: readonly string[];
}

/** The label of each score, weakest first. */
export const STRENGTH_LABELS = ["Very weak", "Weak", "Fair", "Good", "Strong"] as const;

/** The highest score. */
export const MAX_STRENGTH = STRENGTH_LABELS.length - 1;

/**
 * Only this many characters are scored, because the work grows with the square of the length. The
 * rest can only make a password stronger.
 */
const JUDGED_CHARS = 32;

/** Readings in which `4` is an `a` or `1` an `l`. Each costs a full lookup. */
const MAX_READINGS = 5;

/** Word lists for zxcvbn by name, most common words first. */
export type WordLists = NonNullable<OptionsType["dictionary"]>;

/**
 * Scores a password with the browser's dictionaries. They load with the first call, because they
 * are large and most visits do not need them.
 *
 * @param userInputs what an attacker tries first: names and address of the user, and the site's
 * name
 */
export async function judgePassword(
  password: string,
  userInputs: readonly string[],
): Promise<Strength> {
  return await judgeWith(await loadZxcvbn(), password, userInputs);
}

/**
 * Scores a password, on the server and in the browser. The weakest of its readings counts.
 *
 * @see https://www.usenix.org/conference/usenixsecurity16/technical-sessions/presentation/wheeler
 */
export async function judgeWith(
  zxcvbn: ZxcvbnFactory,
  password: string,
  userInputs: readonly string[],
): Promise<Strength> {
  const known = knownWords(userInputs, JUDGED_CHARS);
  const spellings = await spellingsOf(password.slice(0, JUDGED_CHARS));
  // zxcvbn takes `j.smith-jones` for four random words, so the rest without names counts as well.
  const readings = new Set(spellings.flatMap((text) => [text, ...withoutWords(text, known)]));
  const results = [...readings].map((reading) => zxcvbn.check(reading, known));
  const { score, feedback } = results.reduce((a, b) => b.guesses < a.guesses ? b : a);
  return {
    score,
    label: STRENGTH_LABELS[score],
    warning: feedback.warning ?? "",
    suggestions: feedback.suggestions,
  };
}

/** Returns the password, and its other spellings if it has letters of other alphabets. */
async function spellingsOf(password: string): Promise<string[]> {
  if (/^[\x20-\x7e]*$/.test(password)) return [password];
  const { latinSpellings } = await import("./latin_spellings.ts");
  return [password, ...latinSpellings(password)];
}

/**
 * Starts to load what {@linkcode judgePassword} needs. A failed load is repeated at the next call.
 */
export function loadZxcvbn(): Promise<ZxcvbnFactory> {
  loading ??= makeZxcvbn().catch((error) => {
    loading = undefined;
    throw error;
  });
  return loading;
}

let loading: Promise<ZxcvbnFactory> | undefined;

/** Creates a zxcvbn that also knows the words of `more`. */
export async function makeZxcvbn(more: WordLists = {}): Promise<ZxcvbnFactory> {
  const [{ ZxcvbnFactory }, common, english] = await Promise.all([
    import("@zxcvbn-ts/core"),
    import("@zxcvbn-ts/language-common"),
    import("@zxcvbn-ts/language-en"),
  ]);
  return new ZxcvbnFactory({
    translations: {
      ...english.translations,
      warnings: {
        ...english.translations.warnings,
        userInputs: "Your own names and the name of this site are guessed first.",
      },
    },
    graphs: common.adjacencyGraphs,
    dictionary: { ...common.dictionary, ...english.dictionary, ...more },
    l33tMaxSubstitutions: MAX_READINGS,
  });
}
