import assert from "node:assert/strict";
import { h } from "preact";
import { freePort } from "../../tests/kit/free_port.ts";
import { App, type Middleware } from "./mod.ts";
import { ask, paramsOf, say, setsHeader, textOf } from "./testdata/kit.ts";

Deno.test("middlewares run in their order, outer paths first, and see the response", async () => {
  const seen: string[] = [];
  const note = (name: string): Middleware<unknown> => async (ctx) => {
    seen.push(`${name} in`);
    const response = await ctx.next();
    seen.push(`${name} out`);
    return response;
  };
  const app = new App()
    .use("/a", note("a"))
    .use(note("root"))
    .get("/a/b", note("own"), say("done"));
  assert.equal(await textOf(app, "/a/b"), "done");
  assert.deepEqual(seen, ["root in", "a in", "own in", "own out", "a out", "root out"]);
});

Deno.test("a route gets only what was registered before it", async () => {
  const app = new App().get("/early", say("early")).use(() => new Response("guarded"));
  app.get("/late", say("late"));
  assert.equal(await textOf(app, "/early"), "early");
  assert.equal(await textOf(app, "/late"), "guarded");
});

for (const path of ["/admin", "/admin/*"]) {
  Deno.test(`use("${path}") guards the path and everything below, and nothing else`, async () => {
    const app = new App()
      .use(path, () => new Response("guarded"))
      .get("/admin", say("open"))
      .get("/admin/users/:id", say("open"))
      .get("/administration", say("open"));
    assert.equal(await textOf(app, "/admin"), "guarded");
    assert.equal(await textOf(app, "/admin/users/1"), "guarded");
    assert.equal(await textOf(app, "/administration"), "open");
  });
}

Deno.test("scopes compare patterns as text, and ignore optional groups", async () => {
  const app = new App()
    .use("/u/:id", () => new Response("guarded"))
    .use("/api/x", () => new Response("guarded"))
    .get("/u/:id/edit", say("open"))
    .get("/u/me", say("open"))
    .get("/api{/:v}?/x", say("open"));
  assert.equal(await textOf(app, "/u/1/edit"), "guarded");
  assert.equal(await textOf(app, "/u/me"), "open");
  assert.equal(await textOf(app, "/api/v1/x"), "guarded");
});

Deno.test("a request without a route runs only the middlewares of the root", async () => {
  const seen: string[] = [];
  const app = new App()
    .use((ctx) => (seen.push("root"), ctx.next()))
    .use("/a", (ctx) => (seen.push("a"), ctx.next()))
    .get("/a/b", say("b"));
  assert.equal((await ask(app, "/a/none")).status, 404);
  assert.deepEqual(seen, ["root"]);
});

Deno.test("a middleware may call ctx.next() twice: the rest runs twice", async () => {
  let runs = 0;
  const app = new App()
    .use(async (ctx) => {
      await ctx.next();
      return await ctx.next();
    })
    .use((ctx) => ctx.next())
    .get("/", (ctx) => ctx.text(String(++runs)));
  assert.equal(await textOf(app, "/"), "2");
});

Deno.test("ctx.state belongs to one request, also when requests interleave", async () => {
  const gate = Promise.withResolvers<void>();
  const app = new App<{ name: string }>()
    .use((ctx) => {
      ctx.state.name = ctx.url.searchParams.get("name") ?? "";
      return ctx.next();
    })
    .get("/", async (ctx) => {
      await gate.promise;
      return ctx.text(ctx.state.name);
    });
  const handler = app.handler();
  const answers = ["a", "b"].map((name) => handler(new Request(`http://localhost/?name=${name}`)));
  gate.resolve();
  const texts = await Promise.all(answers.map(async (answer) => await (await answer).text()));
  assert.deepEqual(texts, ["a", "b"]);
});

Deno.test("trustProxy makes ctx.url follow the forwarded scheme and host", async () => {
  const headers = { "x-forwarded-proto": "https", "x-forwarded-host": "outside.example" };
  for (const trustProxy of [true, false]) {
    const handler = new App({ trustProxy }).get("/a", (ctx) => ctx.text(ctx.url.href)).handler();
    const response = await handler(new Request("http://inside:8000/a?b", { headers }));
    assert.equal(
      await response.text(),
      trustProxy ? "https://outside.example/a?b" : "http://inside:8000/a?b",
    );
  }
});

Deno.test("every route is below basePath, and ctx.url includes it", async () => {
  const app = new App({ basePath: "/shop" })
    .get("/", say("home"))
    .get("/cart", (ctx) => ctx.text(`${ctx.url.pathname} ${ctx.route}`));
  assert.equal(await textOf(app, "/shop"), "home");
  assert.equal(await textOf(app, "/shop/cart"), "/shop/cart /shop/cart");
  assert.equal((await ask(app, "/cart")).status, 404);
});

