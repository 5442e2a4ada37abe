import assert from "node:assert/strict";
import { beginningOf, isApiKey, randomApiKey } from "./api_key.ts";

Deno.test("randomApiKey() makes a key with a prefix, 43 random characters and a checksum", () => {
  const keys = Array.from({ length: 100 }, randomApiKey);
  assert.equal(new Set(keys).size, keys.length);
  for (const key of keys) {
    assert.match(key, /^roster_[0-9A-Za-z]{49}$/);
    assert.ok(isApiKey(key));
    assert.equal(beginningOf(key), key.slice(0, 11));
  }
});

Deno.test("isApiKey() refuses a key with any other character", () => {
  const key = randomApiKey();
  for (const [index, letter] of [...key].entries()) {
    const other = letter === "x" ? "y" : "x";
    assert.ok(!isApiKey(`${key.slice(0, index)}${other}${key.slice(index + 1)}`), String(index));
  }
  for (const text of ["", "roster_", ` ${key}`, `${key}\n`, key.slice(0, -1), `${key}0`]) {
    assert.ok(!isApiKey(text), JSON.stringify(text));
  }
});

Deno.test("the checksum of an API key is the CRC-32 of what stands before it", () => {
  // crc32 of these 50 characters is 0x7f971da9 by Python's zlib.
  const start = `roster_${"0".repeat(43)}`;
  assert.ok(isApiKey(`${start}2KrmR7`));
});
