import assert from "node:assert/strict";
import { sendRequests } from "./load.ts";
import { serveBareTwin } from "./server.ts";

function serve(handler: () => Response) {
  return Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, handler);
}

Deno.test("serveBareTwin() gives the same bytes and headers as the original", async () => {
  const headers = { "content-type": "text/html; charset=utf-8", "link": "</a.js>; rel=preload" };
  await using original = serve(() => new Response("<p>Grüße</p>", { headers }));
  await using twin = await serveBareTwin({ port: original.addr.port, path: "/" });
  const [first, second] = await Promise.all(
    [original.addr.port, twin.port].map((port) => fetch(`http://127.0.0.1:${port}/`)),
  );
  assert.equal(await second?.text(), await first?.text());
  for (const name of ["content-type", "content-length", "link", "vary"]) {
    assert.equal(second?.headers.get(name), first?.headers.get(name), name);
  }
});

Deno.test("sendRequests() counts every answer once, long ones too", async () => {
  let served = 0;
  await using server = serve(() => {
    served++;
    return new Response("x".repeat(200_000));
  });
  const pressure = { connections: 4, durationMs: 100 };
  const { count } = await sendRequests({ port: server.addr.port, path: "/" }, pressure);
  // One more is asked first, to learn the length of the answer.
  assert.equal(count, served - 1);
});

Deno.test("sendRequests() refuses to measure an error", async () => {
  await using server = serve(() => new Response("no", { status: 500 }));
  await assert.rejects(
    sendRequests({ port: server.addr.port, path: "/" }, { connections: 1, durationMs: 1 }),
    /Not an answer to measure:\nHTTP\/1\.1 500/,
  );
});
