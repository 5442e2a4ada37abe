/**
 * Search. Case and accents are folded here, because the database's rules depend on its locale. An
 * index of runs of three characters works for every script.
 */

/** Marks of scripts whose words are written with and without them. */
const ACCENTS = /[\u0300-\u036f\u0591-\u05c7\u0610-\u061a\u064b-\u065f\u0670]/g;

/** Letters that Unicode does not decompose, and what people type instead. */
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

/** A letter of a script without spaces, a word, or any other visible character. */
const TOKEN =
  /[\p{sc=Han}\p{sc=Hira}\p{sc=Kana}\p{sc=Thai}\p{sc=Lao}\p{sc=Khmr}\p{sc=Mymr}]|[[\p{L}\p{M}\p{N}]--[\p{sc=Han}\p{sc=Hira}\p{sc=Kana}\p{sc=Thai}\p{sc=Lao}\p{sc=Khmr}\p{sc=Mymr}]]+|\S/gv;

/** Separates the fields of an entry. No search matches across it. */
const FIELD_END = "\n";

const GRAM_CHARS = 3;

/** The searchable form of a text. */
export interface SearchEntry {
  /** Folded words with a space on either side. A punctuation mark is a word. */
  readonly text: string;
  /** Hashes (32 bits) of its runs of three characters, and of the first letter of each word. */
  readonly grams: readonly number[];
}

/** A text, and `grams` that every entry with this text contains. */
export type SearchNeedle = SearchEntry;

/** Removes case and accents: `Séan`, `SEAN` and `sean` become the same. */
export function foldText(value: string): string {
  return value.toWellFormed().normalize("NFKD").replace(ACCENTS, "")
    // To upper case and back: capital ẞ becomes ß, then SS.
    .toLowerCase().toUpperCase().toLowerCase()
    .replace(FANCY_LETTER, (letter) => PLAIN_LETTERS[letter] ?? letter)
    .replace(/\p{Cc}/gu, " ").replace(/\p{Cf}/gu, "").normalize("NFC");
}

/** Makes the entry for these fields. */
export function searchEntry(fields: readonly string[]): SearchEntry {
  const text = fields.map((field) => ` ${wordsOf(field)} `).join(FIELD_END);
  return { text, grams: gramsOf(text) };
}

/** Where a needle matches. */
export type NeedlePlace = "anywhere" | "word start" | "whole words";

/**
 * Makes the needle for a text. One or two characters only match at the start of words, because they
 * occur nearly everywhere. `undefined` for a text without visible characters.
 */
export function searchNeedle(
  query: string,
  place: NeedlePlace = "anywhere",
): SearchNeedle | undefined {
  const words = wordsOf(query);
  if (words === "") return undefined;
  const isShort = [...words].length < GRAM_CHARS;
  const start = place === "anywhere" && !isShort ? "" : " ";
  const text = `${start}${words}${place === "whole words" ? " " : ""}`;
  return { text, grams: rareOf([...new Set(runsOf(text))]).map(hash) };
}

/** More would cost more index reads and hardly narrow the search. */
const MAX_NEEDLE_GRAMS = 8;

/** Prefers runs with two letters or digits: other runs occur in every address. */
function rareOf(runs: readonly string[]): string[] {
  const telling = runs.filter((run) => /[\p{L}\p{M}\p{N}].?[\p{L}\p{M}\p{N}]/v.test(run));
  const rare = telling.length > 0 ? telling : runs;
  const step = Math.max(1, rare.length / MAX_NEEDLE_GRAMS);
  return rare.filter((_, index) => Math.floor(index / step) > Math.floor((index - 1) / step));
}

function wordsOf(value: string): string {
  return (foldText(value).match(TOKEN) ?? []).join(" ");
}

function gramsOf(text: string): number[] {
  return [...new Set(text.split(FIELD_END).flatMap(runsOf).map(hash))];
}

/** Lists the runs of a field, some of them more than once. */
function runsOf(text: string): string[] {
  const runs: string[] = [];
  // Where the last characters begin. A character may be two code units.
  let [first, second, third] = [0, 0, 0];
  for (let end = 0, count = 1; end < text.length; count++) {
    [first, second, third] = [second, third, end];
    end += text.codePointAt(end)! > 0xffff ? 2 : 1;
    if (count >= GRAM_CHARS) runs.push(text.slice(first, end));
    if (count > 1 && text[second] === " ") runs.push(text.slice(second, end));
  }
  return runs;
}

/** @see http://www.isthe.com/chongo/tech/comp/fnv/ FNV-1a */
function hash(text: string): number {
  let bits = 0x811c9dc5;
  for (let index = 0; index < text.length; index++) {
    bits = Math.imul(bits ^ text.charCodeAt(index), 0x01000193);
  }
  return bits;
}
