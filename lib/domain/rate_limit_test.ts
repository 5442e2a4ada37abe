import assert from "node:assert/strict";
import { DomainError } from "./errors.ts";
import { clientOfActor, RateLimit } from "./rate_limit.ts";

/** How many of `wanted` the limit gives. */
function takeUpTo(limit: RateLimit, client: string, wanted: number): number {
  for (let taken = 0; taken < wanted; taken++) {
    try {
      limit.take(client);
    } catch {
      return taken;
    }
  }
  return wanted;
}

Deno.test("RateLimit gives each client its allowance and no more", () => {
  const limit = new RateLimit({ count: 3, windowSeconds: 86_400 });
  assert.equal(takeUpTo(limit, "a", 10), 3);
  assert.equal(takeUpTo(limit, "b", 10), 3);
});

Deno.test("RateLimit says when to try again", () => {
  const limit = new RateLimit({ count: 1, windowSeconds: 3_600 });
  limit.take("a");
  assert.throws(() => limit.take("a"), (error) => {
    assert.ok(error instanceof DomainError);
    assert.equal(error.code, "too_many_requests");
    assert.ok(error.retryAfterSeconds! > 3_500 && error.retryAfterSeconds! <= 3_600);
    return true;
  });
});

Deno.test("RateLimit takes harmless actions back, but never exceeds the allowance", () => {
  const limit = new RateLimit({ count: 2, windowSeconds: 86_400 });
  for (let round = 0; round < 50; round++) {
    limit.take("a");
    limit.giveBack("a");
  }
  limit.giveBack("a");
  assert.equal(takeUpTo(limit, "a", 10), 2);
});

function clientOf(ip: string): string {
  return clientOfActor({ kind: "anonymous", source: { requestId: "", ip, userAgent: "" } });
}

Deno.test("clientOfActor() is an IPv4 address or the /64 network of an IPv6 address", () => {
  assert.equal(clientOf("203.0.113.9"), "203.0.113.9");
  const network = clientOf("2001:db8:0:1:aaaa:bbbb:cccc:dddd");
  assert.equal(clientOf("2001:0db8:0000:0001::7"), network);
  assert.equal(clientOf("2001:db8:0:1::"), network);
  assert.notEqual(clientOf("2001:db8:0:2::7"), network);
  assert.equal(clientOf("fe80::1%eth0"), clientOf("fe80::2"));
  assert.equal(clientOf("::1"), clientOf("::2"));
  assert.equal(clientOfActor({ kind: "task", name: "seed" }), "task");
});
