import assert from "node:assert/strict";
import { serveBareTwin } from "./server.ts";

function serve(handler: () => Response) {
  return Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, handler);
}

Deno.test("serveBareTwin() gives the same bytes and headers as the original", async () => {
  const headers = { "content-type": "text/html; charset=utf-8", "link": "</a.js>; rel=preload" };
  await using original = serve(() => new Response("<p>Grüße</p>", { headers }));
  await using twin = await serveBareTwin(original.addr.port, { path: "/" });
  const [first, second] = await Promise.all(
    [original.addr.port, twin.port].map((port) => fetch(`http://127.0.0.1:${port}/`)),
  );
  assert.equal(await second?.text(), await first?.text());
  for (const name of ["content-type", "content-length", "link", "vary"]) {
    assert.equal(second?.headers.get(name), first?.headers.get(name), name);
  }
});
