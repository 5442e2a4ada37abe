import assert from "node:assert/strict";
import { computed, Signal, signal } from "@preact/signals";
import fc from "fast-check";
import { h } from "preact";
import { decodePayload } from "./decode.ts";
import { encodePayload, UnserializableError } from "./encode.ts";
import type { Payload } from "./wire.ts";

/** Sends a page with an island for each of the props to the browser and back. */
function send(...props: Record<string, unknown>[]) {
  const islands = props.map((own): Payload["islands"][number] => [0, "default", {}, own]);
  const json = encodePayload({ chunks: ["/Widget.js"], islands }, props.map(() => "Widget"));
  return { json, props: decodePayload(json).islands.map(([, , , own]) => own) };
}

/** Sends one prop to the browser and back. */
function roundTrip<T>(value: T): T {
  return send({ value }).props[0]!.value as T;
}

Deno.test("any JSON survives the way to the browser", () => {
  fc.assert(fc.property(fc.jsonValue({ noUnicodeString: false }), (value) => {
    assert.deepEqual(roundTrip(value), value);
  }));
});

Deno.test("plain props are written as they are", () => {
  const plain = { text: "a", list: [1, null, { deep: true }] };
  const { json } = send(plain, {});
  const islands = [[0, "default", {}, plain], [0, "default", {}, {}]];
  assert.deepEqual(JSON.parse(json), { chunks: ["/Widget.js"], islands });
});

Deno.test("an object that two islands share is one object in the browser", () => {
  const shared = { n: 1 };
  const [first, second] = send({ shared }, { shared }).props;
  assert.equal(first!.shared, second!.shared);
});

Deno.test("any value of the supported kinds survives the way to the browser", () => {
  const anything = fc.anything({
    withBigInt: true,
    withDate: true,
    withMap: true,
    withSet: true,
    withSparseArray: true,
    withNullPrototype: false,
    withObjectString: true,
    maxDepth: 4,
  });
  fc.assert(fc.property(anything, (value) => assert.deepEqual(roundTrip(value), value)));
});

Deno.test("each special value survives", () => {
  const leaves = [
    NaN,
    Infinity,
    -Infinity,
    -0,
    undefined,
    12345678901234567890n,
    new Date("2024-02-29T12:00:00.123Z"),
    new Date(NaN),
    new URL("https://example.org/a?b=c#d"),
    /a\/b<\/script>/giu,
    new Uint8Array([0, 1, 127, 128, 255]),
    [1, , 3],
    [undefined, , null],
  ];
  for (const leaf of leaves) assert.deepEqual(roundTrip(leaf), leaf);
  assert.ok(Object.is(roundTrip(-0), -0));
  assert.equal(1 in roundTrip([1, , 3]), false);
});

Deno.test("all eight kinds of Temporal survive", () => {
  const moment = Temporal.ZonedDateTime.from("2024-02-29T12:00:00+01:00[Europe/Paris]");
  const kinds = [
    moment,
    moment.toInstant(),
    moment.toPlainDate(),
    moment.toPlainTime(),
    moment.toPlainDateTime(),
    Temporal.PlainYearMonth.from("2024-02"),
    Temporal.PlainMonthDay.from("02-29"),
    Temporal.Duration.from({ hours: 25, minutes: 1 }),
  ];
  for (const value of kinds) {
    const result = roundTrip(value);
    assert.equal(result.constructor, value.constructor);
    assert.equal(String(result), String(value));
  }
});

Deno.test("shared references and cycles survive, between islands too", () => {
  const shared = { n: 1 };
  const cyclic: Record<string, unknown> = { shared, map: new Map(), set: new Set(), list: [] };
  cyclic.self = cyclic;
  (cyclic.map as Map<unknown, unknown>).set(cyclic, shared);
  (cyclic.set as Set<unknown>).add(cyclic);
  (cyclic.list as unknown[]).push(cyclic);
  const [first, second] = send({ cyclic }, { shared }).props as [
    { cyclic: typeof cyclic },
    { shared: unknown },
  ];
  const copy = first.cyclic;
  assert.equal(copy.self, copy);
  assert.equal(copy.shared, second.shared);
  assert.equal((copy.map as Map<unknown, unknown>).get(copy), second.shared);
  assert.ok((copy.set as Set<unknown>).has(copy));
  assert.equal((copy.list as unknown[])[0], copy);
});

