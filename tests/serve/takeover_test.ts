/** How one server takes over from another behind a proxy. */
import assert from "node:assert/strict";
import { setTimeout as pause } from "node:timers/promises";
import { prepareProduction } from "@/tests/kit/build.ts";
import { postgresTest } from "@/tests/kit/databases.ts";
import { freePort } from "@/tests/kit/free_port.ts";
import { haproxy } from "@/tests/kit/programs.ts";
import { startServer } from "@/tests/kit/server_process.ts";
import { tempFolder } from "@/tests/kit/temp.ts";
import { startInstance, tally } from "./instance.ts";

const CLIENTS = 8;

/**
 * As in `docs/deployment.md`, except that it polls more often and is patient with a busy machine.
 */
function configuration(port: number, servers: readonly number[]): string {
  return `defaults
  mode http
  timeout connect 5s
  timeout client 60s
  timeout server 60s
  timeout check 10s
listen roster
  bind 127.0.0.1:${port}
  option httpchk GET /readyz
  default-server check inter 200ms fall 2 rise 1
${servers.map((server) => `  server s${server} 127.0.0.1:${server}\n`).join("")}`;
}

postgresTest("a second server takes over behind HAProxy without a failed request", async (it) => {
  await using folder = await tempFolder();
  await using build = await prepareProduction();
  const options = { build, databaseUrl: it.url, env: { SHUTDOWN_NOTICE_SECONDS: "3" } };
  await using first = await startInstance(options);
  await using second = await startInstance(options);
  const port = freePort();
  const file = `${folder.path}/haproxy.cfg`;
  await Deno.writeTextFile(file, configuration(port, [first.port, second.port]));
  const proxy = await startServer({
    program: haproxy.find() ?? "",
    args: ["-db", "-f", file],
    ready: { port },
  });
  try {
    const load = startLoad(`http://127.0.0.1:${port}/login`);
    await load.answered(200);
    Deno.kill(first.process.pid, "SIGTERM");
    assert.equal((await first.process.ended).code, 0, first.process.output());
    await load.answered(200);
    assert.deepEqual(Object.keys(tally(await load.stop())), ["answered"]);
  } finally {
    await proxy.kill("SIGKILL");
  }
}, { ignore: !haproxy.find() });

/** Requests a page again and again, with several clients at once. */
function startLoad(url: string) {
  const outcomes: string[] = [];
  let stopped = false;
  const ask = async () => {
    try {
      const response = await fetch(url);
      const text = await response.text();
      return response.ok ? "answered" : `${response.status} ${text}`;
    } catch (error) {
      return String(error);
    }
  };
  const clients = Array.from({ length: CLIENTS }, async () => {
    while (!stopped) outcomes.push(await ask());
  });
  return {
    async answered(more: number) {
      const enough = outcomes.length + more;
      while (outcomes.length < enough) await pause(20);
    },
    async stop() {
      stopped = true;
      await Promise.all(clients);
      return outcomes;
    },
  };
}
