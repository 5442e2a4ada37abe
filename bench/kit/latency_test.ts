import assert from "node:assert/strict";
import { percentile, sampleLatencies } from "./latency.ts";

Deno.test("percentile() gives the number that this share does not exceed", () => {
  const numbers = Array.from({ length: 100 }, (_, index) => 100 - index);
  assert.equal(percentile(numbers, 0.99), 99);
  assert.equal(percentile(numbers, 1), 100);
  assert.equal(percentile([7], 0.99), 7);
});

Deno.test("sampleLatencies() goes on asking while answers are outstanding", async () => {
  const release = Promise.withResolvers<void>();
  const three = Promise.withResolvers<void>();
  let asked = 0;
  await using server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, async () => {
    if (++asked === 3) three.resolve();
    await release.promise;
    return new Response("page");
  });
  const pages = [{ path: "/page" }];
  const end = three.promise.then(() => release.resolve());
  const taken = await sampleLatencies(server.addr.port, pages, { everyMs: 1, end });
  assert.ok((taken["/page"]?.length ?? 0) >= 3);
});

Deno.test("sampleLatencies() refuses an error as an answer", async () => {
  const first = Promise.withResolvers<void>();
  await using server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, () => {
    first.resolve();
    return new Response("no", { status: 503 });
  });
  const sampling = sampleLatencies(server.addr.port, [{ path: "/page" }], {
    everyMs: 1,
    end: first.promise,
  });
  await assert.rejects(sampling, /\/page was answered with 503/);
});
