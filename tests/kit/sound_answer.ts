import assert from "node:assert/strict";
import type { Answer } from "./client.ts";

/** What every answer has, whoever asks for what. */
const HEADERS = {
  "x-content-type-options": "nosniff",
  "x-frame-options": "DENY",
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-resource-policy": "same-origin",
};

/** What no answer has. */
const ABSENT = ["server", "x-powered-by", "access-control-allow-origin"];

const TYPES =
  /^(text\/(html|plain|css|javascript|csv); ?charset=utf-8|application\/((problem\+)?json(l; charset=utf-8)?|zip)|image\/[\w+]+|font\/woff2|application\/manifest\+json)$/i;

/**
 * Fails if an answer of the application lacks what all of them have: headers, a policy, a type of
 * its body, and cookies that scripts and other sites cannot use.
 */
export function assertSound(asked: string, { headers, text }: Answer): void {
  for (const [name, value] of Object.entries(HEADERS)) {
    assert.equal(headers.get(name), value, `${asked}: ${name}`);
  }
  for (const name of ABSENT) assert.equal(headers.get(name), null, `${asked}: ${name}`);
  for (const name of ["referrer-policy", "permissions-policy", "cache-control"]) {
    assert.ok(headers.has(name), `${asked}: ${name}`);
  }
  const policy = headers.get("content-security-policy") ?? "";
  for (const directive of ["default-src 'none'", "frame-ancestors 'none'"]) {
    assert.ok(policy.includes(directive), `${asked}: ${directive}`);
  }
  assert.doesNotMatch(policy, /unsafe-/, asked);
  if (text !== "") assert.match(headers.get("content-type") ?? "", TYPES, asked);
  for (const cookie of headers.getSetCookie()) {
    assert.match(cookie, /; Path=\/.*; HttpOnly;.* SameSite=Lax$/, asked);
    assert.doesNotMatch(cookie, /Domain=/i, asked);
  }
}