Deno.test("mountApp() puts an application below outer base path, mount path and inner base path", async () => {
  const inner = new App({ basePath: "/in" }).use(setsHeader).get("/x", say("inner"));
  const app = new App({ basePath: "/out" }).mountApp("/mid", inner).get("/y", say("outer"));
  const response = await ask(app, "/out/mid/in/x");
  assert.equal(await response.text(), "inner");
  assert.equal(response.headers.get("x-after"), "yes");
  // What the inner application uses stays below its path.
  assert.equal((await ask(app, "/out/y")).headers.get("x-after"), null);
});

Deno.test("mountApp() also mounts the app wrapper and notFound of the inner application", async () => {
  const inner = new App()
    .appWrapper(({ Component }) => h("main", null, h(Component, null)))
    .notFound((ctx) => ctx.text("inner", { status: 404 }))
    .route("/x", { component: () => "x" });
  const app = new App()
    .notFound((ctx) => ctx.text("outer", { status: 404 }))
    .mountApp("/mid", inner)
    .route("/y", { component: () => "y" });
  assert.equal(await textOf(app, "/nowhere"), "inner");
  assert.match(await textOf(app, "/mid/x"), /<main>x<\/main>/);
  assert.match(await textOf(app, "/y"), /<main>y<\/main>/);
});

Deno.test("mountApp() ignores later registrations of the inner application", async () => {
  const inner = new App().get("/a", say("a"));
  const app = new App().mountApp("/", inner);
  inner.get("/b", say("b"));
  assert.equal(await textOf(app, "/a"), "a");
  assert.equal((await ask(app, "/b")).status, 404);
});

Deno.test("ctx.redirect() answers 302, and extra slashes do not leave the site", async () => {
  const app = new App()
    .get("/a", (ctx) => ctx.redirect("//evil.example/x?next=//y"))
    .get("/b", (ctx) => ctx.redirect("https://other.example//x", 303));
  const response = await ask(app, "/a");
  assert.equal(response.status, 302);
  assert.equal(response.headers.get("location"), "/evil.example/x?next=//y");
  const absolute = await ask(app, "/b");
  assert.equal(absolute.status, 303);
  assert.equal(absolute.headers.get("location"), "https://other.example//x");
});

Deno.test("ctx.text(), html() and json() set their types and accept status and headers", async () => {
  const init = { status: 201, headers: { "x-a": "b" } };
  const app = new App()
    .get("/text", (ctx) => ctx.text("t", init))
    .get("/html", (ctx) => ctx.html("<p>", init))
    .get("/json", (ctx) => ctx.json({ a: 1 }, init));
  const types = {
    "/text": "text/plain;charset=UTF-8",
    "/html": "text/html; charset=utf-8",
    "/json": "application/json",
  };
  for (const [path, type] of Object.entries(types)) {
    const response = await ask(app, path);
    assert.equal(response.headers.get("content-type"), type);
    assert.equal(response.status, 201);
    assert.equal(response.headers.get("x-a"), "b");
  }
});

Deno.test("each of a thousand routes answers", async () => {
  const app = new App();
  for (let i = 0; i < 1000; i++) app.get(`/s${i}`, say(`s${i}`)).get(`/d${i}/:id`, paramsOf);
  assert.equal(await textOf(app, "/s999"), "s999");
  assert.deepEqual((await (await ask(app, "/d999/7")).json()).params, { id: "7" });
});

Deno.test("app.listen() resolves once it listens, and serves until it is aborted", async () => {
  const abort = new AbortController();
  const port = freePort();
  await new App().get("/", say("hello")).listen({
    hostname: "127.0.0.1",
    port,
    signal: abort.signal,
    onListen() {},
  });
  const response = await fetch(`http://127.0.0.1:${port}/`);
  assert.equal(await response.text(), "hello");
  abort.abort();
  await assert.rejects(async () => {
    while (true) await (await fetch(`http://127.0.0.1:${port}/`)).text();
  });
});

Deno.test("app.listen() finds a free port by itself", async () => {
  const abort = new AbortController();
  const ports: number[] = [];
  const onListen = ({ port }: Deno.NetAddr) => void ports.push(port);
  const options = { hostname: "127.0.0.1", signal: abort.signal, onListen };
  for (const app of [new App(), new App()]) await app.listen(options);
  assert.notEqual(ports[0], ports[1]);
  for (const port of ports) assert.ok(port >= 8000 && port < 8020);
  abort.abort();
});

Deno.test("app.use() of nothing registers nothing", async () => {
  assert.equal(await textOf(new App().use().use("/a").get("/a", say("a")), "/a"), "a");
});
