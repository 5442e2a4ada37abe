import assert from "node:assert/strict";
import fc from "fast-check";
import { searchEntry } from "./search.ts";
import { type ExactUsers, readSearch } from "./search_query.ts";

interface Somebody {
  readonly id: number;
  readonly fields: readonly string[];
}

const SMITH: Somebody = { id: 42, fields: ["asmith", "ann.smith@x.org", "Smith Ann"] };

/** Whether a search finds somebody, as the database does it. */
function finds(text: string, { id, fields }: Somebody = SMITH): boolean {
  const query = readSearch(text);
  if (!query) return true;
  const entry = searchEntry(fields);
  const isOneOf = ({ ids, emails }: ExactUsers) => ids.includes(id) || emails.includes(fields[1]!);
  if (query.also && isOneOf(query.also)) return true;
  return (!query.among || isOneOf(query.among)) &&
    query.needles.every(({ text, grams }) => {
      const isThere = entry.text.includes(text);
      const isIndexed = grams.every((gram) => entry.grams.includes(gram));
      assert.ok(isIndexed || !isThere, `the index misses ${text} in ${fields}`);
      return isThere;
    });
}

Deno.test("words are found in any order, each anywhere", () => {
  const found = [
    "ann smi",
    "smi ann",
    "smith, ann",
    "SMITH  ANN",
    "x.org ith",
    "mit",
    "ann.smith@",
  ];
  for (const text of found) assert.ok(finds(text), text);
  for (const text of ["ann jones", "nn smi", "smithann"]) assert.ok(!finds(text), text);
});

Deno.test("quotes ask for whole words, and a star for the start of one", () => {
  for (const text of ['"Smith Ann"', '"ann"', "asm*", "smi* an*", '"ann" smi']) {
    assert.ok(finds(text), text);
  }
  for (const text of ['"Ann Smith"', '"smit"', '"mith"', "mith*", "ith*"]) {
    assert.ok(!finds(text), text);
  }
});

Deno.test("ids and addresses find exactly one user", () => {
  const other: Somebody = { id: 7, fields: ["id42", "ann.smith@x.org.uk", "Ann 42"] };
  for (
    const text of ["id:42", "ID:42", "#42", "email:Ann.Smith@X.org", "id:42 smi", "user_id=42"]
  ) {
    assert.ok(finds(text), text);
  }
  assert.ok(!finds("id:42", other) && !finds("email:ann.smith@x.org", other));
  assert.ok(finds("42") && finds("42", other), "a number may be an id or part of a name");
  assert.ok(!finds("id:42 jones"));
});

Deno.test("a list from a log finds each of its users", () => {
  const lists = [
    "7, 42,9",
    "7\n42",
    "user 7; user 42",
    "#7 #42",
    "a@x.org ann.smith@x.org",
    "7 id:42",
  ];
  for (const text of lists) assert.ok(finds(text), text);
  assert.ok(!finds("7 4 2"));
  assert.deepEqual(readSearch("user 7 email:A@x.org"), {
    needles: [],
    among: { ids: [7], emails: ["a@x.org"] },
  });
});

Deno.test("what follows no rule is searched as text", () => {
  const odd: Somebody = { id: 1, fields: ['say"hi', "id:x@y.org", "email: a*b **"] };
  for (const text of ["id:x", '"hi', "email: a", "a*b", "**", ",", 'say"']) {
    assert.ok(readSearch(text), text);
  }
  for (const text of ["id:x", '"hi', "a*b", "**"]) assert.ok(finds(text, odd), text);
  for (const text of ["", " \n", "\0"]) assert.equal(readSearch(text), undefined);
});

Deno.test("any text can be searched for, and any two words of somebody find them", () => {
  fc.assert(fc.property(
    fc.oneof(
      fc.string({ unit: "binary", maxLength: 60 }),
      fc.string({ unit: fc.constantFrom(...'id:email*"#@.,; 042ué'), maxLength: 60 }),
    ),
    (text) => void readSearch(text),
  ));
  const word = fc.string({ unit: fc.constantFrom(..."abcdéß李п"), minLength: 3, maxLength: 12 });
  fc.assert(fc.property(word, word, fc.nat(), (one, other, cut) => {
    const start = cut % (one.length - 2);
    const text = `${other} ${one.slice(start, start + 3)}`;
    assert.ok(finds(text, { id: 1, fields: ["u", "a@b.org", `${one} ${other}`] }), text);
  }));
});
