import assert from "node:assert/strict";
import { isoCBOR } from "@simplewebauthn/server/helpers";
import { SoftPasskey } from "@/tests/kit/soft_passkey.ts";
import { checkNewPasskey, readAnswer, relyingPartyOf } from "./passkeys.ts";

const PARTY = { id: "people.example.com", name: "Roster", origin: "https://people.example.com" };
const QUESTION = { challenge: "A".repeat(43), rp: PARTY, user: { id: "MQ" } };

const check = async (credential: string) => await checkNewPasskey(PARTY, readAnswer(credential)!);

/** An RSA key as COSE. */
const rsaKey = (bytes: number, algorithm = -257) =>
  isoCBOR.encode(
    new Map<number, number | Uint8Array>([
      [1, 3],
      [3, algorithm],
      [-1, new Uint8Array(bytes).fill(0xff)],
      [-2, new Uint8Array([1, 0, 1])],
    ]),
  );

Deno.test("relyingPartyOf() is the host of APP_URL over https, or this machine", () => {
  const idOf = (appUrl: string) => {
    const party = relyingPartyOf({ appUrl, appName: "Roster" });
    return party && [party.id, party.origin];
  };
  assert.deepEqual(idOf("https://people.example.com"), [PARTY.id, PARTY.origin]);
  assert.deepEqual(idOf("https://a.example:8443"), ["a.example", "https://a.example:8443"]);
  for (const host of ["127.0.0.1", "[::1]", "localhost"]) {
    assert.deepEqual(idOf(`http://${host}:8000`), ["localhost", "http://localhost:8000"]);
  }
  for (const appUrl of ["http://a.example", "https://192.0.2.1", "https://[2001:db8::1]"]) {
    assert.equal(idOf(appUrl), undefined, appUrl);
  }
});

Deno.test("checkNewPasskey() takes the keys that browsers make", async () => {
  const passkey = new SoftPasskey(PARTY.origin);
  const made = await check(passkey.make(QUESTION));
  assert.equal(made?.credentialId, passkey.id);
  assert.deepEqual([made?.counter, made?.synced], [1, true]);
  assert.ok(await check(passkey.make(QUESTION, { publicKey: rsaKey(512) })));
});

Deno.test("a new passkey is refused whose key has another algorithm or is too long", async () => {
  const passkey = new SoftPasskey(PARTY.origin);
  // SHA-1, and PSS.
  for (const publicKey of [rsaKey(256, -65_535), rsaKey(256, -37), rsaKey(1_024)]) {
    assert.equal(await check(passkey.make(QUESTION, { publicKey })), undefined);
  }
});

Deno.test("a new passkey is refused whose attestation has certificates or another format", async () => {
  const passkey = new SoftPasskey(PARTY.origin);
  for (const format of ["fido-u2f", "android-safetynet", "android-key", "tpm", "apple", "x"]) {
    assert.equal(await check(passkey.make(QUESTION, { format })), undefined, format);
  }
});
