import assert from "node:assert/strict";
import { captureConsole } from "../../tests/kit/console.ts";
import { App } from "./mod.ts";

Deno.test("on a platform, a missing build is reported and listening prints nothing", async () => {
  const { stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "lib/fresh/testdata/deployed.ts"],
    env: { DENO_DEPLOYMENT_ID: "deployment-1" },
  }).output();
  const [fault, ...others] = new TextDecoder().decode(stdout).trimEnd().split("\n");
  assert.match(fault ?? "", /There is no build/, new TextDecoder().decode(stderr));
  assert.deepEqual(others, []);
});

Deno.test("app.listen() prints where it serves", async () => {
  const [banner, ...others] = await captureConsole(async () => {
    const abort = new AbortController();
    const app = new App({ mode: "development", basePath: "/base" });
    await app.listen({ hostname: "127.0.0.1", signal: abort.signal });
    abort.abort();
  });
  assert.match(banner?.text ?? "", /http:\/\/127\.0\.0\.1:80[01]\d\/base\//);
  assert.deepEqual(others, []);
});
