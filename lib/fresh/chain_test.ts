import assert from "node:assert/strict";
import { App, type Context, HttpError } from "./mod.ts";
import { say } from "./testdata/kit.ts";

Deno.test("a lazy middleware is loaded once", async () => {
  let loads = 0;
  const lazy = () => {
    loads++;
    return Promise.resolve(say("loaded"));
  };
  const handler = new App().get("/", lazy).handler();
  for (let i = 0; i < 2; i++) {
    assert.equal(await (await handler(new Request("http://localhost/"))).text(), "loaded");
  }
  assert.equal(loads, 1);
});

Deno.test("a lazy middleware is loaded once for requests at the same time", async () => {
  const gate = Promise.withResolvers<void>();
  let loads = 0;
  const handler = new App().get("/", async () => {
    loads++;
    await gate.promise;
    return say("loaded");
  }).handler();
  const answers = [1, 2, 3].map(() => handler(new Request("http://localhost/")));
  gate.resolve();
  for (const answer of answers) assert.equal(await (await answer).text(), "loaded");
  assert.equal(loads, 1);
});

Deno.test("a lazy middleware that failed to load is loaded by the next request", async () => {
  let loads = 0;
  const handler = new App().get("/", () => {
    loads++;
    return loads === 1
      ? Promise.reject(new HttpError(425))
      : Promise.resolve((ctx: Context<unknown>) => ctx.text("loaded"));
  }).handler();
  const answers = [1, 2].map(async () => (await handler(new Request("http://localhost/"))).status);
  assert.deepEqual(await Promise.all(answers), [425, 200]);
});

Deno.test("a handler without parameters is not a loader, and answers every request", async () => {
  let calls = 0;
  const handler = new App().get("/", () => new Response(String(++calls))).handler();
  for (const count of ["1", "2", "3"]) {
    assert.equal(await (await handler(new Request("http://localhost/"))).text(), count);
  }
});

Deno.test("a lazy route is loaded once, answers 405 for what it lacks, and is tried again after a failure", async () => {
  let loads = 0;
  const app = new App().route("/", () => {
    loads++;
    if (loads === 1) return Promise.reject(new HttpError(425, "not yet"));
    return Promise.resolve({ handler: { GET: () => new Response("loaded") } });
  });
  const handler = app.handler();
  const request = (method: string) => handler(new Request("http://localhost/", { method }));
  assert.equal((await request("GET")).status, 425);
  assert.equal(await (await request("GET")).text(), "loaded");
  assert.equal((await request("POST")).headers.get("allow"), "GET");
  assert.equal(loads, 2);
});
