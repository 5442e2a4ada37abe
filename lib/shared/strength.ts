import type { OptionsType, ZxcvbnFactory } from "@zxcvbn-ts/core";
import { knownWords, withoutWords } from "./known_words.ts";

/** What zxcvbn makes of a password. */
export interface Strength {
  /** 0 (guessed at once) to 4 (out of reach). */
  readonly score: number;
  readonly label: string;
  /** Why it is weak; empty where it is not. */
  readonly warning: string;
  /** What would make it stronger. */
  readonly suggestions: readonly string[];
}

/** The label of each score, weakest first. */
export const STRENGTH_LABELS = ["Very weak", "Weak", "Fair", "Good", "Strong"] as const;

/** The highest score. */
export const MAX_STRENGTH = STRENGTH_LABELS.length - 1;

/** The words an attacker of this site tries first: add the names of your product and company. */
const OBVIOUS_WORDS = ["roster"];

/**
 * Only the beginning of a password is judged: the work grows with the square of the length. What
 * follows can make a password only harder to guess.
 */
const JUDGED_CHARS = 32;

/** Readings of a password in which `4` is an `a`, `1` an `l`: each is looked up again as a whole. */
const MAX_READINGS = 5;

/** The words that zxcvbn knows, by the name of the list, most common first. */
export type WordLists = NonNullable<OptionsType["dictionary"]>;

/**
 * Judges a password with the dictionaries of the browser, which are loaded at the first call: they
 * are large, and most visits need none.
 *
 * @param userInputs What an attacker tries first: the user's own names and address, and the site's.
 */
export async function judgePassword(
  password: string,
  userInputs: readonly string[],
): Promise<Strength> {
  return await judgeWith(await loadZxcvbn(), password, userInputs);
}

/**
 * Judges a password, on the server and in the browser alike: the easiest of its readings counts.
 *
 * @see https://www.usenix.org/conference/usenixsecurity16/technical-sessions/presentation/wheeler
 */
export async function judgeWith(
  zxcvbn: ZxcvbnFactory,
  password: string,
  userInputs: readonly string[],
): Promise<Strength> {
  const known = knownWords([...OBVIOUS_WORDS, ...userInputs], JUDGED_CHARS);
  const spellings = await spellingsOf(password.slice(0, JUDGED_CHARS));
  // zxcvbn takes `j.smith-jones` for four odd words, so what is left without names counts as well.
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

/** The password, and how else it could be written if it has letters of other alphabets. */
async function spellingsOf(password: string): Promise<string[]> {
  if (/^[\x20-\x7e]*$/.test(password)) return [password];
  const { latinSpellings } = await import("./latin_spellings.ts");
  return [password, ...latinSpellings(password)];
}

/** Starts loading what {@linkcode judgePassword} needs; a failed load is tried again next time. */
export function loadZxcvbn(): Promise<ZxcvbnFactory> {
  loading ??= makeZxcvbn().catch((error) => {
    loading = undefined;
    throw error;
  });
  return loading;
}

let loading: Promise<ZxcvbnFactory> | undefined;

/** A judge that knows the words of `more` as well. */
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
