/** Shorter pieces of a name are parts of too many words. */
const MIN_CHARS = 3;
/** More than anyone's names have. */
const MAX_WORDS = 200;

/**
 * The words of names and addresses, in lower case: each whole, without its punctuation, and in
 * pieces; of an address its part before the `@` as well. Without accents too.
 *
 * @param maxChars longer words are cut, as the password is that is compared with them
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
 * What is left of a text without the words, forwards or backwards, in whatever case, if it has some:
 * of the text as it is, and of its letters and digits.
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

/** The letters without the marks on them. */
export function withoutAccents(text: string): string {
  return text.normalize("NFD").replace(/\p{M}/gu, "");
}

function spellingsOf(name: string): string[] {
  return [name, name.replace(/[^\p{L}\p{M}\p{N}]/gu, "")];
}
