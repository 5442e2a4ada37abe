/** What a start says when it fails, and how it ends. */
import assert from "node:assert/strict";
import { setTimeout as pause } from "node:timers/promises";
import { openDatabase } from "@/lib/db/open_database.ts";
import { prepareProduction } from "@/tests/kit/build.ts";
import { makeDatabaseFolder } from "@/tests/kit/embedded.ts";
import { freePort } from "@/tests/kit/free_port.ts";
import { startServer } from "@/tests/kit/server_process.ts";
import { tempFolder } from "@/tests/kit/temp.ts";
import { runTask } from "@/tests/tasks/command.ts";

/** Starts a process that starts these arguments as its child. */
const PARENT = ["tests/serve/parent.ts"];

const run = (args: readonly string[], ready: RegExp) =>
  startServer({ program: Deno.execPath(), args: ["run", "-A", ...args], ready: { output: ready } });

for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
  Deno.test(`${signal} to the parent only ends its child, once, and the parent waits`, async () => {
    const parent = await run([...PARENT, "run", "-A", "tests/serve/orderly.ts"], /Ready/);
    // Like Ctrl+C: from the terminal, and from `deno task`.
    Deno.kill(parent.pid, signal);
    Deno.kill(parent.pid, signal);
    assert.equal((await parent.ended).code, 0);
    assert.match(parent.output(), /Ready\s+Told to end\s+Ended in order\s+$/);
  });
}

Deno.test("a server ends in order when the process that has started it is killed", async () => {
  await using folder = await tempFolder();
  await makeDatabaseFolder(`${folder.path}/db`);
  await using build = await prepareProduction();
  const env = startOn(`pglite:${folder.path}/db`);
  const starter = await startServer({
    program: Deno.execPath(),
    args: ["run", "-A", ...PARENT, "run", "-A", ...build.runArgs],
    env,
    ready: { url: `http://127.0.0.1:${env.PORT}/healthz` },
  });
  assert.notEqual(await Deno.readTextFile(`${folder.path}/db.lock`), "");
  Deno.kill(starter.pid, "SIGKILL");
  // At its end it removes its entry from the lock.
  while (await Deno.readTextFile(`${folder.path}/db.lock`) !== "") await pause(50);
  await assert.rejects(fetch(`http://127.0.0.1:${env.PORT}/healthz`), TypeError);
});

Deno.test("start names the process that has the port, and says what to do", async () => {
  const port = freePort();
  using _listener = Deno.listen({ hostname: "127.0.0.1", port });
  const { code, stderr } = await runTask(["start"], "", {
    APP_ENV: "test",
    PORT: String(port),
    DATABASE_URL: "pglite:memory",
  });
  assert.equal(code, 1);
  assert.ok(stderr.startsWith(`Port ${port} is taken by process ${Deno.pid} (`), stderr);
  assert.match(stderr, /\): stop it, or set PORT to another port\n$/);
});

Deno.test("start warns in production of a connection whose certificate is not checked", async () => {
  const port = freePort();
  using _listener = Deno.listen({ hostname: "127.0.0.1", port });
  const start = async (sslmode: string) => {
    const { stderr } = await runTask(["start"], "", {
      APP_ENV: "production",
      APP_URL: "https://people.example.com",
      HOST: "127.0.0.1",
      PORT: String(port),
      DATABASE_URL: `postgres://roster:secret@db.example.com/roster?sslmode=${sslmode}`,
    });
    return stderr;
  };
  assert.match(
    await start("require"),
    /^sslmode=require .*no certificate.*\. Set sslmode=verify-full/,
  );
  assert.match(await start("verify-full"), /^Port /);
});

Deno.test("start names the process that has the embedded database", async () => {
  await using folder = await tempFolder();
  const path = `${folder.path}/db`;
  await makeDatabaseFolder(path);
  const open = await openDatabase({ kind: "pglite", path }, "server");
  try {
    const { code, stdout, stderr } = await runTask(["start"], "", startOn(`pglite:${path}`));
    assert.equal(code, 1);
    assert.match(stdout, new RegExp(`Waiting for process ${Deno.pid} \\(.*deno.*\\), which has`));
    assert.ok(
      stderr.startsWith(`The database in ${path} belongs to process ${Deno.pid} (`),
      stderr,
    );
    assert.equal(stderr.trim().split("\n").length, 1);
  } finally {
    await open.close();
  }
});

Deno.test("start names the folder that it cannot write to", async () => {
  await using folder = await tempFolder();
  await Deno.writeTextFile(`${folder.path}/file`, "");
  const { code, stderr } = await runTask(["start"], "", startOn(`pglite:${folder.path}/file/db`));
  assert.equal(code, 1);
  assert.match(
    stderr,
    /^Cannot write to the folder .*\/file \(.*\): let this account write there\n$/,
  );
});

Deno.test("a server without its database says so in one sentence, and shows no stack", async () => {
  await using build = await prepareProduction();
  const end = async (level: string) => {
    const { code, stderr } = await new Deno.Command(Deno.execPath(), {
      args: ["run", "-A", ...build.runArgs],
      env: {
        ...startOn(`postgres://roster@127.0.0.1:${freePort()}/roster`),
        LOG_LEVEL: level,
        NO_COLOR: "1",
      },
    }).output();
    return { code, said: new TextDecoder().decode(stderr) };
  };
  const { code, said } = await end("info");
  assert.equal(code, 1);
  assert.match(said, /^Cannot reach the database \(.*ECONNREFUSED.*\): start it, .*\n$/);
  assert.match((await end("debug")).said, /\n +at /);
});

function startOn(databaseUrl: string) {
  return { APP_ENV: "test", PORT: String(freePort()), DATABASE_URL: databaseUrl };
}
