import assert from "node:assert/strict";
import { createPasswordHasher } from "@/lib/crypto/password_hasher.ts";
import { takePassword } from "./password.ts";

const HASH = "e8bb3c9e2fd28310f436736729e5dbbc0fb5ae938563c4bac4882d2cdb0e6ae7" +
  "1b697a919617464dfe2ae9f7aec967db7ae8d59f3c99c49e44072de0376946cf" +
  "cd0739dd88b1c1346d900a09a9fc892c013e7fa4725cb741b15c721107bede31";
const BYTES = new TextEncoder().encode(HASH);

for (
  const [what, cell] of Object.entries({
    "a BLOB": BYTES,
    "text": HASH,
    "Python's bytes": `b'${HASH}'`,
    "PostgreSQL's bytea": `\\x${BYTES.toHex()}`,
    "base64": BYTES.toBase64(),
  })
) {
  Deno.test(`takePassword() reads the hash of the vector as ${what}`, async () => {
    const hasher = createPasswordHasher();
    assert.equal(await hasher.verify(takePassword(cell) ?? "", "Passw0rd-alice", "test"), true);
  });
}

Deno.test("takePassword() refuses anything else", () => {
  for (const cell of [null, "", "!", "secret", 7, HASH.toUpperCase(), HASH + "0", HASH.slice(1)]) {
    assert.equal(takePassword(cell), undefined);
  }
});
