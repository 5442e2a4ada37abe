/** What happens to requests when the server is told to end. */
import assert from "node:assert/strict";
import { setTimeout as pause } from "node:timers/promises";
import { prepareProduction, type ProductionBuild } from "@/tests/kit/build.ts";
import { databaseTest } from "@/tests/kit/databases.ts";
import { makeDatabaseFolder } from "@/tests/kit/embedded.ts";
import { PASSWORD } from "@/tests/kit/people.ts";
import { tempFolder } from "@/tests/kit/temp.ts";
import {
  type Instance,
  type InstanceOptions,
  registerUser,
  signInMany,
  startInstance,
  tally,
} from "./instance.ts";

let production: Promise<ProductionBuild> | undefined;

Deno.test.afterAll(async () => await (await production)?.[Symbol.asyncDispose]());

/** Registers a test of a server in its own process, once per database. */
function instanceTest(
  name: string,
  fn: (instance: Instance) => Promise<void>,
  options: Pick<InstanceOptions, "command" | "env"> = {},
): void {
  databaseTest(name, async ({ url }) => {
    await using folder = await tempFolder();
    const build = await (production ??= prepareProduction());
    if (url === undefined) await makeDatabaseFolder(`${folder.path}/db`);
    const databaseUrl = url ?? `pglite:${folder.path}/db`;
    await using instance = await startInstance({ build, databaseUrl, ...options });
    await fn(instance);
  });
}

/** More than are worked on at once; with far more a busy machine would rightly send some away. */
const MANY = 60;

instanceTest("SIGTERM lets many sign-ins under way be answered", async (it) => {
  await registerUser(it);
  const outcomes = signInMany(it, MANY);
  await Promise.race(outcomes);
  Deno.kill(it.process.pid, "SIGTERM");
  assert.deepEqual(tally(await Promise.all(outcomes)), { "200": MANY });
  assert.equal((await it.process.ended).code, 0, it.process.output());
});

instanceTest("SIGTERM lets sign-ins under way be answered by deno serve too", async (it) => {
  await registerUser(it);
  const outcomes = signInMany(it, 20);
  await Promise.race(outcomes);
  Deno.kill(it.process.pid, "SIGTERM");
  assert.deepEqual(tally(await Promise.all(outcomes)), { "200": 20 });
  assert.equal((await it.process.ended).code, 0, it.process.output());
}, { command: "serve" });

instanceTest("SIGTERM waits for a body that is still being sent", async (it) => {
  await registerUser(it);
  const body = slowBody(JSON.stringify({ username: "grace", password: PASSWORD }));
  const headers = { "content-type": "application/json", "sec-fetch-site": "same-origin" };
  const answer = it.client().send("/login", { method: "POST", headers, body: body.stream });
  await body.begun;
  Deno.kill(it.process.pid, "SIGTERM");
  await untilNotReady(it);
  await pause(2_000);
  body.finish();
  const { status, text } = await answer;
  assert.equal(status, 200, text);
  assert.equal((await it.process.ended).code, 0, it.process.output());
});

instanceTest("between SIGTERM and the end /readyz says 503 and pages are answered", async (it) => {
  assert.equal((await it.client().get("/readyz")).status, 200);
  Deno.kill(it.process.pid, "SIGTERM");
  await untilNotReady(it);
  const { status, headers } = await it.client().get("/login");
  assert.equal(status, 200);
  assert.equal(headers.get("connection"), "close");
  assert.equal((await it.process.ended).code, 0, it.process.output());
  await assert.rejects(it.client().get("/login"), TypeError);
}, { env: { SHUTDOWN_NOTICE_SECONDS: "2" } });

instanceTest("a second signal ends the server at once", async (it) => {
  Deno.kill(it.process.pid, "SIGTERM");
  await untilNotReady(it);
  Deno.kill(it.process.pid, "SIGINT");
  assert.equal((await it.process.ended).code, 1);
}, { env: { SHUTDOWN_NOTICE_SECONDS: "300" } });

/** A body whose last character is not sent until `finish()` is called. */
function slowBody(text: string) {
  const bytes = new TextEncoder().encode(text);
  const begun = Promise.withResolvers<void>();
  const rest = Promise.withResolvers<void>();
  const stream = new ReadableStream<Uint8Array<ArrayBuffer>>({
    start: (controller) => controller.enqueue(bytes.slice(0, -1)),
    async pull(controller) {
      begun.resolve();
      await rest.promise;
      controller.enqueue(bytes.slice(-1));
      controller.close();
    },
  });
  return { stream, begun: begun.promise, finish: rest.resolve };
}

/** A thread that has just started may drop a connection when the signal comes. */
async function untilNotReady({ client }: Instance): Promise<void> {
  const statusOf = () => client().get("/readyz").then(({ status }) => status, () => undefined);
  while (await statusOf() !== 503) await pause(20);
}
