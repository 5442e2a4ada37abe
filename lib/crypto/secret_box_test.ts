import assert from "node:assert/strict";
import { createSecretBox, SecretKeyError } from "./secret_box.ts";

const ANA = { purpose: "totp", userId: 1 } as const;
const OLD = "an old key of more than 32 characters";
const NEW = "a new key of more than 32 characters";

Deno.test("a box opens what it has sealed, and no two sealed texts are equal", async () => {
  const box = createSecretBox([OLD]);
  const [first, second] = [await box.seal("secret", ANA), await box.seal("secret", ANA)];
  assert.notEqual(first, second);
  assert.equal(first.includes("secret"), false);
  assert.equal(await box.open(first, ANA), "secret");
  assert.equal(await box.open(second, ANA), "secret");
});

Deno.test("a secret opens for its own user only", async () => {
  const box = createSecretBox([OLD]);
  const sealed = await box.seal("secret", ANA);
  await assert.rejects(box.open(sealed, { ...ANA, userId: 2 }), SecretKeyError);
});

Deno.test("a secret with one changed character does not open", async () => {
  const box = createSecretBox([OLD]);
  const sealed = await box.seal("secret", ANA);
  for (const at of [sealed.indexOf(".") + 1, sealed.lastIndexOf(".") + 1]) {
    const other = sealed[at] === "A" ? "B" : "A";
    const changed = sealed.slice(0, at) + other + sealed.slice(at + 1);
    await assert.rejects(box.open(changed, ANA), SecretKeyError);
  }
});

Deno.test("after a change of keys the first seals and all open", async () => {
  const sealed = await createSecretBox([OLD]).seal("secret", ANA);
  const both = createSecretBox([NEW, OLD]);
  assert.equal(await both.open(sealed, ANA), "secret");
  assert.equal(await both.isOutdated(sealed), true);
  const renewed = await both.seal("secret", ANA);
  assert.equal(await both.isOutdated(renewed), false);
  const onlyNew = createSecretBox([NEW]);
  assert.equal(await onlyNew.open(renewed, ANA), "secret");
  assert.equal(await onlyNew.knowsKeyOf(sealed), false);
  await assert.rejects(onlyNew.open(sealed, ANA), SecretKeyError);
});
