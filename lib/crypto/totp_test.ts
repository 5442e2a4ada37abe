import assert from "node:assert/strict";
import { findStep, randomTotpSecret, stepAt, totpCode, totpUri } from "./totp.ts";

/** "12345678901234567890" in Base32, the secret of the RFC's table. */
const SECRET = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";

Deno.test("codes are those of RFC 6238, appendix B", async () => {
  const table: [number, string][] = [
    [59, "287082"],
    [1111111109, "081804"],
    [1111111111, "050471"],
    [1234567890, "005924"],
    [2000000000, "279037"],
    [20000000000, "353130"],
  ];
  for (const [seconds, code] of table) {
    assert.equal(await totpCode(SECRET, stepAt(new Date(seconds * 1_000))), code);
  }
});

Deno.test("codes of the steps -1, 0 and +1 are taken, others not", async () => {
  const now = new Date("2030-01-01T12:00:15Z");
  const taken: number[] = [];
  for (const offset of [-3, -2, -1, 0, 1, 2, 3]) {
    const code = await totpCode(SECRET, stepAt(now) + offset);
    if (await findStep(SECRET, code, 0, now) !== undefined) taken.push(offset);
  }
  assert.deepEqual(taken, [-1, 0, 1]);
});

Deno.test("a code of a used step, or of one before it, is refused", async () => {
  const now = new Date("2030-01-01T12:00:15Z");
  const used = stepAt(now);
  for (const step of [used - 1, used]) {
    assert.equal(await findStep(SECRET, await totpCode(SECRET, step), used, now), undefined);
  }
  assert.equal(await findStep(SECRET, await totpCode(SECRET, used + 1), used, now), used + 1);
});

Deno.test("secrets have 160 random bits", () => {
  const secrets = Array.from({ length: 100 }, randomTotpSecret);
  assert.equal(new Set(secrets).size, 100);
  for (const secret of secrets) assert.match(secret, /^[A-Z2-7]{32}$/);
});

Deno.test("spaces of the product's name are %20 in the link", () => {
  const uri = totpUri({ issuer: "My People: HQ", account: "ana+b@example.org", secret: SECRET });
  const name = "My%20People%3A%20HQ";
  assert.ok(uri.startsWith(`otpauth://totp/${name}:ana%2Bb%40example.org?secret=${SECRET}&`), uri);
  assert.ok(uri.includes(`&issuer=${name}&`));
  const url = new URL(uri);
  assert.equal(url.searchParams.get("issuer"), "My People: HQ");
});
