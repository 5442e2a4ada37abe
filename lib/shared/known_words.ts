/** Shorter pieces of a name occur in too many words. */
const MIN_CHARS = 3;
/** More than anybody's names have. */
const MAX_WORDS = 200;

/**
 * Returns the words of names and addresses in lower case: each name as it is, without punctuation,
 * and in pieces, and the part of an address before the `@`. Each also without accents.
 *
 * @param maxChars longer words are cut to this length, like the password they are compared with
 */
export function knownWords(names: readonly string[], maxChars: number): string[] {
  const words = names.map((name) => name.toLowerCase()).flatMap((name) => [
    ...spellingsOf(name),
    ...name.split("@").flatMap(spellingsOf),
    ...name.split(/[^\p{L}\p{M}\p{N}]+/u),
  ]);
  const plain = [...words, ...words.map(withoutAccents)].map((word) => word.slice(0, maxChars));
  return [...new Set(plain)].filter((word) => word.length >= MIN_CHARS).slice(0, MAX_WORDS);
}

/**
 * Returns what is left of a text without the words, forwards or backwards, in any case. Does so for
 * the text and for its letters and digits. Leaves out results without a match.
 */
export function withoutWords(text: string, words: readonly string[]): string[] {
  const patterns = words.flatMap((word) => [word, [...word].reverse().join("")])
    .sort((a, b) => b.length - a.length)
    .map((word) => word.replace(/[\\^$.*+?()[\]{}|/-]/g, String.raw`\$&`));
  const pattern = new RegExp(patterns.join("|"), "gi");
  return spellingsOf(text).flatMap((spelling) => {
    const rest = spelling.replace(pattern, "");
    return rest === spelling ? [] : [rest];
  });
}

/** Removes the accents. */
export function withoutAccents(text: string): string {
  return text.normalize("NFD").replace(/\p{M}/gu, "");
}

function spellingsOf(name: string): string[] {
  return [name, name.replace(/[^\p{L}\p{M}\p{N}]/gu, "")];
}
