import assert from "node:assert/strict";
import { fullName, username } from "./names.ts";
import { accountForm } from "./user_forms.ts";

function faultOf(name: string, field = username): string {
  const checked = field.read(name);
  return "error" in checked ? checked.error : "";
}

Deno.test("a username has a letter or a digit", () => {
  for (const name of ["...", "---", "._-"]) assert.match(faultOf(name), /letter or digit/, name);
  for (const name of ["a..", "-1-", "٣٤٥"]) assert.equal(faultOf(name), "", name);
});

Deno.test("accents need a letter, and a letter has only a few", () => {
  for (const name of ["\u0301\u0302\u0303", "\u0301ab", "a-\u0301b"]) {
    assert.match(faultOf(name), /accent on a letter/, JSON.stringify(name));
  }
  assert.match(faultOf(`abc${"\u0323".repeat(20)}`), /at most 4 accents/);
  assert.match(faultOf(`Ada${"\u0301".repeat(20)}`, fullName), /at most 4 accents/);
  assert.match(faultOf(`Ada${"\u0323\u200D".repeat(9)}`, fullName), /at most 4 accents/);
  for (const name of ["Nguyễn", "שָׁלוֹם", "ချို့", "རྒྱལ", "ก้อง", "रवि"]) {
    assert.equal(faultOf(name), "", name);
  }
});

Deno.test("a full name contains a letter or a digit, unless it is empty", () => {
  for (const name of ["\u0301\u0302", "...", "-"]) {
    assert.match(faultOf(name, fullName), /letter or digit/, name);
  }
  for (const name of ["", "X", "李", "D'Artagnan, 3rd"]) assert.equal(faultOf(name, fullName), "");
});

Deno.test("two characters are a whole username in Han, Hangul and Kana, three elsewhere", () => {
  for (const name of ["阿里", "김씨", "ハナ", "さち"]) assert.equal(faultOf(name), "", name);
  for (const name of ["阿", "al", "я1", "Zá"]) assert.match(faultOf(name), /at least 3/, name);
});

Deno.test("a username has letters of one script, or of scripts that are written together", () => {
  for (
    const name of [
      "аdmin",
      "ivan-иван",
      "αlpha",
      "µser",
      "ad\u0561m",
      "ademס",
      "bob٣",
      "caфe",
      "Ꭺnna",
    ]
  ) assert.match(faultOf(name), /one alphabet/, name);
  for (
    const name of [
      "иван_7",
      "Zoë-李.1",
      "김kim",
      "ハナhana",
      "ελένη.2",
      "ᎠᏂᏴ",
      "שלום",
      "सीता",
      "ⲁⲃⲅ",
    ]
  ) assert.equal(faultOf(name), "", name);
});

Deno.test("the account form accepts names that an older version allowed", () => {
  for (const name of ["...", "аdmin"]) assert.equal(faultOf(name, accountForm.username), "");
});
