import assert from "node:assert/strict";
import { asset, assetSrcSet } from "../assets.ts";
import type { BuildCache, Encoding, StaticFile } from "../build_cache.ts";
import { BUILD_ID } from "../build_id.ts";
import { App, staticFiles } from "../mod.ts";

const BUILD = "build-1";

function contentOf(text: string): Promise<Uint8Array<ArrayBuffer>> {
  return Promise.resolve(new TextEncoder().encode(text));
}

function fileOf(text: string, more: Partial<StaticFile> = {}): StaticFile {
  return {
    contentType: "text/css; charset=UTF-8",
    hash: "hash-1",
    immutable: false,
    encodings: ["identity"],
    content: (encoding: Encoding) => contentOf(`${encoding}:${text}`),
    ...more,
  };
}

const FILES = new Map<string, StaticFile>([
  ["/app.css", fileOf("css")],
  ["/fixed.css", fileOf("fixed", { immutable: true })],
  ["/small.css", fileOf("small", { encodings: ["br", "gzip", "identity"] })],
  ["/a #,ü.txt", fileOf("odd", { contentType: "text/plain; charset=UTF-8" })],
  [`/_fresh/js/${BUILD}/boot.js`, fileOf("js")],
]);

function appWith(mode: BuildCache["mode"], basePath = ""): App<unknown> {
  const app = new App({ basePath }).use(staticFiles()).get("/page", (ctx) => ctx.text("page"));
  App.attach(app, {
    root: "/project",
    mode,
    buildId: BUILD,
    routes: [],
    islands: new Map(),
    boot: { chunk: "/_fresh/js/boot.js", imports: [] },
    staticFile: (pathname) => FILES.get(pathname),
  });
  return app;
}

async function get(path: string, init: RequestInit = {}, app = appWith("production")) {
  return await app.handler()(new Request(`http://localhost${path}`, init));
}

const FOR_EVER = "public, max-age=31536000, immutable";
const NEVER = "no-cache, no-store, max-age=0, must-revalidate";

Deno.test("a static file is served with type, length and entity tag", async () => {
  const response = await get("/app.css");
  assert.equal(await response.text(), "identity:css");
  assert.equal(response.headers.get("content-type"), "text/css; charset=UTF-8");
  assert.equal(response.headers.get("content-length"), "12");
  assert.equal(response.headers.get("vary"), "If-None-Match");
  assert.equal(response.headers.get("etag"), 'W/"hash-1"');
  assert.equal(response.headers.get("cache-control"), NEVER);
});

Deno.test("HEAD gives the headers of GET without the body", async () => {
  const response = await get("/app.css", { method: "HEAD" });
  assert.equal(response.headers.get("content-length"), "12");
  assert.equal(response.body, null);
});

Deno.test("other methods on an existing file answer 405", async () => {
  assert.equal((await get("/app.css", { method: "POST" })).status, 405);
});

for (const tag of ['W/"hash-1"', '"hash-1"', "hash-1", 'W/"other", W/"hash-1"']) {
  Deno.test(`If-None-Match ${tag} answers 304 in production and 200 in development`, async () => {
    const init = { headers: { "if-none-match": tag } };
    const response = await get("/app.css", init);
    assert.equal(response.status, 304);
    assert.equal(response.body, null);
    assert.equal((await get("/app.css", init, appWith("development"))).status, 200);
  });
}

Deno.test("development sends no entity tag and lets nothing be cached", async () => {
  const response = await get(`/fixed.css?__frsh_c=${BUILD}`, {}, appWith("development"));
  assert.equal(response.headers.get("etag"), null);
  assert.equal(response.headers.get("cache-control"), NEVER);
});

for (
  const path of [
    `/app.css?__frsh_c=${BUILD}`,
    `/app.css?a=b&__frsh_c=${BUILD}&c=d`,
    "/fixed.css",
    `/_fresh/js/${BUILD}/boot.js`,
  ]
) {
  Deno.test(`${path} may be cached forever`, async () => {
    assert.equal((await get(path)).headers.get("cache-control"), FOR_EVER);
  });
}

Deno.test("a stale build id redirects to the URL without it and keeps the rest of the query", async () => {
  const response = await get("/app.css?a=b&__frsh_c=old");
  assert.equal(response.status, 307);
  assert.equal(response.headers.get("location"), "/app.css?a=b");
});

for (
  const [accepted, encoding] of [
    ["gzip, deflate, br", "br"],
    ["gzip", "gzip"],
    ["br;q=0, gzip;q=0.5", "gzip"],
    ["br;q=0.0", null],
    ["", null],
  ] as const
) {
  Deno.test(`Accept-Encoding "${accepted}" is answered with ${encoding ?? "identity"}`, async () => {
    const response = await get("/small.css", { headers: { "accept-encoding": accepted } });
    assert.equal(response.headers.get("content-encoding"), encoding);
    assert.equal(response.headers.get("vary"), "If-None-Match, Accept-Encoding");
    assert.equal(await response.text(), `${encoding ?? "identity"}:small`);
  });
}

for (const path of ["/a%20%23,ü.txt", "/a%20%23%2C%C3%BC.txt"]) {
  Deno.test(`${path} finds a file with an odd name`, async () => {
    assert.equal(await (await get(path)).text(), "identity:odd");
  });
}

for (const path of ["/none.css", "/%E0%A4%A", "/..%2fapp.css", "/x/..%5capp.css", "/%00", "/"]) {
  Deno.test(`${path} is not a static file`, async () => {
    const response = await get(path);
    assert.equal(response.status, 404);
    assert.equal(await response.text(), "Not Found");
  });
}

Deno.test("a missing favicon is a bare 404", async () => {
  const response = await get("/favicon.ico");
  assert.equal(response.status, 404);
  assert.equal(response.body, null);
});

Deno.test("static files are served below the base path", async () => {
  const app = appWith("production", "/b");
  assert.equal((await get("/b/app.css", {}, app)).status, 200);
  assert.equal((await get("/app.css", {}, app)).status, 404);
  assert.equal(await (await get("/b/page", {}, app)).text(), "page");
});

Deno.test("asset() adds the build id to root-relative URLs only", () => {
  setBuildCacheForAssets();
  assert.equal(asset("/a.css"), `/a.css?__frsh_c=${BUILD_ID}`);
  assert.equal(asset("/a.css?x=1#top"), `/a.css?x=1&__frsh_c=${BUILD_ID}#top`);
  for (const path of ["a.css", "//cdn/a.css", "https://x/a.css", "/a.css?__frsh_c=1", "#a"]) {
    assert.equal(asset(path), path);
  }
});

/** Attaching any build names it in asset URLs. */
function setBuildCacheForAssets(): void {
  appWith("production");
  assert.equal(BUILD_ID, BUILD);
}

Deno.test("assetSrcSet() adds the build id to each candidate, and keeps a list that it cannot parse", () => {
  setBuildCacheForAssets();
  assert.equal(
    assetSrcSet("/a.png 1x, /b.png 2x"),
    `/a.png?__frsh_c=${BUILD} 1x, /b.png?__frsh_c=${BUILD} 2x`,
  );
  for (const list of ["/a.png 1x 2x", "image(/a.png)", "/a.png,,/b.png"]) {
    assert.equal(assetSrcSet(list), list);
  }
});
