import assert from "node:assert/strict";
import fc from "fast-check";
import { HttpError } from "./http_error.ts";
import { canonical, compilePattern, literalPrefix } from "./pattern.ts";

const word = fc.stringMatching(/^[a-z.$^|~-]{1,5}$/).filter((word) => !/^\.{1,2}$/.test(word));
const path = fc.array(fc.oneof(word, fc.constant("")), { minLength: 1, maxLength: 4 })
  .map((parts) => `/${parts.join("/")}`);
const pattern = fc.tuple(
  fc.array(fc.oneof(word, word.map((_) => `:p`)), { minLength: 1, maxLength: 3 }),
  fc.boolean(),
).map(([parts, catchAll]) => {
  const named = parts.map((part, i) => part === ":p" ? `:p${i}` : part);
  return `/${[...named, ...(catchAll ? [":rest*"] : [])].join("/")}`;
});

Deno.test("compilePattern() agrees with URLPattern on patterns of whole segments", () => {
  fc.assert(
    fc.property(pattern, path, (pattern, path) => {
      const expected = new URLPattern({ pathname: pattern }).exec({ pathname: path });
      const params = compilePattern(pattern)(path);
      const groups = expected && Object.fromEntries(
        Object.entries(expected.pathname.groups).map(([name, value]) => [name, value ?? ""]),
      );
      assert.deepEqual(params ?? null, groups);
    }),
    { numRuns: 2000 },
  );
});

Deno.test("compilePattern() agrees with URLPattern on paths that fit the pattern", () => {
  fc.assert(fc.property(pattern, fc.array(word, { maxLength: 3 }), (pattern, rest) => {
    const path = pattern.replace(/\/:rest\*$/, rest.map((part) => `/${part}`).join(""))
      .replaceAll(":", "");
    if (path === "") return;
    const groups = new URLPattern({ pathname: pattern }).exec({ pathname: path })?.pathname.groups;
    const params = compilePattern(pattern)(path);
    assert.equal(params === undefined, groups === undefined);
    for (const [name, value] of Object.entries(groups ?? {})) {
      assert.equal(params?.[name], value ?? "");
    }
  }));
});

Deno.test("compilePattern() supports optional groups, whose parameters are empty if missing", () => {
  const matches = compilePattern("/api{/:version}?/users");
  assert.deepEqual(matches("/api/v2/users"), { version: "v2" });
  assert.deepEqual(matches("/api/users"), { version: "" });
});

Deno.test("a parameter matches only its regular expression", () => {
  const pattern = "/images/:name([\\w.\\-]+)/:size(\\d{2,3})";
  const matches = compilePattern(pattern);
  for (const path of ["/images/a-1.png/96", "/images/a%zz/96", "/images/a/9", "/images/a/96/b"]) {
    const groups = new URLPattern({ pathname: pattern }).exec({ pathname: path })?.pathname.groups;
    assert.deepEqual(matches(path), groups && { ...groups }, path);
  }
  assert.deepEqual(matches("/images/a-1.png/96"), { name: "a-1.png", size: "96" });
});

Deno.test("a parameter is decoded, but an encoded slash stays encoded", () => {
  assert.deepEqual(compilePattern("/u/:name")("/u/a%20b%2Fc"), { name: "a b%2Fc" });
});

Deno.test("a parameter with malformed percent-encoding is a 400", () => {
  assert.throws(
    () => compilePattern("/u/:name")("/u/%E0%A4%A"),
    (error) => error instanceof HttpError && error.status === 400,
  );
});

Deno.test("literalPrefix() ends before the first dynamic segment", () => {
  assert.deepEqual(literalPrefix("/api/users/:id"), ["api", "users"]);
  assert.deepEqual(literalPrefix("/api{/:v}?/users"), []);
  assert.deepEqual(literalPrefix("/files/:id.json"), ["files"]);
});

Deno.test("canonical() encodes like a browser, and does not encode twice", () => {
  assert.equal(canonical("/über/%20"), "/%C3%BCber/%20");
});
