import assert from "node:assert/strict";
import fc from "fast-check";
import { joinPaths, parseUrl, pathOf, safeLocation } from "./url.ts";

Deno.test("pathOf() returns the path of the parsed URL, with runs of slashes collapsed", () => {
  const anyUrl = fc.webUrl({ withQueryParameters: true, withFragments: true });
  const origin = fc.constantFrom(
    "http://a",
    "http://a:8",
    "http://a:80",
    "http://a.b",
    "https://a",
  );
  const path = fc.webUrl({ withQueryParameters: true, withFragments: true })
    .map((url) => url.slice(new URL(url).origin.length));
  const url = fc.oneof(anyUrl, fc.tuple(origin, path).map((parts) => parts.join("")));
  fc.assert(fc.property(url, (url) => {
    assert.equal(pathOf(url), new URL(url).pathname.replace(/\/{2,}/g, "/"));
  }));
});

for (
  const [target, path] of [
    ["http://x", "/"],
    ["http://x?a=/b", "/"],
    ["http://x/a/../b", "/b"],
    ["http://x/a/%2e%2E/b", "/b"],
    ["http://x/a\\b", "/a/b"],
    ["http://x//a///b", "/a/b"],
    ["http://x/.well-known/y", "/.well-known/y"],
    ["http://x/a?b=//c#d", "/a"],
    ["http://[::1]:8000/a", "/a"],
    ["http://ü.example:99/a", "/a"],
    ["http://a@b:99999/a", undefined],
    ["http://evil test/\\@/a", undefined],
    ["http:///", undefined],
  ] as const
) {
  Deno.test(`pathOf() finds ${path} in ${target}`, () => {
    assert.equal(pathOf(target), path);
  });
}

Deno.test("safeLocation() keeps a redirect to a path on the site, whatever the path", () => {
  const tail = fc.string({ unit: fc.constantFrom("/", "\\", "\t", "\n", "?", "#", "e", ".") });
  fc.assert(fc.property(tail, (tail) => {
    const target = new URL(safeLocation(`/${tail}`), "http://site.example/");
    assert.equal(target.origin, "http://site.example");
  }));
});

Deno.test("safeLocation() does not change absolute URLs, queries and fragments", () => {
  assert.equal(safeLocation("https://a.example//b"), "https://a.example//b");
  assert.equal(safeLocation("//a//b?next=//c#//d"), "/a/b?next=//c#//d");
});

Deno.test("parseUrl() follows forwarded headers only with a trusted proxy", () => {
  const req = new Request("http://inside:8000/a", {
    headers: { "x-forwarded-proto": "https", "x-forwarded-host": "outside.example, inside" },
  });
  assert.equal(parseUrl(req, false).href, "http://inside:8000/a");
  assert.equal(parseUrl(req, true).href, "https://outside.example/a");
});

for (
  const [base, path, joined] of [
    ["/", "/", "/"],
    ["", "/", "/"],
    ["/b", "/", "/b"],
    ["/b", "/c", "/b/c"],
    ["/", "c", "/c"],
    ["/", "{/:x}?/c", "{/:x}?/c"],
    ["/b", "{/:x}?/c", "/b{/:x}?/c"],
    ["/", "/{:x}?", "/{:x}?"],
    ["/b", "/{:x}?", "/b{/:x}?"],
  ] as const
) {
  Deno.test(`joinPaths() makes ${joined} of "${base}" and "${path}"`, () => {
    assert.equal(joinPaths(base, path), joined);
  });
}
