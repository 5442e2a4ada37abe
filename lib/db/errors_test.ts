import assert from "node:assert/strict";
import { isUnreachable, outageOf } from "./errors.ts";

Deno.test("a missing file is not an outage of the database", async () => {
  const error = await Deno.readTextFile("no such file").catch((reason: unknown) => reason);
  assert.equal(isUnreachable(error), false);
  assert.equal(isUnreachable(undefined), false);
  assert.equal(isUnreachable("ECONNREFUSED"), false);
});

Deno.test("outageOf() knows what trying again may mend", () => {
  const outages = {
    "57P01": "unreachable",
    "57P05": "unreachable",
    "25P03": "unreachable",
    "25006": "read_only",
    "53100": "disk_full",
    "57014": "busy",
    "55P03": "busy",
    "40P01": "busy",
    "42601": undefined,
    "23505": undefined,
  };
  for (const [code, outage] of Object.entries(outages)) {
    assert.equal(outageOf(Object.assign(new Error("x"), { code })), outage, code);
  }
});
