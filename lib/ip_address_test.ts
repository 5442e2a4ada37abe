import assert from "node:assert/strict";
import fc from "fast-check";
import { addressSet, bracketed, parseAddress, parseNetwork, unbracketed } from "./ip_address.ts";

/** Each address is a number to the naive model; IPv4 is the part of IPv6 that is mapped. */
const MAPPED = 0xffffn << 32n;

const ipv4 = fc.bigInt(0n, (1n << 32n) - 1n).map((number) => MAPPED | number);
const ipv6 = fc.oneof(
  fc.bigInt(0n, (1n << 128n) - 1n),
  // Most of the others have no zeros to leave out.
  fc.array(fc.constantFrom(0n, 0n, 1n, 0xab0n), { minLength: 8, maxLength: 8 })
    .map((groups) => groups.reduce<bigint>((number, group) => number << 16n | group, 0n)),
);

function isMapped(number: bigint): boolean {
  return number >> 32n === 0xffffn;
}

function groupsOf(number: bigint): number[] {
  return Array.from({ length: 8 }, (_, at) => Number(number >> BigInt(112 - 16 * at) & 0xffffn));
}

function dotted(number: bigint): string {
  return [24n, 16n, 8n, 0n].map((shift) => number >> shift & 0xffn).join(".");
}

/** All that one may write for an address. */
function spellingsOf(number: bigint): string[] {
  const groups = groupsOf(number).map((group) => group.toString(16));
  const padded = groups.map((group) => group.padStart(4, "0"));
  const runs = groups.flatMap((_, from) =>
    groups.slice(from).map((_, at) => [from, from + at + 1] as const)
  ).filter(([from, to]) => groups.slice(from, to).every((group) => group === "0"));
  const shortened = runs.map(([from, to]) =>
    `${groups.slice(0, from).join(":")}::${groups.slice(to).join(":")}`
  );
  const written = [groups.join(":"), padded.join(":"), ...shortened];
  const long = [...written, `${groups.slice(0, 6).join(":")}:${dotted(number)}`];
  const all = [...long, ...long.map((text) => text.toUpperCase()), `${groups.join(":")}%eth0`];
  return isMapped(number) ? [...all, dotted(number)] : all;
}

const spelled = fc.oneof(ipv4, ipv6).chain((number) =>
  fc.constantFrom(...spellingsOf(number)).map((text) => ({ number, text }))
);

Deno.test("parseAddress() gives one text for all spellings of an address", () => {
  fc.assert(fc.property(spelled, spelled, (one, other) => {
    assert.equal(parseAddress(one.text), parseAddress(spellingsOf(one.number)[0] ?? ""));
    assert.equal(
      parseAddress(one.text) === parseAddress(other.text),
      one.number === other.number,
      `${one.text} ${other.text}`,
    );
  }));
});

Deno.test("parseAddress() writes addresses as RFC 5952 has them", () => {
  for (
    const [text, address] of [
      ["2001:DB8:0:0:1:0:0:1", "2001:db8::1:0:0:1"],
      ["::FFFF:10.0.0.1", "10.0.0.1"],
      ["::ffff:a00:1", "10.0.0.1"],
      ["fe80::1%eth0", "fe80::1"],
      ["::1.2.3.4", "::102:304"],
      ["203.0.113.9", "203.0.113.9"],
    ] as const
  ) {
    assert.equal(parseAddress(text), address);
  }
});

Deno.test("parseAddress() takes nothing else", () => {
  for (
    const text of ["", "nginx", "*", "300.1.1.1", "1.2.3", "010.1.1.1", "0x7f.1", "::1 ", "[::1]"]
  ) {
    assert.equal(parseAddress(text), undefined, text);
  }
});

Deno.test("a network has the addresses that begin as it does", () => {
  const network = fc.record({
    address: spelled,
    prefix: fc.nat(128),
    other: fc.oneof(ipv4, ipv6),
    flipped: fc.nat(127),
  });
  fc.assert(fc.property(network, ({ address: { number, text }, prefix, other, flipped }) => {
    const isIpv4 = text.includes(".") && !text.includes(":");
    const bits = isIpv4 ? prefix % 33 : prefix;
    const parsed = parseNetwork(`${text}/${bits}`);
    assert.ok(parsed, text);
    const set = addressSet([parsed]);
    const shared = 128n - BigInt(isIpv4 ? bits + 96 : bits);
    for (const candidate of [number, other, number ^ (1n << BigInt(flipped))]) {
      // A network of IPv6 that is wider than IPv4 as a whole has none of its addresses.
      if (isMapped(candidate) && shared > 32n) continue;
      const address = parseAddress(spellingsOf(candidate)[0] ?? "") ?? "";
      assert.equal(set.has(address), candidate >> shared === number >> shared, address);
    }
  }));
});

Deno.test("parseNetwork() takes no names, no ports, and no prefix that is too long", () => {
  const wrong = "nginx * 300.1.1.1 10.0.0.0/33 ::/129 10.0.0.0/08 10.0.0.0/ /8 10.0.0.0/8/8 " +
    "10.0.0.1:80 [::1]:80 10.0.0.0/255.0.0.0 10.0.0.0/-1 ::ffff:10.0.0.0/129";
  for (const text of [...wrong.split(" "), "", "::1 127.0.0.1"]) {
    assert.equal(parseNetwork(text), undefined, text);
  }
  assert.deepEqual(parseNetwork("[::1]"), { address: "::1", bits: 128 });
  assert.deepEqual(parseNetwork("::ffff:10.0.0.0/104"), { address: "10.0.0.0", bits: 8 });
});

Deno.test("brackets are put around IPv6 addresses only, and removed again", () => {
  for (const host of ["::1", "fe80::1", "127.0.0.1", "localhost"]) {
    assert.equal(unbracketed(bracketed(host)), host);
  }
  assert.equal(bracketed("::1"), "[::1]");
  assert.equal(bracketed("localhost"), "localhost");
});
