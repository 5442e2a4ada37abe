import assert from "node:assert/strict";
import { h } from "preact";
import { App, type Context, HttpError, type Middleware } from "./mod.ts";

/** Asks an application as a client would. */
async function ask(app: App<unknown>, path: string, method = "GET"): Promise<Response> {
  return await app.handler()(new Request(`http://localhost${path}`, { method }));
}

async function textOf(app: App<unknown>, path: string, method = "GET"): Promise<string> {
  return await (await ask(app, path, method)).text();
}

/** A handler that answers with a fixed text. */
function say(text: string): Middleware<unknown> {
  return (ctx) => ctx.text(text);
}

function paramsOf(ctx: Context<unknown>): Response {
  return ctx.json({ route: ctx.route, params: ctx.params });
}

Deno.test("an exact pattern wins over a dynamic one that was registered before", async () => {
  const app = new App().get("/:page", say("dynamic")).get("/about", say("exact"));
  assert.equal(await textOf(app, "/about"), "exact");
  assert.equal(await textOf(app, "/other"), "dynamic");
});

Deno.test("of dynamic patterns the first registered one wins, wherever their fixed parts end", async () => {
  const app = new App().get("/a/:x", say("first")).get("/:y/b", say("second"));
  assert.equal(await textOf(app, "/a/b"), "first");
  const swapped = new App().get("/:y/b", say("second")).get("/a/:x", say("first"));
  assert.equal(await textOf(swapped, "/a/b"), "second");
});

Deno.test("the first matching pattern is final, even if it lacks the method", async () => {
  const app = new App().get("/:a", say("get")).post("/:b", say("post"));
  assert.equal((await ask(app, "/x", "POST")).status, 405);
});

Deno.test("an exact pattern tolerates one trailing slash, the exact form first", async () => {
  const app = new App().get("/a", say("bare")).get("/a/", say("slash")).get("/b", say("b"));
  assert.equal(await textOf(app, "/a"), "bare");
  assert.equal(await textOf(app, "/a/"), "slash");
  assert.equal(await textOf(app, "/b/"), "b");
});

Deno.test("a dynamic pattern tolerates no trailing slash, and case counts", async () => {
  const app = new App().get("/d/:id", say("d")).get("/Case", say("case"));
  assert.equal((await ask(app, "/d/1/")).status, 404);
  assert.equal((await ask(app, "/case")).status, 404);
});

Deno.test("runs of slashes in the path are collapsed before matching", async () => {
  const app = new App().get("/a/:b", (ctx) => ctx.text(ctx.url.pathname));
  assert.equal(await textOf(app, "//a///b"), "/a/b");
});

Deno.test("a pattern may hold non-ASCII text and match its encoded form", async () => {
  const app = new App().get("/über", say("static")).get("/größe/:x", say("dynamic"));
  assert.equal(await textOf(app, "/über"), "static");
  assert.equal(await textOf(app, "/gr%C3%B6%C3%9Fe/1"), "dynamic");
});

Deno.test("ctx.params and ctx.route tell how a request was matched", async () => {
  const app = new App().get("/users/:id/:tab", paramsOf).get("/plain", paramsOf);
  const users = await (await ask(app, "/users/7/edit%20it")).json();
  assert.deepEqual(users, { route: "/users/:id/:tab", params: { id: "7", tab: "edit it" } });
  assert.deepEqual(await (await ask(app, "/plain")).json(), { route: "/plain", params: {} });
});

Deno.test("a malformed Host answers 400, after the middlewares of the root", async () => {
  await using server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen() {} },
    new App()
      .use(async (ctx) => {
        const response = await ctx.next();
        response.headers.set("x-path", ctx.url.pathname);
        return response;
      })
      .get("/", (ctx) => ctx.text("page"))
      .handler(),
  );
  for (const host of ["a@b:99999", "evil test/\\@"]) {
    const { hostname, port } = server.addr;
    using connection = await Deno.connect({ hostname, port });
    const request = `GET / HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`;
    await connection.write(new TextEncoder().encode(request));
    const answer = await new Response(connection.readable).text();
    assert.match(answer, /^HTTP\/1\.1 400 /, host);
    assert.match(answer, /x-path: \/\r\n/, host);
  }
});

