import assert from "node:assert/strict";
import { hashToken, randomToken } from "./token.ts";

Deno.test("randomToken() has 256 random bits, and no two are the same", () => {
  const tokens = Array.from({ length: 1_000 }, randomToken);
  assert.equal(new Set(tokens).size, tokens.length);
  for (const token of tokens) {
    assert.equal(Uint8Array.fromBase64(token, { alphabet: "base64url" }).length, 32);
  }
});

Deno.test("hashToken() is SHA-256 in hex", () => {
  const digest = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
  assert.equal(hashToken("abc"), digest);
});
