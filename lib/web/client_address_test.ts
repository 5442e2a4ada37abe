import assert from "node:assert/strict";
import fc from "fast-check";
import { type AddressSet, addressSet, parseAddress } from "@/lib/ip_address.ts";
import { readSettings } from "@/lib/settings.ts";
import { clientAddress } from "./client_address.ts";

const PROXIES = proxies("10.0.0.1, 10.0.0.2, ::1");

/** As the settings read `TRUST_PROXY`. */
function proxies(text: string): AddressSet {
  return addressSet(readSettings({ TRUST_PROXY: text }).trustProxy);
}

/** The address that is believed when `peer` connects and says what `forwarded` says. */
function address(peer: string, forwarded?: string, trusted = PROXIES): string {
  const remoteAddr: Deno.NetAddr = { transport: "tcp", hostname: peer, port: 4711 };
  const headers = new Headers(forwarded === undefined ? {} : { "x-forwarded-for": forwarded });
  return clientAddress({ remoteAddr, completed: Promise.resolve() }, headers, trusted);
}

Deno.test("clientAddress() believes X-Forwarded-For only from trusted proxies", () => {
  assert.equal(address("203.0.113.9"), "203.0.113.9");
  assert.equal(address("203.0.113.9", "198.51.100.7"), "203.0.113.9");
  assert.equal(address("10.0.0.1", "198.51.100.7"), "198.51.100.7");
  assert.equal(address("::1", "2001:db8::7"), "2001:db8::7");
});

Deno.test("clientAddress() takes the hop before the proxies, not what the client claims", () => {
  assert.equal(address("10.0.0.1", "127.0.0.1, 198.51.100.7, 10.0.0.2"), "198.51.100.7");
  assert.equal(address("10.0.0.1", "10.0.0.2"), "10.0.0.1");
  assert.equal(address("10.0.0.1", "<script>, unknown"), "10.0.0.1");
  assert.equal(address("10.0.0.1", ""), "10.0.0.1");
});

Deno.test("clientAddress() knows an IPv4 address that comes as an IPv6 one", () => {
  assert.equal(address("::ffff:203.0.113.9"), "203.0.113.9");
  assert.equal(address("::FFFF:10.0.0.1", "::ffff:198.51.100.7"), "198.51.100.7");
});

Deno.test("clientAddress() of a Unix socket is local", () => {
  const remoteAddr: Deno.UnixAddr = { transport: "unix", path: "/run/roster.sock" };
  const info = { remoteAddr, completed: Promise.resolve() };
  assert.equal(clientAddress(info, new Headers(), PROXIES), "local");
});

Deno.test("clientAddress() leaves ports and brackets out", () => {
  for (
    const [hop, client] of [
      ["203.0.113.9:51234", "203.0.113.9"],
      ["[2001:db8::7]:443", "2001:db8::7"],
      ["[2001:DB8::7]", "2001:db8::7"],
      ["[::ffff:203.0.113.9]:1", "203.0.113.9"],
      ["fe80::7%eth0", "fe80::7"],
    ] as const
  ) {
    assert.equal(address("10.0.0.1", hop), client, hop);
    assert.equal(address("10.0.0.1", `198.51.100.7, ${hop}, 10.0.0.2:80`), client, hop);
  }
});

Deno.test("clientAddress() believes nothing before an entry that it cannot read", () => {
  for (
    const entry
      of "unknown _hidden 203.0.113.9:port 203.0.113.9: 300.1.1.1 [::1 ::1]:80 [203.0.113.9] <b>"
        .split(" ")
  ) {
    assert.equal(address("10.0.0.1", `198.51.100.7, ${entry}, 10.0.0.2`), "10.0.0.1", entry);
  }
  assert.equal(address("10.0.0.1", "198.51.100.7, , 10.0.0.2"), "10.0.0.1");
});

Deno.test("clientAddress() knows proxies by their network, in any spelling", () => {
  const networks = proxies("10.0.0.0/8,::FFFF:192.168.1.0/120, FD00:0::/16 ,[2001:db8::1]");
  for (const proxy of ["10.200.3.4", "192.168.1.77", "fd00:1::2", "2001:0db8::1", "::ffff:a00:9"]) {
    assert.equal(address(proxy, "203.0.113.9", networks), "203.0.113.9", proxy);
    assert.equal(address(proxy, `203.0.113.9, ${proxy}`, networks), "203.0.113.9", proxy);
  }
  for (const stranger of ["11.0.0.1", "192.168.2.1", "fd01::1", "2001:db8::2"]) {
    assert.equal(address(stranger, "203.0.113.9", networks), stranger);
  }
});

Deno.test("clientAddress() is the last entry that is no proxy, if all after it can be read", () => {
  const entry = fc.oneof(
    fc.ipV4(),
    fc.ipV6(),
    fc.constantFrom("10.0.0.1", "10.0.0.2", "::1", "unknown", ""),
  );
  fc.assert(fc.property(fc.array(entry, { minLength: 1 }), fc.nat(65_535), (entries, port) => {
    const written = entries.map((text) => text.includes(":") ? `[${text}]:${port}` : text);
    const model = entries.map((text) => parseAddress(text) ?? "unreadable")
      .findLast((text) => !["10.0.0.1", "10.0.0.2", "::1"].includes(text)) ?? "unreadable";
    const expected = model === "unreadable" ? "10.0.0.1" : model;
    assert.equal(address("10.0.0.1", entries.join(", ")), expected);
    assert.equal(address("10.0.0.1", written.join(",")), expected);
  }));
});