Deno.test("a malformed percent-encoding answers 400, after the middlewares of the root", async () => {
  const app = new App().use(setsHeader).get("/u/:name", paramsOf);
  const response = await ask(app, "/u/%E0%A4%A");
  assert.equal(response.status, 400);
  assert.equal(response.headers.get("x-after"), "yes");
});

Deno.test("methods registered for one pattern merge, and the first for a method wins", async () => {
  const app = new App().get("/a", say("get")).post("/a", say("post")).get("/a", say("late"));
  assert.equal(await textOf(app, "/a"), "get");
  assert.equal(await textOf(app, "/a", "POST"), "post");
});

Deno.test("HEAD is answered like GET without the body, unless it has a handler of its own", async () => {
  const app = new App().get("/a", say("body")).get("/b", say("get")).head(
    "/b",
    () => new Response("never sent", { headers: { "x-own": "yes" } }),
  );
  const like = await ask(app, "/a", "HEAD");
  assert.equal(like.status, 200);
  assert.equal(like.body, null);
  const own = await ask(app, "/b", "HEAD");
  assert.equal(own.headers.get("x-own"), "yes");
  assert.equal(own.body, null);
});

Deno.test("a method that the route lacks answers 405 and names those it has", async () => {
  const app = new App().get("/a", say("get")).post("/a", say("post"));
  for (const method of ["PUT", "PROPFIND"]) {
    const response = await ask(app, "/a", method);
    assert.equal(response.status, 405);
    assert.equal(response.headers.get("allow"), "GET, POST");
    assert.equal(await response.text(), "Method Not Allowed");
  }
});

Deno.test("OPTIONS answers 204 and the methods of the route, and 404 where there is none", async () => {
  const app = new App().use(setsHeader).get("/a", say("get")).delete("/a", say("delete"));
  const response = await ask(app, "/a", "OPTIONS");
  assert.equal(response.status, 204);
  assert.equal(response.headers.get("allow"), "GET, DELETE");
  assert.equal(response.headers.get("x-after"), "yes");
  assert.equal((await ask(app, "/none", "OPTIONS")).status, 404);
});

Deno.test("all() answers each of the seven methods", async () => {
  const app = new App().all("/a", say("all"));
  for (const method of ["GET", "POST", "PATCH", "PUT", "DELETE", "OPTIONS"]) {
    assert.equal(await textOf(app, "/a", method), "all");
  }
  assert.equal((await ask(app, "/a", "HEAD")).status, 200);
});

const setsHeader: Middleware<unknown> = async (ctx) => {
  const response = await ctx.next();
  response.headers.set("x-after", "yes");
  return response;
};

Deno.test("headers set after ctx.next() are on built-in 404 and 405 answers", async () => {
  const app = new App().use(setsHeader).get("/a", say("a"));
  assert.equal((await ask(app, "/none")).headers.get("x-after"), "yes");
  assert.equal((await ask(app, "/a", "POST")).headers.get("x-after"), "yes");
});

