import assert from "node:assert/strict";
import fc from "fast-check";
import { asciiAddress, emailKey, foldKey } from "./fold.ts";

/** Marks that compose with letters, that change places with others, or that cannot be seen. */
const MARKS = ["\u0307", "\u030C", "\u0331", "\u0345", "\u034F", "\u3099"];

/** Every code point that stands for a character today; those to come fold to themselves. */
function* assignedCharacters(): Generator<string> {
  for (let code = 0; code <= 0x10FFFF; code++) {
    const character = String.fromCodePoint(code);
    if (!/[\p{Cn}\p{Co}\p{Cs}]/u.test(character)) yield character;
  }
}

/** Texts that somebody may take for the same as `text`. */
function spellings(text: string): string[] {
  const decomposed = text.replace(/\p{Default_Ignorable_Code_Point}/gu, "").normalize("NFKD");
  const both = [
    text.normalize("NFC"),
    text.normalize("NFD"),
    text.normalize("NFKC"),
    `\u200B${text}\u00AD`,
  ];
  // The capital of the dotless ı is I, as that of i is: these two stay apart.
  return decomposed.includes("ı")
    ? both
    : [...both, decomposed.toUpperCase(), decomposed.toLowerCase()];
}

function assertOneKey(text: string): void {
  const key = foldKey(text);
  assert.equal(foldKey(key), key, JSON.stringify(text));
  for (const spelling of spellings(text)) {
    if (foldKey(spelling) !== key) {
      assert.fail(`${JSON.stringify(text)} ${JSON.stringify(spelling)}`);
    }
  }
}

Deno.test("foldKey() is idempotent, and blind to case and composition, for each character", () => {
  for (const character of assignedCharacters()) assertOneKey(character);
});

Deno.test("foldKey() does so for each letter that a mark or a capital changes, with marks", () => {
  for (const character of assignedCharacters()) {
    const changes = character.normalize("NFKD") !== character ||
      character.toUpperCase() !== character || character.toLowerCase() !== character;
    if (!changes || /[\p{Script=Hangul}\p{Script=Han}]/u.test(character)) continue;
    for (const mark of MARKS) {
      assertOneKey(character + mark);
      assertOneKey(`a${mark}${character}\u0301`);
    }
  }
});

Deno.test("foldKey() does so for any text", () => {
  const unit = fc.oneof(
    fc.constantFrom(...MARKS, "Σ", "ß", "İ", "ﬁ", "ᾳ", "ẖ", "K"),
    fc.string({
      unit: "binary",
      minLength: 1,
      maxLength: 1,
    }),
  );
  fc.assert(fc.property(fc.string({ unit, maxLength: 12 }), assertOneKey), { numRuns: 2_000 });
});

Deno.test("foldKey() gives the spellings of a name one key", () => {
  for (
    const [one, other] of [
      ["H\u0331anna", "\u1E96anna"],
      ["J\u030Cohn", "\u01F0ohn"],
      ["Σίσυφος", "ΣΊΣΥΦΟΣ"],
      ["Straße", "STRASSE"],
      ["İ", "i\u0307"],
      ["ｊｏ", "JO"],
    ] as const
  ) assert.equal(foldKey(one), foldKey(other), one);
  assert.notEqual(foldKey("Isıl"), foldKey("Isil"));
});

Deno.test("emailKey() is the same for an international domain and its ASCII form", () => {
  const key = "info@xn--mller-kva.example";
  for (
    const domain of [
      "müller.example",
      "MU\u0308LLER.Example",
      "xn--mller-kva.EXAMPLE",
      "müller。example",
    ]
  ) {
    assert.equal(emailKey(`Info@${domain}`), key, domain);
  }
  assert.equal(emailKey("info@straße.example"), "info@xn--strae-oqa.example");
  assert.notEqual(emailKey("info@sıte.example"), emailKey("info@site.example"));
});

Deno.test("asciiAddress() does not change text that is not a domain", () => {
  for (const text of ["ada", "ä", "a@b.example", "a@ü/b.example", "a@ü:80", "a@\u00AD.example"]) {
    assert.equal(asciiAddress(text), text);
  }
});
