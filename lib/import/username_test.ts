import assert from "node:assert/strict";
import fc from "fast-check";
import { foldKey } from "@/lib/shared/fold.ts";
import { registerForm } from "@/lib/shared/sign_in_forms.ts";
import { NameBook, toUsername } from "./username.ts";

const someText = fc.string({ unit: "binary", maxLength: 100 });

Deno.test("toUsername() makes a name of any text that could register", () => {
  fc.assert(fc.property(someText, someText, (text, id) => {
    const name = toUsername(text, id);
    assert.deepEqual(registerForm.username.read(name), { value: name });
  }));
});

Deno.test("claimVariant() gives everybody a name of their own that could register", async () => {
  const names = fc.array(fc.constantFrom("---", "ada", "Ada", "a".repeat(64), "é", "-1-"));
  await fc.assert(fc.asyncProperty(names, async (wishes) => {
    const book = new NameBook(() => Promise.resolve(true));
    const given = await Promise.all(
      wishes.map((wish, index) => book.claimVariant(toUsername(wish, "1"), String(index % 2))),
    );
    for (const name of given) assert.deepEqual(registerForm.username.read(name), { value: name });
    assert.equal(new Set(given.map(foldKey)).size, given.length);
  }));
});

Deno.test("claimVariant() skips names that are in use", async () => {
  const book = new NameBook((name) => Promise.resolve(name !== "ada-7"));
  assert.equal(await book.claimVariant("ada", "7"), "ada-7-2");
});
