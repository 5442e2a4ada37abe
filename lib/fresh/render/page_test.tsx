import assert from "node:assert/strict";
import { createContext, Fragment, type VNode } from "preact";
import { useContext, useId, useState } from "preact/hooks";
import { computed, type Signal, signal } from "@preact/signals";
import { App, createDefine, page, type PageProps } from "../mod.ts";
import { Head } from "../runtime.ts";

async function ask<State>(app: App<State>, path = "/", method = "GET"): Promise<Response> {
  return await app.handler()(new Request(`http://localhost${path}`, { method }));
}

async function htmlOf<State>(app: App<State>, path = "/"): Promise<string> {
  return await (await ask(app, path)).text();
}

const EMPTY_HEAD = '<head><meta charset="utf-8"/></head>';

/** An app wrapper as applications write it. */
function Wrapper({ Component }: PageProps): VNode {
  return (
    <html lang="en">
      <head>
        <title>Wrapper</title>
        <meta name="description" content="wrapper" />
      </head>
      <body class="app">
        <Component />
      </body>
    </html>
  );
}

Deno.test("what a page leaves out of the document is added around it", async () => {
  const response = await ask(new App().route("/", { component: () => <p>hi</p> }));
  assert.equal(response.headers.get("content-type"), "text/html; charset=utf-8");
  assert.equal(response.headers.get("link"), null);
  assert.equal(
    await response.text(),
    `<!DOCTYPE html><html>${EMPTY_HEAD}<body><p>hi</p></body></html>`,
  );
});

const PARTS: Record<string, { vnode: VNode; html: string }> = {
  "body": {
    vnode: <body class="b">x</body>,
    html: `<!DOCTYPE html><html>${EMPTY_HEAD}<body class="b">x</body></html>`,
  },
  "head and body": {
    vnode: (
      <>
        <head>
          <title>t</title>
        </head>
        <body>x</body>
      </>
    ),
    html: "<!DOCTYPE html><html><head><title>t</title></head><body>x</body></html>",
  },
  "html alone": {
    vnode: <html lang="de">x</html>,
    html: `<!DOCTYPE html><html lang="de">${EMPTY_HEAD}<body>x</body></html>`,
  },
  "everything": {
    vnode: (
      <html>
        <head></head>
        <body>x</body>
      </html>
    ),
    html: "<!DOCTYPE html><html><head></head><body>x</body></html>",
  },
};

for (const [written, { vnode, html }] of Object.entries(PARTS)) {
  Deno.test(`a page that writes ${written} gets the rest of the document`, async () => {
    assert.equal(await htmlOf(new App().get("/", (ctx) => ctx.render(vnode))), html);
  });
}

Deno.test("layouts wrap from the outermost to the innermost, and the app wrapper wraps them all", async () => {
  const app = new App()
    .appWrapper(Wrapper)
    .layout("/a/b", ({ Component }) => (
      <i>
        <Component />
      </i>
    ))
    .layout("/", ({ Component }) => (
      <b>
        <Component />
      </b>
    ))
    .route("/a/b", { component: () => <p>page</p> })
    .route("/c", { component: () => <p>page</p> });
  assert.match(await htmlOf(app, "/a/b"), /<body class="app"><b><i><p>page<\/p><\/i><\/b><\/body>/);
  assert.match(await htmlOf(app, "/c"), /<body class="app"><b><p>page<\/p><\/b><\/body>/);
});

Deno.test("a layout that skips inherited ones drops those above it and keeps those below", async () => {
  const wrap = (name: string) => ({ Component }: PageProps) => (
    <div class={name}>
      <Component />
    </div>
  );
  const app = new App()
    .layout("/", wrap("top"))
    .layout("/a", wrap("middle"), { skipInheritedLayouts: true })
    .layout("/a/b", wrap("low"))
    .route("/a/b", { component: () => <p>page</p> })
    .route("/a/b/bare", {
      component: () => <p>page</p>,
      config: { skipInheritedLayouts: true },
    })
    .route("/c", { component: () => <p>page</p> });
  assert.match(
    await htmlOf(app, "/a/b"),
    /<body><div class="middle"><div class="low"><p>page<\/p><\/div><\/div><\/body>/,
  );
  assert.match(await htmlOf(app, "/a/b/bare"), /<body><p>page<\/p><\/body>/);
  assert.match(await htmlOf(app, "/c"), /<div class="top"><p>page/);
});

Deno.test("an app wrapper may show the page twice, or not at all", async () => {
  const page = { component: () => <p>$1 page</p> };
  const twice = new App().appWrapper(({ Component }) => (
    <body>
      <Component /> and <Component />
    </body>
  )).route("/", page);
  assert.match(await htmlOf(twice), /<body><p>\$1 page<\/p> and <p>\$1 page<\/p><\/body>/);
  const never = new App().appWrapper(() => <body>closed</body>).route("/", page);
  assert.match(await htmlOf(never), /<body>closed<\/body>/);
});

