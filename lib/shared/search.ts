/**
 * How texts are searched: by case and accents folded here, and not by the database, whose rules
 * depend on its locale; by an index of runs of three characters, which works for every script.
 */

/** Marks of the scripts in which words are written with and without them. */
const ACCENTS = /[\u0300-\u036f\u0591-\u05c7\u0610-\u061a\u064b-\u065f\u0670]/g;

/** Letters that Unicode does not take apart, and what people type who do not have them. */
const PLAIN_LETTERS: Readonly<Record<string, string>> = {
  æ: "ae",
  œ: "oe",
  ø: "o",
  đ: "d",
  ð: "d",
  ħ: "h",
  ł: "l",
  ŧ: "t",
  þ: "th",
  ς: "σ",
};
const FANCY_LETTER = new RegExp(`[${Object.keys(PLAIN_LETTERS).join("")}]`, "g");

/** A letter of a script without spaces, a word, or any other character that can be seen. */
const TOKEN =
  /[\p{sc=Han}\p{sc=Hira}\p{sc=Kana}\p{sc=Thai}\p{sc=Lao}\p{sc=Khmr}\p{sc=Mymr}]|[[\p{L}\p{M}\p{N}]--[\p{sc=Han}\p{sc=Hira}\p{sc=Kana}\p{sc=Thai}\p{sc=Lao}\p{sc=Khmr}\p{sc=Mymr}]]+|\S/gv;

/** Between the fields of an entry; no search finds across it. */
const FIELD_END = "\n";

const GRAM_CHARS = 3;

/** What of a text is searched. */
export interface SearchEntry {
  /** Folded words with a space on either side; a punctuation mark is a word of its own. */
  readonly text: string;
  /** Hashes (32 bits) of its runs of three characters, and of the first letter of each word. */
  readonly grams: readonly number[];
}

/** What to look for in entries: one that has all `grams` and contains `text`. */
export type SearchNeedle = SearchEntry;

/** A text without case and accents: `Séan`, `SEAN` and `sean` are the same. */
export function foldText(value: string): string {
  return value.toWellFormed().normalize("NFKD").replace(ACCENTS, "")
    // Back and forth: capital ẞ becomes ß, then SS.
    .toLowerCase().toUpperCase().toLowerCase()
    .replace(FANCY_LETTER, (letter) => PLAIN_LETTERS[letter] ?? letter)
    .replace(/\p{Cc}/gu, " ").replace(/\p{Cf}/gu, "").normalize("NFC");
}

/** The entry for these fields. */
export function searchEntry(fields: readonly string[]): SearchEntry {
  const text = fields.map((field) => ` ${wordsOf(field)} `).join(FIELD_END);
  return { text, grams: gramsOf(text) };
}

/**
 * What to look for when somebody searches for `query`: the text anywhere; one or two characters,
 * which are nearly everywhere, at the beginnings of words. `undefined`: for nothing.
 */
export function searchNeedle(query: string): SearchNeedle | undefined {
  const words = wordsOf(query);
  if (words === "") return undefined;
  const text = [...words].length < GRAM_CHARS ? ` ${words}` : words;
  return { text, grams: gramsOf(text) };
}

function wordsOf(value: string): string {
  return (foldText(value).match(TOKEN) ?? []).join(" ");
}

function gramsOf(text: string): number[] {
  const characters = [...text];
  const grams = new Set<number>();
  const add = (gram: readonly string[]) => {
    if (!gram.includes(FIELD_END)) grams.add(hash(gram.join("")));
  };
  for (let start = 0; start < characters.length; start++) {
    const gram = characters.slice(start, start + GRAM_CHARS);
    if (gram.length === GRAM_CHARS) add(gram);
    if (gram[0] === " " && gram.length > 1) add(gram.slice(0, 2));
  }
  return [...grams];
}

/** @see http://www.isthe.com/chongo/tech/comp/fnv/ FNV-1a */
function hash(text: string): number {
  let bits = 0x811c9dc5;
  for (let index = 0; index < text.length; index++) {
    bits = Math.imul(bits ^ text.charCodeAt(index), 0x01000193);
  }
  return bits;
}
