import assert from "node:assert/strict";
import { dirname } from "node:path";
import { buildForProduction } from "@/lib/build/production_build.ts";
import { freePort } from "@/tests/kit/free_port.ts";
import { startServer } from "@/tests/kit/server_process.ts";

/** A project in a folder that is removed afterwards; near here, for the settings of deno.json. */
async function makeProject(files: Record<string, string>) {
  const root = await Deno.makeTempDir({ dir: import.meta.dirname!, prefix: "tmp_" });
  const write = async (path: string, content: string) => {
    await Deno.mkdir(dirname(`${root}/${path}`), { recursive: true });
    await Deno.writeTextFile(`${root}/${path}`, content);
  };
  for (const [path, content] of Object.entries(files)) await write(path, content);
  const outDir = `${root}/_fresh`;
  const warnings: string[] = [];
  const warn = (text: string) => void warnings.push(text);
  return {
    outDir,
    write,
    warnings,
    build: () => buildForProduction(outDir, { root, warn }),
    listOutput: async () => (await Array.fromAsync(Deno.readDir(outDir))).map(({ name }) => name),
    [Symbol.asyncDispose]: () => Deno.remove(root, { recursive: true }),
  };
}

async function serveBuild(outDir: string, flags: readonly string[] = ["-A"]) {
  const port = freePort();
  const server = await startServer({
    program: Deno.execPath(),
    args: ["serve", ...flags, "--host=127.0.0.1", `--port=${port}`, `${outDir}/server.js`],
    ready: { port },
  });
  return {
    ask: (path: string) => fetch(`http://127.0.0.1:${port}${path}`),
    [Symbol.asyncDispose]: () => server.kill("SIGKILL"),
  };
}

const MAIN = `import { App, staticFiles } from "fresh";
export const app = new App().use(staticFiles()).fsRoutes();`;

Deno.test("a server goes on serving its build while the next one is made", async () => {
  await using project = await makeProject({
    "main.ts": MAIN,
    "islands/One.tsx": `export default () => <b onClick={() => {}}>one</b>;`,
    "routes/index.tsx": `import One from "../islands/One.tsx"; export default () => <One />;`,
    "routes/late.ts": `export const handler = () => new Response("first");`,
    "static/note.txt": "first",
  });
  await project.build();
  await project.write("_fresh/left-over.txt", "of no build");
  {
    await using server = await serveBuild(project.outDir);
    await project.write("static/note.txt", "second");
    await project.write("routes/late.ts", `export const handler = () => new Response("second");`);
    await project.build();
    assert.equal(await (await server.ask("/note.txt")).text(), "first");
    assert.equal(await (await server.ask("/late")).text(), "first");
    const page = await server.ask("/");
    assert.match(await page.text(), /<b ?>one<\/b>/);
    for (const [, url] of page.headers.get("link")!.matchAll(/<([^>]+)>/g)) {
      const script = await server.ask(url!);
      assert.equal(script.status, 200);
      await script.body?.cancel();
    }
  }
  await project.build();
  const names = await project.listOutput();
  assert.equal(names.length, 4, "the build before stays, older ones go");
  assert.ok(names.includes("server.js"));
  await using server = await serveBuild(project.outDir);
  assert.equal(await (await server.ask("/note.txt")).text(), "second");
  assert.equal(await (await server.ask("/late")).text(), "second");
});

Deno.test("a failed build leaves the previous one in use, and nothing else", async () => {
  await using project = await makeProject({ "main.ts": MAIN, "static/note.txt": "first" });
  await project.build();
  const before = await project.listOutput();
  await project.write("main.ts", `import "./missing.ts";\n${MAIN}`);
  await assert.rejects(project.build(), /Cannot load the build:\n.*missing\.ts/s);
  assert.deepEqual(await project.listOutput(), before);
  await using server = await serveBuild(project.outDir);
  assert.equal(await (await server.ask("/note.txt")).text(), "first");
});

Deno.test("a build with a route that cannot be compiled fails, and says which", async () => {
  await using project = await makeProject({
    "main.ts": MAIN,
    "routes/sound.ts": `export const handler = () => new Response("sound");`,
    "routes/(group)/broken.ts": "export const handler = (",
  });
  await assert.rejects(project.build(), /Cannot load the build:\n.*broken\.ts/s);
  assert.deepEqual(await project.listOutput(), []);
});

Deno.test("a server that cannot be bundled is served module by module", async () => {
  await using project = await makeProject({
    // There on other systems only, as with native code.
    "main.ts": `await import("./missing.ts").catch(() => undefined);\n${MAIN}`,
    "static/note.txt": "first",
  });
  await project.build();
  assert.match(project.warnings.join(), /^The server will start more slowly.*missing\.ts/);
  const entry = await Deno.readTextFile(`${project.outDir}/server.js`);
  assert.match(entry, /build_[\w-]+\/modules\.js/);
  await using server = await serveBuild(project.outDir);
  assert.equal(await (await server.ask("/note.txt")).text(), "first");
});

Deno.test("stack traces of a bundled server name the sources", async () => {
  await using project = await makeProject({
    "main.ts": MAIN,
    "routes/where.ts": `interface Removed {\n  a: 1;\n}\n
export const handler = () => new Response(new Error().stack);`,
  });
  await project.build();
  assert.deepEqual(project.warnings, []);
  await using server = await serveBuild(project.outDir);
  assert.match(await (await server.ask("/where")).text(), /\/routes\/where\.ts:5:\d+/);
});

/** A project whose one page is the answer of a thread of its own, which loads a package. */
const WORKER_PROJECT = {
  "main.ts": MAIN,
  "routes/index.ts": `export { handler } from "../lib/deep/ask.ts";`,
  "lib/deep/ask.ts": `import { startWorker } from "@/lib/worker.ts";
export async function handler() {
  const worker = startWorker("twice", import.meta.url);
  const answer = await new Promise((resolve, reject) => {
    worker.onmessage = ({ data }) => resolve(data);
    worker.onerror = (event) => (event.preventDefault(), reject(new Error(event.message)));
    worker.postMessage(21);
  });
  worker.terminate();
  return new Response(String(answer));
}`,
  "lib/deep/twice_worker.ts": `import { types } from "@electric-sql/pglite";
import { LRUCache } from "lru-cache";
onmessage = ({ data }: MessageEvent<number>) =>
  postMessage([data * 2, types.BOOL, new LRUCache({ max: 5 }).max].join());`,
};

/** What \`deno task start\` gives the server that a thread could need. */
const NARROW = ["--no-prompt", "--allow-net", "--allow-read", "--allow-env"];

for (const flags of [NARROW, [...NARROW, "--parallel"]]) {
  Deno.test(`a built server starts a worker module: deno serve ${flags.join(" ")}`, async () => {
    await using project = await makeProject(WORKER_PROJECT);
    await project.build();
    assert.deepEqual(project.warnings, []);
    await using server = await serveBuild(project.outDir, flags);
    for (let i = 0; i < 4; i++) assert.equal(await (await server.ask("/")).text(), "42,16,5");
  });
}

Deno.test("a server that could not be bundled starts a worker module from its source", async () => {
  const unbundled = `await import("./missing.ts").catch(() => undefined);\n${MAIN}`;
  await using project = await makeProject({ ...WORKER_PROJECT, "main.ts": unbundled });
  await project.build();
  await using server = await serveBuild(project.outDir, NARROW);
  assert.equal(await (await server.ask("/")).text(), "42,16,5");
});
