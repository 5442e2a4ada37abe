import assert from "node:assert/strict";
import { appTest, type TestApp } from "@/tests/kit/app.ts";
import { addAdmin, signedIn } from "@/tests/kit/people.ts";

/** Files beside the application, and folders that a server might list. */
const CLOSED = [
  "/.git/HEAD",
  "/.git/config",
  "/.gitignore",
  "/.env",
  "/deno.json",
  "/main.ts",
  "/_fresh/",
  "/_fresh/server.js",
  "/static/",
  "/assets/",
  "/images/",
  "/routes/login.tsx",
  "/..%2fdeno.json",
  "/%2e%2e/deno.json",
];

appTest("no file of the project and no folder is served, not even to admins", async (app) => {
  for (const browser of [app.client(), await signedIn(app, await addAdmin(app))]) {
    for (const path of CLOSED) assert.equal((await browser.get(path)).status, 404, path);
  }
});

/** Requests that two servers in a chain might split differently. */
const AMBIGUOUS = {
  "both Content-Length and Transfer-Encoding":
    "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
  "two Content-Lengths": "Content-Length: 0\r\nContent-Length: 5\r\n\r\nhello",
  "an unknown Transfer-Encoding": "Transfer-Encoding: chunky\r\n\r\n0\r\n\r\n",
};

for (const [name, rest] of Object.entries(AMBIGUOUS)) {
  appTest(`a request with ${name} is 400, and ends the connection`, async (app) => {
    const origin = `Host: ${new URL(app.origin).host}\r\nOrigin: ${app.origin}\r\n`;
    const answer = await exchange(app, `POST /color_mode HTTP/1.1\r\n${origin}${rest}`);
    assert.match(answer, /^HTTP\/1\.1 400 /);
  });
}

/** Sends raw bytes and reads until the server closes the connection. */
async function exchange(app: TestApp, request: string): Promise<string> {
  const { hostname, port } = new URL(app.origin);
  using connection = await Deno.connect({ hostname, port: Number(port) });
  await connection.write(new TextEncoder().encode(request));
  return await new Response(connection.readable).text();
}
