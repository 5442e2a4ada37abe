import assert from "node:assert/strict";
import fc from "fast-check";
import { parseInstant } from "./instant.ts";

Deno.test("parseInstant() reads days, minutes, seconds, fractions and offsets", () => {
  const times = {
    "2030-01-31": "2030-01-31T00:00:00.000Z",
    "2030-01-31T12:30": "2030-01-31T12:30:00.000Z",
    "2030-01-31T12:30:59": "2030-01-31T12:30:59.000Z",
    "2030-01-31T12:30:59.123456789Z": "2030-01-31T12:30:59.123Z",
    "2030-01-31T00:30+01:00": "2030-01-30T23:30:00.000Z",
    "2030-12-31T23:30:00-05:30": "2031-01-01T05:00:00.000Z",
    "2028-02-29": "2028-02-29T00:00:00.000Z",
    "0001-01-01": "0001-01-01T00:00:00.000Z",
    "9999-12-31T23:59:59Z": "9999-12-31T23:59:59.000Z",
  };
  for (const [text, time] of Object.entries(times)) {
    assert.equal(parseInstant(text)?.toISOString(), time, text);
  }
});

Deno.test("parseInstant() refuses times that are not on the calendar or the clock", () => {
  const refused = [
    "2030-02-30",
    "2030-02-29",
    "2100-02-29",
    "2030-04-31",
    "2030-00-10",
    "2030-13-01",
    "2030-01-00",
    "2030-01-32",
    "2030-01-31T24:00",
    "2030-01-31T24:00:00Z",
    "2030-01-31T23:60",
    "2016-12-31T23:59:60Z",
    "2030-01-31T12:00+24:00",
    "2030-01-31T12:00+01:60",
    "2030-01-31T12:00.5",
    "2030-01-31T12",
    "2030-01-31T12:00 Z",
    "2030-01-31 12:00",
    "2030-1-31",
    "0000-01-01",
    "0001-01-01T00:00+01:00",
    "9999-12-31T23:59-01:00",
    "+012030-01-01",
    "-2030-01-01",
    "tomorrow",
    "1e9",
    "",
  ];
  for (const text of refused) assert.equal(parseInstant(text), undefined, text);
});

const MONTHS = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

/** Days since 1 January of the year 1, counted one year and one month after the other. */
function countDays(year: number, month: number, day: number): number {
  const isLeap = (it: number) => it % 4 === 0 && (it % 100 !== 0 || it % 400 === 0);
  let days = day - 1;
  for (let before = 1; before < month; before++) {
    days += MONTHS[before - 1]! + (before === 2 && isLeap(year) ? 1 : 0);
  }
  for (let before = 1; before < year; before++) days += isLeap(before) ? 366 : 365;
  return days;
}

function daysOfMonth(year: number, month: number): number {
  return countDays(month === 12 ? year + 1 : year, month % 12 + 1, 1) - countDays(year, month, 1);
}

const EPOCH_DAYS = countDays(1970, 1, 1);
const part = (max: number) => fc.integer({ min: 0, max });
const pad = (value: number, width = 2) => String(value).padStart(width, "0");

Deno.test("parseInstant() agrees with a calendar computed from the rules", () => {
  const parts = fc.record({
    year: fc.integer({ min: 1, max: 9998 }),
    month: part(13),
    day: part(32),
    hour: part(25),
    minute: part(61),
    second: part(61),
    sign: fc.constantFrom("+", "-"),
    offsetHours: part(25),
    offsetMinutes: part(61),
  });
  fc.assert(
    fc.property(parts, (it) => {
      const { year, month, day, hour, minute, second, sign, offsetHours, offsetMinutes } = it;
      const text = `${pad(year, 4)}-${pad(month)}-${pad(day)}T${pad(hour)}:${pad(minute)}:` +
        `${pad(second)}${sign}${pad(offsetHours)}:${pad(offsetMinutes)}`;
      const isReal = month >= 1 && month <= 12 && day >= 1 && day <= daysOfMonth(year, month) &&
        hour <= 23 && minute <= 59 && second <= 59 && offsetHours <= 23 && offsetMinutes <= 59;
      const offset = (sign === "-" ? -1 : 1) * (offsetHours * 60 + offsetMinutes);
      const seconds = (countDays(year, month, day) - EPOCH_DAYS) * 86_400 +
        hour * 3_600 + (minute - offset) * 60 + second;
      const isHeld = seconds >= -EPOCH_DAYS * 86_400;
      assert.equal(parseInstant(text)?.getTime(), isReal && isHeld ? seconds * 1_000 : undefined);
    }),
    { numRuns: 500 },
  );
});
