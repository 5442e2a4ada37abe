import assert from "node:assert/strict";
import fc from "fast-check";
import { foldText, searchEntry, searchNeedle } from "./search.ts";

/** Whether somebody with these fields is found, by index and text, as the database does it. */
function finds(query: string, fields: readonly string[]): boolean {
  const needle = searchNeedle(query);
  if (!needle) return true;
  const entry = searchEntry(fields);
  const isIndexed = needle.grams.every((gram) => entry.grams.includes(gram));
  const isThere = entry.text.includes(needle.text);
  assert.ok(isIndexed || !isThere, `the index misses ${query} in ${fields}`);
  return isThere;
}

Deno.test("a search ignores case, accents and spellings of a letter", () => {
  const pairs = [
    ["sean", "Séan"],
    ["SÉAN", "sean"],
    ["ÉMILE", "émile"],
    ["strasse", "Straße"],
    ["STRAẞE", "Strasse"],
    ["istanbul", "İstanbul"],
    ["ISTANBUL", "ıstanbul"],
    ["Σισυφος", "ΣΊΣΥΦΟΣ"],
    ["ΣΙΣΥΦΟΣ", "Σίσυφος"],
    ["ёлка", "ЕЛКА"],
    ["lodz", "Łódź"],
    ["aeroskobing", "Ærøskøbing"],
    ["ADA", "ａｄａ"],
    ["a\u0301da", "ÁDA"],
  ] as const;
  for (const [query, field] of pairs) assert.ok(finds(query, [field]), `${query} in ${field}`);
});

Deno.test("three characters are found anywhere, fewer at the beginnings of words", () => {
  const fields = ["under_score.17", "O'Hara 100%", "李小龍 Пётр"];
  for (
    const query of [
      "nde",
      "r_s",
      "re.1",
      "u",
      "un",
      "sc",
      "17",
      "%",
      "_",
      "'",
      "龍",
      "小龍",
      "п",
      "пет",
    ]
  ) {
    assert.ok(finds(query, fields), query);
  }
  for (const query of ["nd", "e", "7", "етр.", "x", "%%", "17 o", "score o"]) {
    assert.ok(!finds(query, fields), query);
  }
});

Deno.test("invisible characters are not searched for", () => {
  for (const query of ["", " ", "\0", "\u200d\n\t"]) assert.equal(searchNeedle(query), undefined);
});

Deno.test("a field is found by every part of it of three characters and more", () => {
  fc.assert(fc.property(
    fc.string({ unit: "grapheme", minLength: 3, maxLength: 40 }),
    fc.string({ unit: "binary", maxLength: 20 }),
    fc.nat(),
    fc.nat(),
    (field, other, from, length) => {
      const characters = [...foldText(field)];
      const start = from % characters.length || 0;
      const part = characters.slice(start, start + 3 + length % 20).join("");
      if ([...part.trim()].length >= 3) assert.ok(finds(part, [other, field]), part);
    },
  ));
});

Deno.test("folding a folded text changes nothing", () => {
  for (let code = 0; code <= 0x1ffff; code++) {
    const folded = foldText(String.fromCodePoint(code));
    if (foldText(folded) !== folded) assert.fail(`U+${code.toString(16)}`);
  }
});
