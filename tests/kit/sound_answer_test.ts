import assert from "node:assert/strict";
import { appTest } from "./app.ts";
import { assertSound } from "./sound_answer.ts";

/** What would be wrong with an answer. */
const FAULTS: Readonly<Record<string, (headers: Headers) => void>> = {
  "without nosniff": (headers) => headers.delete("x-content-type-options"),
  "that may be framed": (headers) => headers.delete("x-frame-options"),
  "without a rule for caches": (headers) => headers.delete("cache-control"),
  "without a content security policy": (headers) => headers.delete("content-security-policy"),
  "with inline scripts": (headers) =>
    headers.set(
      "content-security-policy",
      "default-src 'none'; script-src 'unsafe-inline'; frame-ancestors 'none'",
    ),
  "of an unknown type": (headers) => headers.delete("content-type"),
  "without a charset": (headers) => headers.set("content-type", "text/html"),
  "that another site may read": (headers) => headers.set("access-control-allow-origin", "*"),
  "that names its program": (headers) => headers.set("server", "deno/2.9"),
  "with a cookie that scripts can read": (headers) =>
    headers.append("set-cookie", "a=b; Path=/; SameSite=Lax"),
  "with a cookie that other sites can send": (headers) =>
    headers.append("set-cookie", "a=b; Path=/; HttpOnly"),
};

appTest("an answer of any test fails it where it lacks what every answer has", async (app) => {
  const answer = await app.client().get("/login");
  assertSound("GET /login", answer);
  for (const [name, spoil] of Object.entries(FAULTS)) {
    const headers = new Headers(answer.headers);
    spoil(headers);
    assert.throws(() => assertSound("GET /login", { ...answer, headers }), /GET \/login/, name);
  }
});
