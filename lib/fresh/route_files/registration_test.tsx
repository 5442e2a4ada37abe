import assert from "node:assert/strict";
import type { FileRoute } from "../build_cache.ts";
import { App, HttpError, type Middleware, page, type PageProps } from "../mod.ts";
import { ask } from "../testdata/kit.ts";

/** An application with the given modules as its routes directory. */
function appWith(modules: Record<string, unknown>, app: App<unknown> = new App().fsRoutes()) {
  const routes: FileRoute[] = Object.entries(modules).map(([path, module]) => ({
    path,
    load: () => Promise.resolve(module),
    eager: JSON.stringify(module).includes("routeOverride"),
  }));
  App.attach(app, {
    root: "/project",
    mode: "production",
    buildId: "build-1",
    routes,
    islands: new Map(),
    boot: { chunk: "/_fresh/js/boot.js", imports: [] },
    staticFile: () => undefined,
  });
  return app;
}

async function bodyOf(app: App<unknown>, path: string): Promise<string | undefined> {
  const html = await (await ask(app, path)).text();
  return /<body>(.*)<\/body>/.exec(html)?.[1] ?? html;
}

const say = (text: string) => ({ default: () => <p>{text}</p> });

const wrapIn = (name: string) => ({
  default: ({ Component }: PageProps) => (
    <div class={name}>
      <Component />
    </div>
  ),
});

/** A middleware file that notes its name in a header. */
const note = (name: string): { handler: Middleware<unknown> } => ({
  handler: async (ctx) => {
    const response = await ctx.next();
    response.headers.append("x-passed", name);
    return response;
  },
});

Deno.test("files answer at the URLs that their names say", async () => {
  const app = appWith({
    "index.tsx": say("home"),
    "users/[id].tsx": { default: ({ params }: PageProps) => <p>user {params.id}</p> },
    "users/new.tsx": say("new"),
    "docs/[...path].tsx": { default: ({ params }: PageProps) => <p>doc {params.path}</p> },
    "(admin)/stats.tsx": say("stats"),
  });
  assert.equal(await bodyOf(app, "/"), "<p>home</p>");
  assert.equal(await bodyOf(app, "/users/7"), "<p>user 7</p>");
  assert.equal(await bodyOf(app, "/users/new"), "<p>new</p>");
  assert.equal(await bodyOf(app, "/docs/a/b"), "<p>doc a/b</p>");
  assert.equal(await bodyOf(app, "/stats"), "<p>stats</p>");
});

Deno.test("middlewares and layouts apply to their directory and below, those of a group only to the group", async () => {
  const app = appWith({
    "_app.tsx": {
      default: ({ Component }: PageProps) => (
        <body>
          <Component />
        </body>
      ),
    },
    "_middleware.ts": note("root"),
    "a/_layout.tsx": wrapIn("a"),
    "a/_middleware.ts": note("a"),
    "a/index.tsx": say("index"),
    "a/b.tsx": say("b"),
    "a.tsx": say("never: the index of the directory is first"),
    "(g)/_middleware.ts": note("g"),
    "(g)/_layout.tsx": wrapIn("g"),
    "(g)/in.tsx": say("in"),
    "out.tsx": say("out"),
  });
  const passed = async (path: string) => (await ask(app, path)).headers.get("x-passed");
  assert.equal(await passed("/a/b"), "a, root");
  assert.equal(await passed("/a"), "a, root");
  assert.equal(await passed("/in"), "g, root");
  assert.equal(await passed("/out"), "root");
  assert.equal(await bodyOf(app, "/a/b"), '<div class="a"><p>b</p></div>');
  assert.equal(await bodyOf(app, "/in"), '<div class="g"><p>in</p></div>');
  assert.equal(await bodyOf(app, "/out"), "<p>out</p>");
});

Deno.test("a file beside a directory of the same name does not get its middlewares and layouts", async () => {
  const app = appWith({ "foo.tsx": say("foo"), "foo/_layout.tsx": wrapIn("foo") });
  assert.equal(await bodyOf(app, "/foo"), "<p>foo</p>");
});

Deno.test("use() of the application guards file routes by URL, in any group", async () => {
  const app = new App()
    .use("/admin", () => new Response("guarded"))
    .use("/lone", () => new Response("guarded"))
    .fsRoutes();
  appWith({ "(g)/admin/users.tsx": say("open"), "lone.tsx": say("open") }, app);
  assert.equal(await bodyOf(app, "/admin/users"), "guarded");
  assert.equal(await bodyOf(app, "/lone"), "guarded");
});

Deno.test("registrations before fsRoutes() get no wrappers from files, and later ones do", async () => {
  const app = new App<unknown>()
    .route("/before", { component: () => <p>before</p> })
    .fsRoutes()
    .route("/after", { component: () => <p>after</p> });
  appWith({ "_layout.tsx": wrapIn("files") }, app);
  assert.equal(await bodyOf(app, "/before"), "<p>before</p>");
  assert.equal(await bodyOf(app, "/after"), '<div class="files"><p>after</p></div>');
});

