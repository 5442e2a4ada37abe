import assert from "node:assert/strict";
import { App, type PageProps } from "../mod.ts";
import { ask, textOf } from "../testdata/kit.ts";
import { EMPTY_HEAD, Wrapper } from "../testdata/Wrapper.tsx";

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
  assert.match(await textOf(app, "/a/b"), /<body class="app"><b><i><p>page<\/p><\/i><\/b><\/body>/);
  assert.match(await textOf(app, "/c"), /<body class="app"><b><p>page<\/p><\/b><\/body>/);
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
    await textOf(app, "/a/b"),
    /<body><div class="middle"><div class="low"><p>page<\/p><\/div><\/div><\/body>/,
  );
  assert.match(await textOf(app, "/a/b/bare"), /<body><p>page<\/p><\/body>/);
  assert.match(await textOf(app, "/c"), /<div class="top"><p>page/);
});

Deno.test("an app wrapper may show the page twice, or not at all", async () => {
  const page = { component: () => <p>$1 page</p> };
  const twice = new App().appWrapper(({ Component }) => (
    <body>
      <Component /> and <Component />
    </body>
  )).route("/", page);
  assert.match(await textOf(twice), /<body><p>\$1 page<\/p> and <p>\$1 page<\/p><\/body>/);
  const never = new App().appWrapper(() => <body>closed</body>).route("/", page);
  assert.match(await textOf(never), /<body>closed<\/body>/);
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
    await textOf(app),
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
    assert.doesNotMatch(await textOf(app, path), /class="app"/);
  }
  assert.match(await textOf(app, "/wrapped"), /class="app"/);
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
    await textOf(app),
    /<body title="from the page"><main>before <p>page<\/p><\/main><\/body>/,
  );
});

Deno.test("an async page, layout or app wrapper may answer with a Response", async () => {
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
