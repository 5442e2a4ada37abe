/** Words, which may differ for the reader's own account. */
export type Words = string | { readonly other: string; readonly own: string };

/** Chooses the text for the reader's own account or for another one. */
export function wordsFor(words: Words, own: boolean): string {
  if (typeof words === "string") return words;
  return own ? words.own : words.other;
}

/** Replaces names in braces, such as `{name}`, by their values. */
export function fill(words: string, values: object): string {
  const named = new Map<string, unknown>(Object.entries(values));
  return words.replace(NAMED, (_, name: string) => String(named.get(name)));
}

/** Splits a text at the names in braces. These are at the odd indices. */
export function cut(words: string): string[] {
  return words.split(NAMED);
}

const NAMED = /\{(\w+)\}/g;
