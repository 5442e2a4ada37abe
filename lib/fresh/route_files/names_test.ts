import assert from "node:assert/strict";
import fc from "fast-check";
import { fileItems, pathToPattern } from "./names.ts";

const PATTERNS: Record<string, string> = {
  "index": "/",
  "about": "/about",
  "users/index": "/users",
  "users/[id]": "/users/:id",
  "users/[id]/edit": "/users/:id/edit",
  "docs/[...rest]": "/docs/:rest*",
  "[[lang]]": "/{:lang}?",
  "[[lang]]/about": "{/:lang}?/about",
  "foo/[[bar]]": "/foo{/:bar}?",
  "[m]@[v]": "/:m@:v",
  "files/[id].json": "/files/:id.json",
  "pre[x]": "/pre:x",
  "[x]post": "/{:x}post",
  "(admin)/users": "/users",
  "(admin)/(inner)/index": "/",
};

for (const [path, pattern] of Object.entries(PATTERNS)) {
  Deno.test(`pathToPattern() maps ${path} to ${pattern}`, () => {
    assert.equal(pathToPattern(path), pattern);
    // URLPattern is the judge of what is a pattern.
    new URLPattern({ pathname: pattern });
  });
}

for (const path of ["[a][b]", "foo-[[x]]", "[a", "a]", "[[a]", "[...a"]) {
  Deno.test(`pathToPattern() refuses ${path}`, () => {
    assert.throws(() => pathToPattern(path), SyntaxError);
  });
}

const name = fc.stringMatching(/^[a-z]{1,6}$/).filter((name) => name !== "index");
const segment = fc.oneof(
  name,
  name.map((name) => `[${name}]`),
  name.map((name) => `(${name})`),
);

/** No name twice: a pattern with two parameters of one name is refused. */
const segments = fc.uniqueArray(segment, {
  minLength: 1,
  maxLength: 5,
  selector: (segment) => segment.replace(/\W/g, ""),
});

Deno.test("pathToPattern() gives a pattern that matches the path with its parameters filled in", () => {
  fc.assert(fc.property(segments, (segments) => {
    const pattern = new URLPattern({ pathname: pathToPattern(segments.join("/")) });
    const filled = segments
      .filter((segment) => !segment.startsWith("("))
      .map((segment) => segment.replace(/[[\]]/g, ""));
    assert.ok(pattern.test({ pathname: `/${filled.join("/")}` }));
  }));
});

function order(...paths: string[]): string[] {
  return fileItems(paths).map((item) => item.path);
}

Deno.test("fileItems() puts wrappers before what they wrap, and specific patterns before general ones", () => {
  const wanted = [
    "_app.tsx",
    "_middleware.ts",
    "_layout.tsx",
    "_error.tsx",
    "_404.tsx",
    "index.tsx",
    "about.tsx",
    "users/_layout.tsx",
    "users/index.tsx",
    "users/new.tsx",
    "users/[id]/edit.tsx",
    "users/[id].tsx",
    "users.tsx",
    "(shop)/_layout.tsx",
    "(shop)/cart.tsx",
    "[page].tsx",
    "[...rest].tsx",
  ];
  assert.deepEqual(order(...wanted), wanted);
  assert.deepEqual(order(...wanted.toReversed()), wanted);
});

Deno.test("fileItems() does not depend on the order of the files", () => {
  const paths = fc.uniqueArray(
    fc.array(segment, { minLength: 1, maxLength: 4 }).map((segments) =>
      `${segments.join("/")}.tsx`
    ),
    { maxLength: 12 },
  );
  const shuffled = paths.chain((paths) =>
    fc.tuple(
      fc.constant(paths),
      fc.shuffledSubarray(paths, { minLength: paths.length, maxLength: paths.length }),
    )
  );
  fc.assert(fc.property(shuffled, ([paths, shuffled]) => {
    assert.deepEqual(order(...shuffled), order(...paths));
  }));
});

Deno.test("fileItems() omits private groups, nested app wrappers and files that are not source", () => {
  const paths = ["(_islands)/Counter.tsx", "(_parts)/deep/x.ts", "users/_app.tsx", "notes.md"];
  assert.deepEqual(order(...paths), []);
});

Deno.test("fileItems() distinguishes the index of a directory from a file beside the directory", () => {
  const directories = fileItems(["foo/index.tsx", "foo.tsx"]).map((item) => item.directory);
  assert.deepEqual(directories, [["foo"], []]);
});
