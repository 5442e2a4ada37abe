import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { get } from "node:http";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { brotliDecompressSync } from "node:zlib";
import { App, staticFiles } from "../mod.ts";
import { Builder } from "../dev.ts";
import { freePort } from "../../../tests/kit/free_port.ts";
import type { BuildOptions } from "./options.ts";

const repository = fileURLToPath(import.meta.resolve("../../.."));
const fixture = fileURLToPath(import.meta.resolve("./testdata/app"));

/** A project of its own in a folder that is removed afterwards. Its modules may use the import map of this one. */
async function project(files: Record<string, string>) {
  const root = await Deno.makeTempDir({
    dir: join(repository, "lib/fresh/build/testdata"),
    prefix: "tmp_",
  });
  for (const [path, content] of Object.entries(files)) {
    await Deno.mkdir(dirname(join(root, path)), { recursive: true });
    await Deno.writeTextFile(join(root, path), content);
  }
  return { root, [Symbol.asyncDispose]: () => Deno.remove(root, { recursive: true }) };
}

/** Builds into memory; the answer asks the application for a path. */
async function buildAndServe(builder: Builder, mode: "production" | "development" = "production") {
  const app = new App().use(staticFiles()).fsRoutes();
  (await builder.build({ mode, snapshot: "memory" }))(app);
  const handler = app.handler();
  return async (path: string, headers: HeadersInit = {}) =>
    await handler(new Request(`http://localhost${path}`, { headers }));
}

/** All scripts that a page preloads, as one text. */
async function scriptsOf(ask: Awaited<ReturnType<typeof buildAndServe>>, page: string) {
  const link = (await ask(page)).headers.get("link") ?? "";
  const urls = [...link.matchAll(/<([^>]+)>; rel="modulepreload"; as="script"/g)].map(([, url]) =>
    url!
  );
  const scripts = await Promise.all(urls.map(async (url) => await (await ask(url)).text()));
  return { urls, text: scripts.join("\n") };
}

Deno.test("a page preloads every script that it needs, and one without islands none", async () => {
  const ask = await buildAndServe(new Builder({ root: fixture }));
  const { urls } = await scriptsOf(ask, "/");
  assert.match(urls[0]!, /^\/_fresh\/js\/[0-9a-f]{12}\/fresh\.boot\.js$/);
  for (const url of urls) {
    const script = await (await ask(url)).text();
    const base = new URL(url, "http://localhost");
    for (const [, path] of script.matchAll(/(?:from|import)\s*"(\.[^"]+)"/g)) {
      assert.ok(urls.includes(new URL(path!, base).pathname), `${path} of ${url}`);
    }
  }
  const plain = await ask("/plain");
  assert.equal(plain.headers.get("link"), null);
  assert.doesNotMatch(await plain.text(), /<script/);
});

Deno.test("islands may read public variables, which are inlined, and no others", async () => {
  Deno.env.set("FRESH_PUBLIC_TEST_GREETING", "hello </script>");
  try {
    const ask = await buildAndServe(new Builder({ root: fixture }));
    const { text } = await scriptsOf(ask, "/environment");
    assert.match(text, /hello/);
    assert.doesNotMatch(text, /Deno\.env/);
  } finally {
    Deno.env.delete("FRESH_PUBLIC_TEST_GREETING");
  }
});

Deno.test("islands are found in the folder, in (_islands) and where they are registered", async () => {
  const island = (id: string) => `export default () => <b id="${id}" onClick={() => {}} />;`;
  await using files = await project({
    "parts/Own.tsx": island("own"),
    "parts/deep/Own.tsx": island("deep"),
    "parts/Own_test.tsx": `throw new Error("loaded")`,
    "pages/(_islands)/Near.tsx": island("near"),
    "pages/(_private)/Hidden.tsx": `throw new Error("loaded")`,
    "elsewhere/Far.tsx": island("far"),
    "pages/index.tsx": `
      import Own from "../parts/Own.tsx";
      import Deep from "../parts/deep/Own.tsx";
      import Near from "./(_islands)/Near.tsx";
      import Far from "../elsewhere/Far.tsx";
      export default () => <><Own /><Deep /><Near /><Far /></>;`,
  });
  const builder = new Builder({ root: files.root, islandDir: "parts", routeDir: "pages" });
  builder.registerIsland(join(files.root, "elsewhere/Far.tsx"));
  const { text, urls } = await scriptsOf(await buildAndServe(builder), "/");
  for (const id of ["own", "deep", "near", "far"]) assert.match(text, new RegExp(`id:"${id}"`));
  const names = urls.map((url) => url.slice(url.lastIndexOf("/") + 1));
  for (const name of ["Own.js", "Own_1.js", "Near.js", "Far.js"]) assert.ok(names.includes(name));
});

