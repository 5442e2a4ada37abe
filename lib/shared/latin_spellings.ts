import { withoutAccents } from "./known_words.ts";

/** A keyboard's letters and the characters of the same keys on a US keyboard. */
type Layout = readonly [letters: string, keys: string];

const LAYOUTS: readonly Layout[] = [
  // Russian, and letters that Ukrainian and Belarusian have elsewhere.
  ["йцукенгшщзхъфывапролджэячсмитьбюёіїєґў", "qwertyuiop[]asdfghjkl;'zxcvbnm,.`s]'\\o"],
  // Arabic, Hebrew, Greek.
  ["ضصثقفغعهخحجدشسيبلاتنمكطئءؤرىةوزظذ", "qwertyuiop[]asdfghjkl;'zxcvnm,./`"],
  ["קראטוןםפשדגכעיחלךףזסבהנמצתץ", "ertyuiopasdfghjkl;zxcvbnm,."],
  ["ςερτυθιοπασδφγηξκλζχψωβνμ", "wertyuiopasdfghjklzxcvbnm"],
  // Korean: initial consonants, vowels and final consonants, as NFD splits syllables.
  [range(0x1100, 19), "r R s e E f a q Q t T d w W c z x v g"],
  [range(0x1161, 21), "k o i O j p u P h hk ho hl y n nj np nl b m ml l"],
  [range(0x11a8, 27), "r R rt s sw sg e f fr fa fq ft fx fv fg a q qt t T d w c z x v g"],
];

const KEYS = tableOf(LAYOUTS);

/** Usual Latin spelling of Cyrillic letters, and of Latin letters that are not accented ones. */
const SOUNDS = tableOf([
  [
    "абвгдеёжзийклмнопрстуфхцчшщъыьэюяіїєґў",
    "a b v g d e e zh z i y k l m n o p r s t u f kh ts ch sh sch  y  e yu ya i yi ye g u",
  ],
  ["ßæœøłđðþı", "ss ae oe o l d d th i"],
]);

/**
 * Writes a text of another alphabet in Latin letters, in lower case: without accents, by its sound,
 * and with the same keys of a US keyboard (`пароль` becomes `gfhjkm`).
 */
export function latinSpellings(text: string): string[] {
  const lower = text.toLowerCase();
  const spellings = [
    withoutAccents(replace(lower.normalize("NFC"), SOUNDS)),
    replace(replace(lower.normalize("NFC"), KEYS).normalize("NFD"), KEYS).normalize("NFC"),
  ];
  return spellings.filter((spelling) => spelling !== lower);
}

function replace(text: string, table: ReadonlyMap<string, string>): string {
  return [...text].map((letter) => table.get(letter) ?? letter).join("");
}

function tableOf(layouts: readonly Layout[]): ReadonlyMap<string, string> {
  return new Map(layouts.flatMap(([letters, written]) => {
    const parts = written.includes(" ") ? written.split(" ") : [...written];
    return [...letters].map((letter, i) => [letter, parts[i] ?? letter] as const);
  }));
}

function range(first: number, count: number): string {
  return Array.from({ length: count }, (_, i) => String.fromCodePoint(first + i)).join("");
}
