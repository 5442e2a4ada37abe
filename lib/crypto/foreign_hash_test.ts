import assert from "node:assert/strict";
import { readForeignHash } from "./foreign_hash.ts";
import { createPasswordHasher } from "./password_hasher.ts";
import { OWN_SCHEME } from "./phc.ts";

/** Made by Python's hashlib and libcrypt, which agree with the frameworks. */
const OLD_PASSWORD = "Grüße-Passw0rd";

/** The same password as each framework stores it. */
const FOREIGN_HASHES = {
  "Werkzeug's PBKDF2-SHA256": "pbkdf2:sha256:1000$Gf3kLq8RtYpZ$" +
    "0864a36ef6b7b623447111faca41f792d457a63104fa36d95a18fc7e3ae3ecd4",
  "Werkzeug's PBKDF2-SHA1": "pbkdf2:sha1:1000$Gf3kLq8RtYpZ$" +
    "fed8ba2636114fab432b413c64a7667e2b0650f8",
  "Werkzeug's PBKDF2-SHA512": "pbkdf2:sha512:1000$Gf3kLq8RtYpZ$" +
    "f9bd340d5d154b0291a5e4564e6aa46b3bbfff2001f29981522125d07abd7e79" +
    "19d71def806f40847ccd66fdb234a42c52ac1d196c8caa2cca02798ce1238640",
  "Werkzeug's scrypt": "scrypt:1024:8:1$Gf3kLq8RtYpZ$" +
    "a1bdaafe290cfc29ca25c7ef5772fc9c535ab6118c1187b258a7466e23b17ff1" +
    "4c373c461c56d28fcc7fe5646f5a19bc40b4692e566e278fe7a9ebf143166f1a",
  "Django's PBKDF2": "pbkdf2_sha256$1000$Gf3kLq8RtYpZ$" +
    "CGSjbva3tiNEcRH6ykH3ktRXpjEE+jbZWhj8fjrj7NQ=",
  "Django's scrypt": "scrypt$Gf3kLq8RtYpZ$1024$8$5$" +
    "Xdrp6wSQC8pXsQatf7WOIy/i9BN7R5+pBDLbdIoqvI1qVOYGOYAKubWtSYaXTSFxxfBxUuMk+cY3IB8ofS39Fg==",
  "Django's bcrypt": "bcrypt_sha256$$2b$05$CCCCCCCCCCCCCCCCCCCCC.NTjYqcVMbn3I9PoZQcANgZBNzcKF1xS",
  "bcrypt": "$2b$05$CCCCCCCCCCCCCCCCCCCCC.IJ7SnQe.Ec0Eh8GKFWgzHgeP7n0SV/O",
  "PHP's bcrypt": "$2y$05$CCCCCCCCCCCCCCCCCCCCC.IJ7SnQe.Ec0Eh8GKFWgzHgeP7n0SV/O",
};

/** Of the reference implementation. */
const ARGON2 =
  "$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc";

Deno.test("the hash of each framework matches its password and no other, and is outdated", async () => {
  const hasher = createPasswordHasher();
  for (const [name, hash] of Object.entries(FOREIGN_HASHES)) {
    const phc = readForeignHash(hash) ?? "";
    assert.ok(phc, name);
    assert.equal(await hasher.verify(phc, OLD_PASSWORD, "test"), true, name);
    assert.equal(await hasher.verify(phc, "Gruesse-Passw0rd", "test"), false, name);
    assert.equal(await hasher.verify(phc, "\0", "test"), false, name);
    assert.equal(hasher.isOutdated(phc), true, name);
    assert.equal(phc.startsWith(hasher.schemeOf(phc)!), true, name);
    await hasher.waste("any", "test", hasher.schemeOf(phc));
  }
  for (const hash of [ARGON2, `argon2${ARGON2}`]) {
    assert.equal(await hasher.verify(readForeignHash(hash) ?? "", "password", "test"), true);
  }
});

Deno.test("bcrypt takes the first 72 bytes of a password", async () => {
  const phc = readForeignHash("$2b$05$CCCCCCCCCCCCCCCCCCCCC.D7RDOYXakZhsFmh/LdqQNx0kQ424AFS");
  for (const length of [72, 80, 256]) {
    assert.equal(await createPasswordHasher().verify(phc ?? "", "x".repeat(length), "test"), true);
  }
});

Deno.test("a hash that would take a sign-in long, or is none, is not taken", () => {
  const hex = "ab".repeat(32);
  const key = "A".repeat(43);
  for (
    const hash of [
      "",
      "!",
      "secret",
      `pbkdf2:sha256:99999999$salt$${hex}`,
      `pbkdf2:sha256:0$salt$${hex}`,
      `pbkdf2:md5:1000$salt$${hex}`,
      `pbkdf2:sha256:1000$salt$${hex}00`,
      `pbkdf2:sha256:1000$${"s".repeat(500)}$${hex}`,
      `scrypt:1048576:8:1$salt$${hex}${hex}`,
      `scrypt:32768:8:100$salt$${hex}${hex}`,
      `scrypt:1000:8:1$salt$${hex}${hex}`,
      "$2b$31$CCCCCCCCCCCCCCCCCCCCC.IJ7SnQe.Ec0Eh8GKFWgzHgeP7n0SV/O",
      "$2b$03$CCCCCCCCCCCCCCCCCCCCC.IJ7SnQe.Ec0Eh8GKFWgzHgeP7n0SV/O",
      `$argon2id$v=19$m=9999999,t=999,p=1$c29tZXNhbHQ$${key}`,
      `$argon2id$v=19$m=131072,t=999,p=1$c29tZXNhbHQ$${key}`,
      `$argon2id$v=19$m=1024,t=1,p=99$c29tZXNhbHQ$${key}`,
      `$argon2i$v=19$m=1024,t=1,p=1$c29tZXNhbHQ$${key}`,
    ]
  ) assert.equal(readForeignHash(hash), undefined, hash);
});

Deno.test("a new hash is of the scheme that is named as its own", async () => {
  const hasher = createPasswordHasher();
  assert.equal(hasher.schemeOf(await hasher.hash("secret", "test")), OWN_SCHEME);
});
