import assert from "node:assert/strict";
import { median, ratioOf } from "./compare.ts";

Deno.test("ratioOf() is not fooled by a machine that keeps slowing down", async () => {
  let speed = 1024;
  const at = (rate: number) => () => Promise.resolve(rate * (speed *= 0.99));
  const ratio = await ratioOf(at(40), at(100));
  assert.ok(Math.abs(ratio - 0.4) < 0.005, String(ratio));
});

Deno.test("ratioOf() leaves one disturbed round out", async () => {
  let calls = 0;
  const disturbed = () => Promise.resolve(++calls === 3 ? 1 : 50);
  assert.equal(await ratioOf(disturbed, () => Promise.resolve(100)), 0.5);
});

Deno.test("median() takes the middle, or the mean of the two in the middle", () => {
  assert.equal(median([3, 1, 2]), 2);
  assert.equal(median([4, 1, 2, 3]), 2.5);
});
