import assert from "node:assert/strict";
import fc from "fast-check";
import { flashText, readFlash, writeFlash } from "./flash.ts";

Deno.test("a message names the user that it is about", () => {
  const flash = { code: "suspend_user", name: "Ana $& Sample" } as const;
  assert.equal(flashText(flash), "Ana $& Sample is suspended and signed out everywhere.");
  assert.deepEqual(readFlash(writeFlash(flash)), flash);
  assert.equal(flashText({ code: "delete_user.other" }), "The user is deleted.");
});

Deno.test("a cookie can say no more than one of the messages, with a name that is one", () => {
  assert.equal(readFlash(undefined), undefined);
  for (const cookie of ["", "constructor", "edit_user.own ", "x:Ana", ":Ana", "<b>"]) {
    assert.equal(readFlash(cookie), undefined, cookie);
  }
  for (const name of ["", "a\u202eb", "a\nb", "x".repeat(121)]) {
    assert.deepEqual(readFlash(`edit_user.own:${name}`), { code: "edit_user.own" }, name);
  }
});

Deno.test("readFlash() reads any cookie", () => {
  fc.assert(fc.property(fc.string({ unit: "binary" }), (text) => {
    const flash = readFlash(`edit_user.other:${text}`);
    assert.equal(flash?.code, "edit_user.other");
  }));
});
