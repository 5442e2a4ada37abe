/** Where a server listens. */
import assert from "node:assert/strict";
import { prepareProduction } from "@/tests/kit/build.ts";
import { TestClient } from "@/tests/kit/client.ts";
import { makeDatabaseFolder } from "@/tests/kit/embedded.ts";
import { tempFolder } from "@/tests/kit/temp.ts";
import { startInstance } from "./instance.ts";

Deno.test("a server on HOST [::] answers over IPv6 and IPv4, and takes changes there", async () => {
  await using folder = await tempFolder();
  await makeDatabaseFolder(`${folder.path}/db`);
  await using build = await prepareProduction();
  await using server = await startInstance({
    build,
    databaseUrl: `pglite:${folder.path}/db`,
    env: { HOST: "[::]", APP_URL: "" },
  });
  for (const host of ["[::1]", "127.0.0.1", "localhost"]) {
    const client = new TestClient(`http://${host}:${server.port}`);
    assert.equal((await client.get("/healthz")).status, 200, host);
    assert.equal((await client.postForm("/color_mode", { mode: "dark" })).status, 303, host);
  }
});
