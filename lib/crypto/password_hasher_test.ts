import { availableParallelism } from "node:os";
import { QueueFullError } from "@/lib/work_queue.ts";
import assert from "node:assert/strict";
import { loadArgon2, webCryptoArgon2 } from "./argon2.ts";
import { formatPhc, parsePhc } from "./phc.ts";
import { createPasswordHasher, passwordHasherOver } from "./password_hasher.ts";

const ascii = (text: string) => new TextEncoder().encode(text);

Deno.test("hash() makes a PHC string with its parameters and a salt of its own", async () => {
  const hasher = createPasswordHasher();
  const [first, second] = await Promise.all([
    hasher.hash("secret", "test"),
    hasher.hash("secret", "test"),
  ]);
  assert.match(first, /^\$argon2id\$v=19\$m=19456,t=2,p=1\$[\w+/]{22}\$[\w+/]{43}$/);
  assert.notEqual(first, second);
});

Deno.test("verify() knows the right password from a wrong one", async () => {
  const hasher = createPasswordHasher();
  const phc = await hasher.hash("  Sp4ces around  ", "test");
  assert.equal(await hasher.verify(phc, "  Sp4ces around  ", "test"), true);
  assert.equal(await hasher.verify(phc, "Sp4ces around", "test"), false);
});

Deno.test("verify() takes an accent in either Unicode form, whichever was hashed", async () => {
  const hasher = createPasswordHasher();
  for (const form of ["NFC", "NFD"]) {
    const phc = await hasher.hash("Zoë12345".normalize(form), "test");
    assert.equal(await hasher.verify(phc, "Zoë12345".normalize("NFC"), "test"), true);
    assert.equal(await hasher.verify(phc, "Zoë12345".normalize("NFD"), "test"), true);
  }
});

Deno.test("verify() checks the PBKDF2 hashes of the Flask application", async () => {
  const hasher = createPasswordHasher();
  const phc = formatPhc({
    kind: "pbkdf2-sha512",
    iterations: 100_000,
    salt: ascii("e8bb3c9e2fd28310f436736729e5dbbc0fb5ae938563c4bac4882d2cdb0e6ae7"),
    hash: Uint8Array.fromHex(
      "1b697a919617464dfe2ae9f7aec967db7ae8d59f3c99c49e44072de0376946cf" +
        "cd0739dd88b1c1346d900a09a9fc892c013e7fa4725cb741b15c721107bede31",
    ),
  });
  assert.equal(await hasher.verify(phc, "Passw0rd-alice", "test"), true);
  assert.equal(await hasher.verify(phc, "Passw0rd-bob", "test"), false);
  assert.equal(hasher.isOutdated(phc), true);
});

Deno.test("the native addon and WebCrypto derive the same key", async () => {
  const native = await loadArgon2();
  assert.notEqual(native, webCryptoArgon2, "the native addon did not load");
  const cost = { memory: 64, passes: 1, parallelism: 1 };
  const salt = ascii("0123456789abcdef");
  assert.deepEqual(
    new Uint8Array(await native("pässword", salt, cost)),
    await webCryptoArgon2("pässword", salt, cost),
  );
});

Deno.test("verify() works without the native addon", async () => {
  const phc = await createPasswordHasher().hash("secret", "test");
  assert.equal(await passwordHasherOver(webCryptoArgon2).verify(phc, "secret", "test"), true);
});

Deno.test("verify() refuses every password for an invalid hash", async () => {
  const hasher = createPasswordHasher();
  for (const phc of ["", "!", "plain", "$argon2id$v=19$m=1$x$y"]) {
    assert.equal(await hasher.verify(phc, phc, "test"), false);
    assert.equal(parsePhc(phc), undefined);
  }
});

Deno.test("beyond 200 waiting hashes, or 50 of one client, the next is refused", async () => {
  const gate = Promise.withResolvers<Uint8Array>();
  const hasher = passwordHasherOver(() => gate.promise);
  const send = (client: string, count: number) =>
    Array.from({ length: count }, () => hasher.hash("seven purple dragons", client));
  const taken = [
    send("first", availableParallelism() + 50),
    ...["second", "third", "fourth"].map((client) => send(client, 50)),
  ];
  for (const client of ["first", "fifth"]) {
    await assert.rejects(hasher.hash("one more", client), QueueFullError);
  }
  gate.resolve(new Uint8Array(32));
  await Promise.all(taken.flat());
});

Deno.test("verify() and waste() take from the share of the client that asks", async () => {
  const hasher = createPasswordHasher();
  const phc = await hasher.hash("secret", "test");
  const taken = Array.from(
    { length: availableParallelism() + 50 },
    () => hasher.verify(phc, "wrong", "greedy"),
  );
  await assert.rejects(hasher.verify(phc, "secret", "greedy"), QueueFullError);
  await assert.rejects(hasher.waste("secret", "greedy"), QueueFullError);
  assert.equal(await hasher.verify(phc, "secret", "modest"), true);
  await Promise.all(taken);
});