Deno.test("fsRoutes(path) puts file routes and their wrappers below the path", async () => {
  const app = new App<unknown>().fsRoutes("/m").route("/x", { component: () => <p>x</p> });
  appWith({ "index.tsx": say("home"), "_layout.tsx": wrapIn("files") }, app);
  assert.equal(await bodyOf(app, "/m"), '<div class="files"><p>home</p></div>');
  assert.equal(await bodyOf(app, "/x"), "<p>x</p>");
});

for (const basePath of ["", "/shop"]) {
  Deno.test(`an optional segment may be missing, below base path "${basePath}"`, async () => {
    const app = appWith(
      { "[[lang]]/about.tsx": say("about"), "docs/[[page]].tsx": say("docs") },
      new App({ basePath }).fsRoutes(),
    );
    for (const path of ["/about", "/en/about"]) {
      assert.equal(await bodyOf(app, basePath + path), "<p>about</p>");
    }
    for (const path of ["/docs", "/docs/page"]) {
      assert.equal(await bodyOf(app, basePath + path), "<p>docs</p>");
    }
  });
}

Deno.test("a pattern of one optional segment matches the root, also below a base path", async () => {
  for (const basePath of ["", "/shop"]) {
    const app = appWith({ "[[page]].tsx": say("page") }, new App({ basePath }).fsRoutes());
    assert.equal(await bodyOf(app, basePath || "/"), "<p>page</p>");
    assert.equal(await bodyOf(app, `${basePath}/x`), "<p>page</p>");
  }
});

Deno.test("_error handles errors of its directory, _404 everything not found", async () => {
  const fail = { handler: () => Promise.reject(new HttpError(409)) };
  const app = appWith({
    "_error.tsx": say("root error"),
    "_404.tsx": say("not found"),
    "a/_error.tsx": say("a error"),
    "a/fail.ts": fail,
    "fail.ts": fail,
  });
  assert.equal(await bodyOf(app, "/a/fail"), "<p>a error</p>");
  assert.equal(await bodyOf(app, "/fail"), "<p>root error</p>");
  assert.equal((await ask(app, "/fail")).status, 409);
  assert.equal(await bodyOf(app, "/unknown"), "<p>not found</p>");
  assert.equal((await ask(app, "/unknown")).status, 404);
});

Deno.test("a method that a file lacks answers 405, also if the file is loaded at the first request", async () => {
  const handler = { POST: () => new Response("posted") };
  const app = appWith({ "form.ts": { handler }, "both.tsx": { ...say("page"), handler } });
  const response = await ask(app, "/form");
  assert.equal(response.status, 405);
  assert.equal(response.headers.get("allow"), "POST");
  assert.equal(await bodyOf(app, "/both"), "<p>page</p>");
  assert.equal((await ask(app, "/both", "OPTIONS")).headers.get("allow"), "POST, GET");
});

Deno.test("handlers wins over handler, and config applies", async () => {
  const app = appWith({
    "_layout.tsx": wrapIn("layout"),
    "index.tsx": {
      handler: () => page("old"),
      handlers: { GET: () => page("new") },
      config: { skipInheritedLayouts: true },
      default: ({ data }: PageProps<string>) => <p>{data}</p>,
    },
    "moved.tsx": { ...say("moved"), config: { routeOverride: "/elsewhere/:id" } },
  });
  assert.equal(await bodyOf(app, "/"), "<p>new</p>");
  assert.match(await bodyOf(app, "/elsewhere/1") ?? "", /moved/);
  assert.equal((await ask(app, "/moved")).status, 404);
});

Deno.test("a middleware file may export a list", async () => {
  const list = [note("first").handler, note("second").handler];
  const app = appWith({ "_middleware.ts": { default: list }, "index.tsx": say("home") });
  assert.equal((await ask(app, "/")).headers.get("x-passed"), "second, first");
});

const FAULTY: Record<string, { module: unknown; fault: RegExp }> = {
  "a route that exports nothing of use": { module: { config: {} }, fault: /relevant exports/ },
  "a handler with two parameters": {
    module: { handler: (_req: unknown, _ctx: unknown) => new Response() },
    fault: /more than one parameter/,
  },
};

for (const [name, { module, fault }] of Object.entries(FAULTY)) {
  Deno.test(`${name} is an error that says so`, async () => {
    const app = new App<unknown>().onError("/", (ctx) => ctx.text((ctx.error as Error).message));
    appWith({ "faulty.ts": module }, app.fsRoutes());
    assert.match(await bodyOf(app, "/faulty") ?? "", fault);
  });
}

Deno.test("with a faulty special file, every request is answered with 500 and the fault is logged", async () => {
  const logged: unknown[] = [];
  const original = console.error;
  console.error = (error: unknown) => void logged.push(error);
  try {
    const app = appWith({ "_layout.tsx": {}, "index.tsx": say("home") });
    assert.equal((await ask(app, "/")).status, 500);
  } finally {
    console.error = original;
  }
  assert.match(String(logged[0]), /"_layout.tsx" has no default export/);
});