Deno.test("an island may have the name of a global and still use the global", async () => {
  await using files = await project({
    "islands/Map.tsx": `export default () => <b>{new globalThis.Map([[1, 2]]).size}</b>;`,
    "islands/User.tsx": `export default () => <i>{new Map([[1, 2]]).size}</i>;`,
    "routes/index.tsx": `
      import Map from "../islands/Map.tsx";
      import User from "../islands/User.tsx";
      export default () => <p><Map /><User /></p>;`,
  });
  const ask = await buildAndServe(new Builder({ root: files.root }));
  assert.match(await (await ask("/")).text(), /<b>1<\/b>.*<i>1<\/i>/);
  assert.match((await scriptsOf(ask, "/")).text, /new Map\(/);
});

Deno.test("an island that imports the server part of Fresh does not build", async () => {
  await using files = await project({
    "islands/Bad.tsx": `import { App } from "fresh"; export default () => <b>{App.name}</b>;`,
  });
  await assert.rejects(
    new Builder({ root: files.root }).build({ snapshot: "memory" }),
    /"fresh" is for the server, not for islands/,
  );
});

Deno.test("islands may import JSON and packages, and asset() has the build id in them", async () => {
  await using files = await project({
    "islands/Rich.tsx": `
      import { asset } from "fresh/runtime";
      import { useSignal } from "@preact/signals";
      import data from "../data.json" with { type: "json" };
      export default function Rich() {
        const shown = useSignal(data.word);
        return <img src={asset("/" + shown.value)} />;
      }`,
    "data.json": `{ "word": "from-json" }`,
    "routes/index.tsx":
      `import Rich from "../islands/Rich.tsx"; export default () => <p><Rich /></p>;`,
  });
  const builder = new Builder({ root: files.root });
  const ask = await buildAndServe(builder);
  const { text } = await scriptsOf(ask, "/");
  assert.match(text, /from-json/);
  assert.ok(text.includes(builder.config.buildId));
  assert.match(
    await (await ask("/")).text(),
    new RegExp(`/from-json\\?__frsh_c=${builder.config.buildId}`),
  );
});

Deno.test("the first static folder wins, hidden files are not served, and odd names are", async () => {
  await using files = await project({
    "a/both.txt": "from a",
    "b/both.txt": "from b",
    "b/.secret": "hidden",
    "b/.well-known/x.txt": "known",
    "b/ä,#.txt": "odd",
  });
  const ask = await buildAndServe(new Builder({ root: files.root, staticDir: ["a", "b"] }));
  assert.equal(await (await ask("/both.txt")).text(), "from a");
  assert.equal(await (await ask("/.well-known/x.txt")).text(), "known");
  assert.equal(await (await ask("/%C3%A4,%23.txt")).text(), "odd");
  assert.equal((await ask("/.secret")).status, 404);
});

Deno.test("root-relative URLs in stylesheets get the build id, and others do not", async () => {
  await using files = await project({
    "static/a.css":
      `a{b:url(/x.png);c:url("/y.png?z#h");d:url(z.png);e:url('data:image/png;base64,A')}`,
  });
  const builder = new Builder({ root: files.root });
  const key = `__frsh_c=${builder.config.buildId}`;
  assert.equal(
    await (await (await buildAndServe(builder))("/a.css")).text(),
    `a{b:url("/x.png?${key}");c:url("/y.png?z&${key}#h");d:url(z.png);e:url('data:image/png;base64,A')}`,
  );
});

Deno.test("transformers can chain, rename, split and exclude, and an error names them", async () => {
  await using files = await project({
    "static/app.scss": "$a: 1",
    "static/keep.scss": "kept",
    "static/glob.scss": "kept as well",
    "static/list.txt": "1",
  });
  const builder = new Builder({ root: files.root });
  builder.onTransformStaticFile(
    { pluginName: "sass", filter: /\.scss$/, exclude: ["keep", "**/gl*.scss"] },
    (args) => ({
      content: `/* ${args.text} in ${args.mode} */`,
      path: args.path.replace(".scss", ".css"),
      map: "{}",
    }),
  );
  builder.onTransformStaticFile({ pluginName: "banner", filter: /\.css$/ }, ({ text }) => ({
    content: `${text}/* banner */`,
  }));
  builder.onTransformStaticFile({ pluginName: "split", filter: /list\.txt$/ }, () => [
    { path: "one.txt", content: "one" },
    { path: "sub/two.txt", content: new TextEncoder().encode("two") },
  ]);
  builder.onTransformStaticFile({ pluginName: "idle", filter: /./ }, () => {});
  const ask = await buildAndServe(builder);
  assert.equal(await (await ask("/app.css")).text(), "/* $a: 1 in production *//* banner */");
  assert.equal(await (await ask("/app.css.map")).text(), "{}");
  assert.equal((await ask("/app.scss")).status, 404);
  assert.equal(await (await ask("/keep.scss")).text(), "kept");
  assert.equal(await (await ask("/glob.scss")).text(), "kept as well");
  assert.equal(await (await ask("/one.txt")).text(), "one");
  assert.equal(await (await ask("/sub/two.txt")).text(), "two");

  builder.onTransformStaticFile({ pluginName: "breaker", filter: /keep/ }, () => {
    throw new Error("no");
  });
  await assert.rejects(builder.build({ snapshot: "memory" }), /breaker failed on ".*keep\.scss"/);
});

Deno.test("one build in memory serves several applications", async () => {
  const apply = await new Builder({ root: fixture }).build({ snapshot: "memory" });
  for (const basePath of ["", "/shop"]) {
    const app = new App({ basePath });
    apply(app);
    app.use(staticFiles()).fsRoutes();
    const handler = app.handler();
    const response = await handler(new Request(`http://localhost${basePath}/`));
    const [, boot] = /<([^>]+)>/.exec(response.headers.get("link")!)!;
    assert.ok(boot!.startsWith(`${basePath}/_fresh/js/`));
    const script = await handler(new Request(`http://localhost${boot}`));
    assert.equal(script.status, 200);
    assert.match(script.headers.get("cache-control")!, /immutable/);
    await script.body?.cancel();
  }
});

/** Serves what a build has written, as in production. */
async function serveBuilt(outDir: string) {
  const port = freePort();
  const child = new Deno.Command(Deno.execPath(), {
    args: ["serve", "-A", "--host=127.0.0.1", `--port=${port}`, join(outDir, "server.js")],
    stdout: "null",
    stderr: "piped",
  }).spawn();
  const reader = child.stderr.pipeThrough(new TextDecoderStream()).getReader();
  for (let log = ""; !log.includes("Listening");) {
    const { value, done } = await reader.read();
    if (done) throw new Error(`The server did not start: ${log}`);
    log += value;
  }
  return {
    origin: `http://127.0.0.1:${port}`,
    async [Symbol.asyncDispose]() {
      child.kill();
      await reader.cancel();
      await child.status;
    },
  };
}

/** The bytes of an answer as they come over the wire; `fetch` would decode them. */
function readEncoded(url: string, encoding: string): Promise<Uint8Array> {
  const { promise, resolve, reject } = Promise.withResolvers<Uint8Array>();
  get(url, { headers: { "accept-encoding": encoding } }, async (answer) => {
    assert.equal(answer.headers["content-encoding"], encoding);
    resolve(Buffer.concat(await Array.fromAsync(answer)));
  }).on("error", reject);
  return promise;
}

Deno.test("a build on disk is served by deno serve, compressed once and without source paths", async () => {
  const options: BuildOptions = { root: fixture, outDir: join(fixture, "_fresh") };
  try {
    await new Builder(options).build();
    await using server = await serveBuilt(options.outDir!);
    const page = await fetch(server.origin);
    assert.match(await page.text(), /<p id="a">Count: 3 /);
    const [, boot] = /<([^>]+)>/.exec(page.headers.get("link")!)!;

    const raw = await fetch(server.origin + boot, { headers: { "accept-encoding": "identity" } });
    assert.equal(raw.headers.get("content-encoding"), null);
    const identity = await raw.text();
    const encoded = await readEncoded(server.origin + boot!, "br");
    assert.equal(brotliDecompressSync(encoded).toString(), identity);

    const metafile = await fetch(server.origin + boot!.replace("fresh.boot.js", "metafile.json"));
    assert.equal(metafile.status, 404);
    await metafile.body?.cancel();
    for (const name of ["server.js", "snapshot.js"]) {
      const text = await Deno.readTextFile(join(options.outDir!, name));
      assert.equal(text.includes(repository), false, `${name} must not hold absolute paths`);
    }
  } finally {
    await Deno.remove(options.outDir!, { recursive: true });
  }
});
