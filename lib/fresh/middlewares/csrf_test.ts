import assert from "node:assert/strict";
import { App, csrf, type CsrfOptions } from "../mod.ts";

async function statusOf(
  headers: Record<string, string>,
  { method = "POST", options }: { method?: string; options?: CsrfOptions } = {},
): Promise<number> {
  const app = new App().use(csrf(options)).all("/", (ctx) => ctx.text("done"));
  const request = new Request("http://localhost/", { method, headers });
  return (await app.handler()(request)).status;
}

Deno.test("csrf() passes requests that change nothing", async () => {
  const foreign = { "sec-fetch-site": "cross-site", origin: "http://evil.example" };
  for (const method of ["GET", "HEAD", "OPTIONS"]) {
    assert.equal(await statusOf(foreign, { method }), 200);
  }
});

const CASES: [Record<string, string>, number][] = [
  [{ "sec-fetch-site": "same-origin" }, 200],
  [{ "sec-fetch-site": "none" }, 200],
  [{ "sec-fetch-site": "same-site" }, 403],
  [{ "sec-fetch-site": "cross-site" }, 403],
  [{ "sec-fetch-site": "cross-site", origin: "http://localhost" }, 200],
  [{ origin: "http://localhost" }, 200],
  [{ origin: "http://evil.example" }, 403],
  [{ origin: "null" }, 403],
  [{}, 200],
];

for (const [headers, status] of CASES) {
  Deno.test(`csrf() answers ${status} to a POST with ${JSON.stringify(headers)}`, async () => {
    assert.equal(await statusOf(headers), status);
  });
}

Deno.test("csrf({ origin }) accepts a string, a list or a predicate instead of the own origin", async () => {
  const options: CsrfOptions[] = [
    { origin: "https://a.example" },
    { origin: ["https://b.example", "https://a.example"] },
    { origin: (origin) => origin.endsWith("a.example") },
  ];
  for (const option of options) {
    assert.equal(await statusOf({ origin: "https://a.example" }, { options: option }), 200);
    assert.equal(await statusOf({ origin: "http://localhost" }, { options: option }), 403);
  }
});