Deno.test("a signal arrives as one signal wherever it was passed", () => {
  const count = signal(3);
  const [first, second] = send({ count }, { nested: { count } }).props as [
    { count: Signal<number> },
    { nested: { count: Signal<number> } },
  ];
  assert.ok(first.count instanceof Signal);
  assert.equal(first.count, second.nested.count);
  first.count.value++;
  assert.equal(second.nested.count.value, 4);
});

Deno.test("a signal that contains itself survives", () => {
  const loop = signal<unknown>();
  loop.value = { loop };
  const copy = roundTrip(loop);
  assert.equal((copy.value as { loop: unknown }).loop, copy);
});

Deno.test("a computed signal arrives with its value and cannot be set", () => {
  const count = signal(2);
  const double = roundTrip(computed(() => count.value * 2));
  assert.equal(double.value, 4);
  assert.throws(() => Reflect.set(double, "value", 5) || assert.fail("not assigned"));
});

for (
  const [path, value, kind] of [
    ["value.items[0].onClick", { items: [{ onClick() {} }] }, "a function"],
    ["value.value", signal(Symbol("x")), "a symbol"],
    ['value["odd key"]', { "odd key": h("b", {}) }, "JSX below the first level"],
    ['value.get("key")', new Map([["key", () => {}]]), "a function"],
  ] as const
) {
  Deno.test(`${kind} is refused, and the message names ${path}`, () => {
    assert.throws(
      () => roundTrip(value),
      new UnserializableError(`Prop ${path} of island Widget is ${kind}`),
    );
  });
}

Deno.test("a view of a buffer is sent without the rest of the buffer", () => {
  const pool = new TextEncoder().encode("secret|own|secret");
  const { json, props } = send({ value: pool.subarray(7, 10) });
  assert.deepEqual(props, [{ value: new TextEncoder().encode("own") }]);
  assert.match(json, new RegExp(`"ArrayBuffer","${btoa("own")}"`));
});

Deno.test("a class instance arrives as a plain object", () => {
  class Point {
    constructor(public x: number, readonly y: number) {}
  }
  assert.deepEqual(roundTrip(new Point(1, 2)) as unknown, { x: 1, y: 2 });
  const parent = Object.assign(new Point(3, 4), { self: {}, [Symbol("hidden")]: 5 });
  parent.self = parent;
  const copy = roundTrip(parent);
  assert.equal(copy.self, copy);
});

Deno.test("a property named __proto__ stays a property", () => {
  const plain = JSON.parse('{"__proto__": {"admin": true}}');
  const rich = Object.defineProperty({ n: 1n }, "__proto__", { value: { a: 1 }, enumerable: true });
  for (const value of [plain, rich]) {
    const copy = roundTrip(value);
    assert.equal(Object.getPrototypeOf(copy), Object.prototype);
    assert.ok(Object.hasOwn(copy, "__proto__"));
  }
});

Deno.test("the payload can neither end nor confuse its script element", () => {
  const HOSTILE = "</script><!--<script>";
  fc.assert(fc.property(fc.anything({ withBigInt: true }), (value) => {
    const hostile = [HOSTILE, { [HOSTILE]: new URL("a:<!--"), value, pattern: /<\/script>/ }];
    const { json, props } = send({ [HOSTILE]: signal(hostile) });
    assert.ok(!json.includes("<"), json);
    assert.deepEqual((props[0]![HOSTILE] as Signal).value, hostile);
  }));
  const plain = { [HOSTILE]: HOSTILE };
  const { json, props } = send(plain);
  assert.ok(!json.includes("<"), json);
  assert.deepEqual(props, [plain]);
});
