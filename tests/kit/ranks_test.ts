import assert from "node:assert/strict";
import { compareTimes, isNoise } from "./ranks.ts";

const times = (count: number, first: number, step: number) =>
  Array.from({ length: count }, (_, index) => first + index * step);

Deno.test("groups of the same times are noise, even with outliers", () => {
  const noisy = [...times(199, 10, 0.05), 5_000];
  assert.ok(isNoise(compareTimes(times(200, 10, 0.05), noisy)));
});

Deno.test("a steady difference is found, however small, and a large one in either direction", () => {
  assert.equal(isNoise(compareTimes(times(200, 10, 0.001), times(200, 10.1, 0.001))), false);
  for (const [first, second] of [[10, 15], [15, 10]] as const) {
    assert.equal(isNoise(compareTimes(times(200, first, 0.1), times(200, second, 0.1))), false);
  }
});
