import assert from "node:assert/strict";
import { App } from "./mod.ts";
import { ask, paramsOf, say, setsHeader, textOf } from "./testdata/kit.ts";

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

Deno.test("an exact pattern matches with and without a trailing slash, the exact form first", async () => {
  const app = new App().get("/a", say("bare")).get("/a/", say("slash")).get("/b", say("b"));
  assert.equal(await textOf(app, "/a"), "bare");
  assert.equal(await textOf(app, "/a/"), "slash");
  assert.equal(await textOf(app, "/b/"), "b");
});

Deno.test("a dynamic pattern does not match with a trailing slash, and patterns are case-sensitive", async () => {
  const app = new App().get("/d/:id", say("d")).get("/Case", say("case"));
  assert.equal((await ask(app, "/d/1/")).status, 404);
  assert.equal((await ask(app, "/case")).status, 404);
});

Deno.test("runs of slashes in the path are collapsed before matching", async () => {
  const app = new App().get("/a/:b", (ctx) => ctx.text(ctx.url.pathname));
  assert.equal(await textOf(app, "//a///b"), "/a/b");
});

Deno.test("a pattern with non-ASCII text matches its encoded form", async () => {
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

Deno.test("a method in lower case is the same method", async () => {
  const app = new App().patch("/a", say("patched"));
  assert.equal(await (await ask(app, "/a", "patch")).text(), "patched");
  assert.equal((await ask(app, "/a", "propfind")).status, 405);
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

Deno.test("headers set after ctx.next() are on built-in 404 and 405 answers", async () => {
  const app = new App().use(setsHeader).get("/a", say("a"));
  assert.equal((await ask(app, "/none")).headers.get("x-after"), "yes");
  assert.equal((await ask(app, "/a", "POST")).headers.get("x-after"), "yes");
});