Deno.test("a page inside an app wrapper may write parts of the document itself", async () => {
  const app = new App()
    .appWrapper(({ Component }) => (
      <html lang="en">
        <Component />
      </html>
    ))
    .route("/", { component: () => <body class="own">{"</html>"}</body> });
  assert.equal(
    await htmlOf(app),
    `<!DOCTYPE html><html lang="en">${EMPTY_HEAD}<body class="own">&lt;/html></body></html>`,
  );
});

Deno.test("the app wrapper can be skipped by a route, a layout and ctx.render()", async () => {
  const component = () => <p>page</p>;
  const app = new App()
    .appWrapper(Wrapper)
    .layout("/layout", ({ Component }) => <Component />, { skipAppWrapper: true })
    .route("/route", { component, config: { skipAppWrapper: true } })
    .route("/layout/x", { component })
    .get("/render", (ctx) => ctx.render(<p>page</p>, {}, { skipAppWrapper: true }))
    .route("/wrapped", { component });
  for (const path of ["/route", "/layout/x", "/render"]) {
    assert.doesNotMatch(await htmlOf(app, path), /class="app"/);
  }
  assert.match(await htmlOf(app, "/wrapped"), /class="app"/);
});

Deno.test("pages, layouts and app wrappers may be async", async () => {
  const later = <T,>(value: T) => Promise.resolve(value);
  const app = new App<{ title: string }>()
    .appWrapper(async ({ Component, state }) => (
      <body title={await later(state.title)}>
        <Component />
      </body>
    ))
    .layout("/", async ({ Component }) => (
      <main>
        {await later("before ")}
        <Component />
      </main>
    ))
    .route("/", {
      component: async ({ state }) => {
        state.title = await later("from the page");
        return <p>page</p>;
      },
    });
  assert.match(
    await htmlOf(app),
    /<body title="from the page"><main>before <p>page<\/p><\/main><\/body>/,
  );
});

Deno.test("an async component may answer with a Response, wherever it stands", async () => {
  const redirect = () => Promise.resolve(new Response(null, { status: 303 }));
  const away = async () => await redirect();
  const page = { component: () => <p>page</p> };
  const apps = [
    new App().route("/", { component: away }),
    new App().layout("/", away).route("/", page),
    new App().appWrapper(away).route("/", page),
  ];
  for (const app of apps) assert.equal((await ask(app)).status, 303);
});

Deno.test("sync components may use hooks, context and signals", async () => {
  const Language = createContext("none");
  const count = signal(3);
  function Leaf() {
    const [text] = useState("state");
    return <p>{text} {useContext(Language)} {count}</p>;
  }
  const app = new App().route("/", {
    component: () => (
      <Language.Provider value="en">
        <Leaf />
      </Language.Provider>
    ),
  });
  assert.match(await htmlOf(app), /<p>state en 3<\/p>/);
});

Deno.test("useId() differs between the page, the app wrapper and the head", async () => {
  const Identified = () => <meta id={useId()} />;
  const app = new App()
    .appWrapper(({ Component }) => (
      <html>
        <head>
          <Identified />
        </head>
        <body>
          <Identified />
          <Component />
        </body>
      </html>
    ))
    .route("/", { component: () => <Identified /> });
  const ids = [...(await htmlOf(app)).matchAll(/ id="([^"]+)"/g)].map((match) => match[1]);
  assert.equal(ids.length, 3);
  assert.equal(new Set(ids).size, 3);
});

Deno.test("a signal among the children is its value, and nobody subscribes to it", async () => {
  let subscriptions = 0;
  const name = signal<unknown>("<Ada>", { watched: () => void subscriptions++ });
  const vnode = <i>vnode</i>;
  const values: [unknown, string][] = [
    ["<Ada>", "&lt;Ada>"],
    [0, "0"],
    [true, ""],
    [null, ""],
    [vnode, "<i>vnode</i>"],
  ];
  const app = new App().get(
    "/",
    (ctx) =>
      ctx.render(<p>{name as Signal<string>}|{computed(() => name.value) as Signal<string>}</p>),
  );
  for (const [value, html] of values) {
    name.value = value;
    assert.ok((await htmlOf(app)).includes(`<p>${html}|${html}</p>`), html);
  }
  assert.equal(subscriptions, 0);
});

Deno.test("keys of any type leave no trace outside the head", async () => {
  const app = new App().get("/", (ctx) =>
    ctx.render(
      <ul>
        <Fragment key={1}>
          <a key={2n as unknown as string}>x</a>
        </Fragment>
      </ul>,
    ));
  assert.match(await htmlOf(app), /<ul><a>x<\/a><\/ul>/);
});

