import assert from "node:assert/strict";
import fc from "fast-check";
import { flashText, readFlash, writeFlash } from "./flash.ts";

Deno.test("a message names the user that it is about", () => {
  const flash = { code: "user_suspended", name: "Ana $& Sample" } as const;
  assert.equal(flashText(flash), "Ana $& Sample is suspended and signed out everywhere.");
  assert.deepEqual(readFlash(writeFlash(flash)), flash);
  assert.equal(flashText({ code: "user_deleted" }), "The user is deleted.");
});

Deno.test("a cookie can say no more than one of the messages, with a name that is one", () => {
  assert.equal(readFlash(undefined), undefined);
  for (const cookie of ["", "constructor", "saved ", "x:Ana", ":Ana", "<b>"]) {
    assert.equal(readFlash(cookie), undefined, cookie);
  }
  for (const name of ["", "a\u202eb", "a\nb", "x".repeat(121)]) {
    assert.deepEqual(readFlash(`saved:${name}`), { code: "saved" }, name);
  }
});

Deno.test("readFlash() reads any cookie", () => {
  fc.assert(fc.property(fc.string({ unit: "binary" }), (text) => {
    const flash = readFlash(`user_saved:${text}`);
    assert.equal(flash?.code, "user_saved");
  }));
});
