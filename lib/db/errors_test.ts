import assert from "node:assert/strict";
import { isUnreachable } from "./errors.ts";

Deno.test("a file that does not exist says nothing of the database", async () => {
  const error = await Deno.readTextFile("no such file").catch((reason: unknown) => reason);
  assert.equal(isUnreachable(error), false);
  assert.equal(isUnreachable(undefined), false);
  assert.equal(isUnreachable("ECONNREFUSED"), false);
});
