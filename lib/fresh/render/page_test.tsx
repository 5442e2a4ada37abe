import assert from "node:assert/strict";
import { createContext, Fragment, type VNode } from "preact";
import { useContext, useId, useState } from "preact/hooks";
import { computed, type Signal, signal } from "@preact/signals";
import { App, createDefine, page, type PageProps } from "../mod.ts";
import { Head } from "../runtime.ts";
import { ask, textOf } from "../testdata/kit.ts";
import { EMPTY_HEAD } from "../testdata/Wrapper.tsx";

Deno.test("the parts of the document that a page omits are added", async () => {
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
    assert.equal(await textOf(new App().get("/", (ctx) => ctx.render(vnode))), html);
  });
}

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
  assert.match(await textOf(app), /<p>state en 3<\/p>/);
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
  const ids = [...(await textOf(app)).matchAll(/ id="([^"]+)"/g)].map((match) => match[1]);
  assert.equal(ids.length, 3);
  assert.equal(new Set(ids).size, 3);
});

Deno.test("a signal among the children renders its value, and nothing subscribes to it", async () => {
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
    assert.ok((await textOf(app)).includes(`<p>${html}|${html}</p>`), html);
  }
  assert.equal(subscriptions, 0);
});

Deno.test("keys of any type are not rendered outside the head", async () => {
  const app = new App().get("/", (ctx) =>
    ctx.render(
      <ul>
        <Fragment key={1}>
          <a key={2n as unknown as string}>x</a>
        </Fragment>
      </ul>,
    ));
  assert.match(await textOf(app), /<ul><a>x<\/a><\/ul>/);
});

Deno.test("page() passes data, status and headers to the page", async () => {
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

Deno.test("a component answers GET if no handler does, and every method if there are no handlers", async () => {
  const component = () => <p>page</p>;
  const app = new App()
    .route("/some", { component, handler: { POST: (ctx) => ctx.text("posted") } })
    .route("/none", { component });
  assert.equal((await ask(app, "/some")).status, 200);
  assert.equal(await (await ask(app, "/some", "POST")).text(), "posted");
  assert.equal((await ask(app, "/none", "DELETE")).status, 200);
});

Deno.test("page() without a component is an empty document, and an empty route answers 404", async () => {
  const app = new App().route("/empty", { handler: () => page() }).route("/nothing", {});
  assert.equal(
    await textOf(app, "/empty"),
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
  assert.equal(await textOf(app), "TypeError");
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
    const html = await textOf(app);
    assert.match(html, /<script nonce="own">/);
    nonces.push(/<style nonce="([\w-]{22,})">/.exec(html)?.[1]);
  }
  // The vnodes are constants: the first render must not leave its nonce in them.
  assert.ok(nonces[0] !== undefined && nonces[1] !== undefined);
  assert.notEqual(nonces[0], nonces[1]);
});

Deno.test("root-relative sources of images get the build id", async () => {
  const app = new App().get("/", (ctx) =>
    ctx.render(
      <div>
        <img src="/a.png" srcset="/a.png 1x, /b.png 2x" />
        <img src="/c.png" data-fresh-disable-lock />
        <img src="https://other.example/d.png" />
      </div>,
    ));
  const html = await textOf(app);
  assert.match(
    html,
    /src="\/a\.png\?__frsh_c=\w+" srcset="\/a\.png\?__frsh_c=\w+ 1x, \/b\.png\?__/,
  );
  assert.match(html, /src="\/c\.png"/);
  assert.match(html, /src="https:\/\/other\.example\/d\.png"/);
});
