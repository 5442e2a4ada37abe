import type { ZxcvbnFactory } from "@zxcvbn-ts/core";

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

/** What comes to mind first to whoever guesses here: add the names of your product and company. */
const OBVIOUS_WORDS = ["roster"];

/** Judging takes more than linear time, and nothing beyond this makes a password weaker. */
const JUDGED_CHARS = 72;

/**
 * Judges a password, the same way on the server and in the browser. The dictionaries are loaded at
 * the first call: they are large, and most visits need none.
 *
 * @param userInputs What an attacker would try first: the user's own name and address.
 * @see https://www.usenix.org/conference/usenixsecurity16/technical-sessions/presentation/wheeler
 */
export async function judgePassword(
  password: string,
  userInputs: readonly string[],
): Promise<Strength> {
  const zxcvbn = await loadZxcvbn();
  const inputs = [...OBVIOUS_WORDS, ...userInputs].flatMap((
    input,
  ) => [input, ...input.split(/[\s@._-]+/)]);
  const { score, feedback } = zxcvbn.check(
    password.slice(0, JUDGED_CHARS),
    inputs.filter((input) => input.length > 2),
  );
  return {
    score,
    label: STRENGTH_LABELS[score],
    warning: feedback.warning ?? "",
    suggestions: feedback.suggestions,
  };
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

async function makeZxcvbn(): Promise<ZxcvbnFactory> {
  const [{ ZxcvbnFactory }, common, english] = await Promise.all([
    import("@zxcvbn-ts/core"),
    import("@zxcvbn-ts/language-common"),
    import("@zxcvbn-ts/language-en"),
  ]);
  return new ZxcvbnFactory({
    translations: english.translations,
    graphs: common.adjacencyGraphs,
    dictionary: { ...common.dictionary, ...english.dictionary },
  });
}
