import assert from "node:assert/strict";
import { keyOf, timeOf, wholeOf } from "./cells.ts";

Deno.test("timeOf() reads UTC text, offsets, seconds and milliseconds", () => {
  const times: [string | number | bigint, string][] = [
    ["2026-11-23 02:31:58.377347", "2026-11-23T02:31:58.377Z"],
    ["2026-11-23T02:31:58Z", "2026-11-23T02:31:58.000Z"],
    ["2026-11-23 02:31:58+0530", "2026-11-22T21:01:58.000Z"],
    ["2026-11-23 02:31:58-03", "2026-11-23T05:31:58.000Z"],
    ["2026-11-23", "2026-11-23T00:00:00.000Z"],
    [1_795_401_151, "2026-11-23T02:32:31.000Z"],
    ["1795401151", "2026-11-23T02:32:31.000Z"],
    [1_795_401_151_000n, "2026-11-23T02:32:31.000Z"],
  ];
  for (const [cell, time] of times) assert.equal(timeOf(cell)?.toISOString(), time, String(cell));
});

Deno.test("timeOf() takes no other text and no time that cannot be meant", () => {
  const none = [null, "", "yesterday", "2026-13-01", "0001-01-01", "9999-12-31", -1e13];
  const offCalendar = ["2026-02-30", "2026-02-29 12:00", "2026-01-31 24:00", "2026-01-31 23:59:60"];
  for (const cell of [...none, ...offCalendar, "2026-01-31 12:00+2500"]) {
    assert.equal(timeOf(cell), undefined, String(cell));
  }
});

Deno.test("wholeOf() reads whole numbers of every type, and nothing else", () => {
  for (const cell of [2, 2n, "2", " 2 ", "2.0", new TextEncoder().encode("2")]) {
    assert.equal(wholeOf(cell), 2);
  }
  for (const cell of [null, "", "two", "2.5", "1e3", "0x2"]) assert.equal(wholeOf(cell), undefined);
});

Deno.test("keyOf() gives numbers and text the same key", () => {
  assert.equal(keyOf(7n), keyOf(" 7 "));
  assert.equal(keyOf(" "), undefined);
});
