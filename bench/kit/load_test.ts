import assert from "node:assert/strict";
import { sendRequests } from "./load.ts";

function serve(handler: (request: Request) => Response | Promise<Response>) {
  return Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, handler);
}

const BRIEF = { connections: 4, durationMs: 100 };

Deno.test("sendRequests() counts every answer once, long ones too", async () => {
  let served = 0;
  await using server = serve(() => new Response("x".repeat(served++ % 2 * 200_000)));
  const { count } = await sendRequests(server.addr.port, [{ path: "/" }], BRIEF);
  assert.equal(count, served);
});

Deno.test("sendRequests() sends the requests in turn, whole", async () => {
  const bodies = ["a".repeat(200_000), "b"];
  const received: string[] = [];
  await using server = serve(async (request) => {
    received.push(request.method + await request.text());
    return new Response("ok");
  });
  const requests = bodies.map((body) => ({ path: "/", method: "PUT", body }));
  await sendRequests(server.addr.port, requests, { connections: 1, durationMs: 1_000 });
  assert.deepEqual(received.slice(0, 3), [0, 1, 0].map((which) => `PUT${bodies[which]}`));
});

Deno.test("sendRequests() refuses to measure an error, whenever it comes", async () => {
  let served = 0;
  await using server = serve(() => new Response("no", { status: ++served > 20 ? 500 : 200 }));
  await assert.rejects(
    sendRequests(server.addr.port, [{ path: "/" }], { ...BRIEF, connections: 1 }),
    /Not an answer to measure:\nHTTP\/1\.1 500/,
  );
});
