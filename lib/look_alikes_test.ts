import assert from "node:assert/strict";
import fc from "fast-check";
import { lookOf } from "./look_alikes.ts";
import { foldKey } from "./shared/fold.ts";

Deno.test("lookOf() is the same for names that look the same", () => {
  for (
    const [fake, name] of [
      ["аdmin", "admin"], // Cyrillic а
      ["сосо", "coco"], // all Cyrillic
      ["ВОВ", "bob"], // all Cyrillic, and small letters that look otherwise
      ["ΤΟΜ", "tom"], // all Greek
      ["ΙΟΝΙ", "Ioni"], // a Greek iota, which Unicode's table takes for l
      ["ｊｏｅ", "joe"], // full width
      ["ısil", "isil"], // dotless i
      ["օհ", "oh"], // Armenian
    ] as const
  ) assert.equal(lookOf(fake), lookOf(name), `${fake} ${name}`);
});

Deno.test("lookOf() keeps ASCII names apart that differ in more than case", () => {
  const name = fc.stringMatching(/^[A-Za-z0-9._-]{3,20}$/);
  fc.assert(fc.property(name, (ascii) => assert.equal(lookOf(ascii), foldKey(ascii))));
  const looks = ["arn0ld", "arnold", "amold", "arno1d", "arnoId"].map(lookOf);
  assert.equal(new Set(looks).size, looks.length);
});

Deno.test("lookOf() keeps accents apart", () => {
  const looks = ["rene", "rené", "renè", "žan", "zan", "Søren", "Soren"].map(lookOf);
  assert.equal(new Set(looks).size, looks.length);
});
