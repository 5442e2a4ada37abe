import assert from "node:assert/strict";
import fc from "fast-check";
import { safePath } from "./safe_path.ts";

const SITE = "https://people.example.com";

/** Texts that are likelier than others to lead browsers astray. */
const hostile = fc.array(
  fc.oneof(
    fc.constantFrom("/", "\\", "//", "/\\", ":", "@", "?", "#", ".", "..", "\t", "\n", "\r", "\0"),
    fc.constantFrom(
      "http:",
      "https:",
      "javascript:",
      "evil.example",
      "%2f",
      "%5c",
      "\u2028",
      " ",
      "é",
    ),
    fc.string({ unit: "binary" }),
  ),
  { maxLength: 8 },
).map((parts) => parts.join(""));

Deno.test("safePath() never leads away from the site", () => {
  fc.assert(fc.property(hostile, (text) => {
    const path = safePath(text, "/home");
    assert.equal(new URL(path, `${SITE}/login`).origin, SITE);
    assert.equal(new Headers({ location: path }).get("location"), path);
  }));
});

Deno.test("safePath() keeps the paths of the site", () => {
  fc.assert(fc.property(fc.webPath(), fc.webQueryParameters(), (path, query) => {
    const address = `/x${path}?${query}`;
    assert.equal(safePath(address, "/home"), address);
  }));
});
