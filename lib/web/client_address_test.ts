import assert from "node:assert/strict";
import { clientAddress } from "./client_address.ts";

const PROXIES = ["10.0.0.1", "10.0.0.2", "::1"];

/** The address that is believed when `peer` connects and says what `forwarded` says. */
function address(peer: string, forwarded?: string): string {
  const remoteAddr: Deno.NetAddr = { transport: "tcp", hostname: peer, port: 4711 };
  const headers = new Headers(forwarded === undefined ? {} : { "x-forwarded-for": forwarded });
  return clientAddress({ remoteAddr, completed: Promise.resolve() }, headers, PROXIES);
}

Deno.test("clientAddress() believes X-Forwarded-For of trusted proxies alone", () => {
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