Deno.test("middlewares run in the order registered, outer paths first, and see the response go back", async () => {
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

Deno.test("a route captures only what was registered before it", async () => {
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

Deno.test("a request that no route takes runs the middlewares of the root alone", async () => {
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

Deno.test("ctx.state belongs to one request, also where requests interleave", async () => {
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

Deno.test("a lazy middleware is loaded once and then stands for itself", async () => {
  let loads = 0;
  const lazy = () => {
    loads++;
    return Promise.resolve(say("loaded"));
  };
  const handler = new App().get("/", lazy).handler();
  for (let i = 0; i < 2; i++) {
    assert.equal(await (await handler(new Request("http://localhost/"))).text(), "loaded");
  }
  assert.equal(loads, 1);
});

Deno.test("a lazy middleware is loaded once, however many requests come first", async () => {
  const gate = Promise.withResolvers<void>();
  let loads = 0;
  const handler = new App().get("/", async () => {
    loads++;
    await gate.promise;
    return say("loaded");
  }).handler();
  const answers = [1, 2, 3].map(() => handler(new Request("http://localhost/")));
  gate.resolve();
  for (const answer of answers) assert.equal(await (await answer).text(), "loaded");
  assert.equal(loads, 1);
});

Deno.test("a lazy middleware that failed to load is loaded by the next request", async () => {
  let loads = 0;
  const handler = new App().get("/", () => {
    loads++;
    return loads === 1
      ? Promise.reject(new HttpError(425))
      : Promise.resolve((ctx: Context<unknown>) => ctx.text("loaded"));
  }).handler();
  const answers = [1, 2].map(async () => (await handler(new Request("http://localhost/"))).status);
  assert.deepEqual(await Promise.all(answers), [425, 200]);
});

Deno.test("a handler without parameters is no loader, and answers every request anew", async () => {
  let calls = 0;
  const handler = new App().get("/", () => new Response(String(++calls))).handler();
  for (const count of ["1", "2", "3"]) {
    assert.equal(await (await handler(new Request("http://localhost/"))).text(), count);
  }
});

Deno.test("a lazy route is loaded once, answers 405 for what it lacks, and is tried again after a failure", async () => {
  let loads = 0;
  const app = new App().route("/", () => {
    loads++;
    if (loads === 1) return Promise.reject(new HttpError(425, "not yet"));
    return Promise.resolve({ handler: { GET: () => new Response("loaded") } });
  });
  const handler = app.handler();
  const request = (method: string) => handler(new Request("http://localhost/", { method }));
  assert.equal((await request("GET")).status, 425);
  assert.equal(await (await request("GET")).text(), "loaded");
  assert.equal((await request("POST")).headers.get("allow"), "GET");
  assert.equal(loads, 2);
});

Deno.test("trustProxy believes the scheme and host that a proxy was asked for", async () => {
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

Deno.test("basePath stands in front of every route, and ctx.url keeps it", async () => {
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

Deno.test("mountApp() brings the inner application's app wrapper and notFound along", async () => {
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

Deno.test("mountApp() copies: what the inner application registers later stays its own", async () => {
  const inner = new App().get("/a", say("a"));
  const app = new App().mountApp("/", inner);
  inner.get("/b", say("b"));
  assert.equal(await textOf(app, "/a"), "a");
  assert.equal((await ask(app, "/b")).status, 404);
});

Deno.test("ctx.redirect() answers 302 and cannot be made to leave the site by extra slashes", async () => {
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

Deno.test("ctx.text(), html() and json() name their types and take status and headers", async () => {
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

Deno.test("a thousand routes answer as one does", async () => {
  const app = new App();
  for (let i = 0; i < 1000; i++) app.get(`/s${i}`, say(`s${i}`)).get(`/d${i}/:id`, paramsOf);
  assert.equal(await textOf(app, "/s999"), "s999");
  assert.deepEqual((await (await ask(app, "/d999/7")).json()).params, { id: "7" });
});

Deno.test("app.listen() serves until it is aborted", async () => {
  const abort = new AbortController();
  const listening = Promise.withResolvers<Deno.NetAddr>();
  const served = new App().get("/", say("hello")).listen({
    hostname: "127.0.0.1",
    signal: abort.signal,
    onListen: listening.resolve,
  });
  const { port } = await listening.promise;
  assert.ok(port >= 8000 && port < 8020);
  const response = await fetch(`http://127.0.0.1:${port}/`);
  assert.equal(await response.text(), "hello");
  abort.abort();
  await served;
});