Deno.test("page() hands data, status and headers to the page", async () => {
  const define = createDefine<unknown>();
  const handler = define.handlers({
    GET: () => page({ name: "Ada" }, { status: 201, headers: { "x-a": "b" } }),
    POST: () => ({ data: { name: "plain" } }),
  });
  const component = define.page<typeof handler>(({ data }) => <p>{data.name}</p>);
  const app = new App().route("/", { handler, component });
  const response = await ask(app);
  assert.equal(response.status, 201);
  assert.equal(response.headers.get("x-a"), "b");
  assert.match(await response.text(), /<p>Ada<\/p>/);
  assert.match(await (await ask(app, "/", "POST")).text(), /<p>plain<\/p>/);
  assert.equal((await ask(app, "/", "PUT")).status, 405);
});

Deno.test("a component answers GET where the handlers have none, and all methods where there are none", async () => {
  const component = () => <p>page</p>;
  const app = new App()
    .route("/some", { component, handler: { POST: (ctx) => ctx.text("posted") } })
    .route("/none", { component });
  assert.equal((await ask(app, "/some")).status, 200);
  assert.equal(await (await ask(app, "/some", "POST")).text(), "posted");
  assert.equal((await ask(app, "/none", "DELETE")).status, 200);
});

Deno.test("page() without a component is an empty document, a route with nothing a 404", async () => {
  const app = new App().route("/empty", { handler: () => page() }).route("/nothing", {});
  assert.equal(
    await htmlOf(app, "/empty"),
    `<!DOCTYPE html><html>${EMPTY_HEAD}<body></body></html>`,
  );
  assert.equal((await ask(app, "/nothing")).status, 404);
});

Deno.test("a page gets its props", async () => {
  let props: PageProps | undefined;
  const app = new App({ basePath: "/b" }).route("/u/:id", {
    component: (given: PageProps) => {
      props = given;
      return null;
    },
  });
  await ask(app, "/b/u/7?q=1");
  assert.equal(props?.url.href, "http://localhost/b/u/7?q=1");
  assert.deepEqual(props?.params, { id: "7" });
  assert.equal(props?.route, "/b/u/:id");
  assert.equal(props?.error, null);
  assert.equal(props?.isPartial, false);
  assert.equal(props?.config.basePath, "/b");
});

Deno.test("ctx.render() without a VNode is an error", async () => {
  const app = new App()
    .onError("/", (ctx) => ctx.text((ctx.error as Error).name))
    .get("/", (ctx) => ctx.render("text" as unknown as VNode));
  assert.equal(await htmlOf(app), "TypeError");
});

Deno.test("renders that interleave keep their heads and nonces apart", async () => {
  const gates = { a: Promise.withResolvers<void>(), b: Promise.withResolvers<void>() };
  const app = new App()
    .appWrapper(async ({ Component, params }) => {
      await gates[params.name as "a" | "b"].promise;
      return (
        <html>
          <head></head>
          <body>
            <Component />
            <script>1</script>
          </body>
        </html>
      );
    })
    .route("/:name", {
      component: ({ params }: PageProps) => (
        <Head>
          <title>{params.name}</title>
          <script>1</script>
        </Head>
      ),
    });
  const handler = app.handler();
  const [a, b] = ["a", "b"].map((name) => handler(new Request(`http://localhost/${name}`)));
  gates.b.resolve();
  const second = await (await b!).text();
  gates.a.resolve();
  const first = await (await a!).text();
  assert.match(first, /<head><title>a<\/title><script/);
  assert.match(second, /<head><title>b<\/title><script/);
  const nonces = [first, second].map((html) =>
    new Set([...html.matchAll(/nonce="([\w-]+)"/g)].map((match) => match[1]))
  );
  assert.deepEqual(nonces.map((set) => set.size), [1, 1]);
  assert.notDeepEqual(nonces[0], nonces[1]);
});

Deno.test("scripts and styles get the nonce of the render unless they have one", async () => {
  const script = <script nonce="own">1</script>;
  const style = <style>a</style>;
  const app = new App().get("/", (ctx) => ctx.render(<div>{script}{style}</div>));
  const nonces: (string | undefined)[] = [];
  for (let i = 0; i < 2; i++) {
    const html = await htmlOf(app);
    assert.match(html, /<script nonce="own">/);
    nonces.push(/<style nonce="([\w-]{36})">/.exec(html)?.[1]);
  }
  // The vnodes are constants: the first render must not leave its nonce in them.
  assert.ok(nonces[0] !== undefined && nonces[1] !== undefined);
  assert.notEqual(nonces[0], nonces[1]);
});

Deno.test("root-relative sources of images are tied to the build", async () => {
  const app = new App().get("/", (ctx) =>
    ctx.render(
      <div>
        <img src="/a.png" srcset="/a.png 1x, /b.png 2x" />
        <img src="/c.png" data-fresh-disable-lock />
        <img src="https://other.example/d.png" />
      </div>,
    ));
  const html = await htmlOf(app);
  assert.match(
    html,
    /src="\/a\.png\?__frsh_c=\w+" srcset="\/a\.png\?__frsh_c=\w+ 1x, \/b\.png\?__/,
  );
  assert.match(html, /src="\/c\.png"/);
  assert.match(html, /src="https:\/\/other\.example\/d\.png"/);
});
