import assert from "node:assert/strict";
import { readableAddress } from "./readable_address.ts";
import { asciiAddress } from "./shared/fold.ts";

Deno.test("readableAddress() undoes asciiAddress(), and nothing else", () => {
  for (const address of ["info@müller.example", "x@почта.рф", "a.b+c@例え.jp"]) {
    assert.equal(readableAddress(asciiAddress(address)), address);
  }
  for (
    const text of ["Ada@Example.com", "xn--mller-kva", "a@xn--zzzzzzzzzz99999.example", "müller"]
  ) {
    assert.equal(readableAddress(text), text);
  }
});
