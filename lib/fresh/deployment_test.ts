import assert from "node:assert/strict";
import { captureConsole } from "../../tests/kit/console.ts";
import { App } from "./mod.ts";

/** Runs something as on a platform that names its deployments. */
async function deployed(run: () => void | Promise<void>): Promise<void> {
  Deno.env.set("DENO_DEPLOYMENT_ID", "deployment-1");
  try {
    await run();
  } finally {
    Deno.env.delete("DENO_DEPLOYMENT_ID");
  }
}

Deno.test("handler() of a deployment without a build says that there is none", async () => {
  await deployed(() => {
    assert.throws(() => new App().handler(), /There is no build/);
    new App({ mode: "development" }).handler();
  });
});

Deno.test("app.listen() prints where it serves, except on a platform", async () => {
  const serveBriefly = () =>
    captureConsole(async () => {
      const abort = new AbortController();
      const app = new App({ mode: "development", basePath: "/base" });
      const ended = app.listen({ hostname: "127.0.0.1", signal: abort.signal });
      // Deno.serve tells where it listens before it returns.
      abort.abort();
      await ended;
    });
  const [banner, ...others] = await serveBriefly();
  assert.match(banner?.text ?? "", /http:\/\/127\.0\.0\.1:80[01]\d\/base\//);
  assert.deepEqual(others, []);
  await deployed(async () => assert.deepEqual(await serveBriefly(), []));
});
