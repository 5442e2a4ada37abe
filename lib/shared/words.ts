/** Words that may be others where it is the reader's own account. */
export type Words = string | { readonly other: string; readonly own: string };

/** Chooses the words for the own account, or for that of somebody else. */
export function wordsFor(words: Words, own: boolean): string {
  if (typeof words === "string") return words;
  return own ? words.own : words.other;
}

/** Puts values in the place of their names in braces, as in `{name}`. */
export function fill(words: string, values: object): string {
  const named = new Map<string, unknown>(Object.entries(values));
  return words.replace(NAMED, (_, name: string) => String(named.get(name)));
}

/** Cuts words into texts and, at each odd place, the names that stood in braces. */
export function cut(words: string): string[] {
  return words.split(NAMED);
}

const NAMED = /\{(\w+)\}/g;
