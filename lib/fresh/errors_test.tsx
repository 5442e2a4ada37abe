import assert from "node:assert/strict";
import { App, type Context, HttpError, type Middleware, page } from "./mod.ts";
import { ask, textOf } from "./testdata/kit.ts";

/** Runs something during which errors are logged, and gives them back. */
async function logged(run: () => Promise<unknown>): Promise<unknown[]> {
  const original = console.error;
  const errors: unknown[] = [];
  console.error = (error: unknown) => void errors.push(error);
  try {
    await run();
  } finally {
    console.error = original;
  }
  return errors;
}

function fail(status: number, message?: string): Middleware<unknown> {
  return () => {
    throw new HttpError(status, message);
  };
}

function messageOf(ctx: Context<unknown>): Response {
  return ctx.text(ctx.error instanceof Error ? ctx.error.message : String(ctx.error));
}

Deno.test("HttpError has status, name, message and cause", () => {
  const cause = new Error("why");
  const error = new HttpError(404, "Gone astray", { cause });
  assert.ok(error instanceof Error);
  assert.deepEqual([error.status, error.name, error.message], [404, "HttpError", "Gone astray"]);
  assert.equal(error.cause, cause);
  assert.equal(new HttpError(500).message, "");
});

Deno.test("an HttpError answers with its status, and its message or the standard text", async () => {
  const app = new App().get("/a", fail(403, "Not yours")).get("/b", fail(403));
  const response = await ask(app, "/a");
  assert.equal(response.status, 403);
  assert.equal(response.headers.get("content-type"), "text/plain;charset=UTF-8");
  assert.equal(await response.text(), "Not yours");
  assert.equal(await textOf(app, "/b"), "Forbidden");
});

Deno.test("any other error is logged and answers 500 without its message", async () => {
  const error = new Error("secret");
  const app = new App().get("/", () => {
    throw error;
  });
  const errors = await logged(async () => {
    const response = await ask(app, "/");
    assert.equal(response.status, 500);
    assert.equal(await response.text(), "Internal server error");
  });
  assert.deepEqual(errors, [error]);
});

Deno.test("a thrown string is an error like any other", async () => {
  const app = new App().get("/", () => {
    throw "text";
  });
  assert.deepEqual(await logged(() => ask(app, "/")), ["text"]);
});

Deno.test("a handler that returns no Response answers 500", async () => {
  const app = new App().get("/", () => "text" as unknown as Response);
  const errors = await logged(async () => assert.equal((await ask(app, "/")).status, 500));
  assert.equal(errors.length, 1);
});

Deno.test("an error can be caught around ctx.next(), with ctx.error set", async () => {
  const app = new App()
    .use(async (ctx) => {
      try {
        return await ctx.next();
      } catch (error) {
        return ctx.text(`${ctx.error === error}`);
      }
    })
    .use((ctx) => ctx.next())
    .get("/", fail(500, "boom"));
  assert.equal(await textOf(app, "/"), "true");
});

Deno.test("the innermost error route on the path answers", async () => {
  const app = new App()
    .onError("/", (ctx) => ctx.text("outer"))
    .onError("/a", (ctx) => ctx.text("inner"))
    .get("/a/b", fail(500))
    .get("/c", fail(500));
  assert.equal(await textOf(app, "/a/b"), "inner");
  assert.equal(await textOf(app, "/c"), "outer");
});

Deno.test("if an error route fails, the next one out gets the new error", async () => {
  const app = new App()
    .onError("/", messageOf)
    .onError("/a", fail(500, "second"))
    .get("/a/b", fail(500, "first"));
  assert.equal(await textOf(app, "/a/b"), "second");
});

Deno.test("an error route may be lazy", async () => {
  let loads = 0;
  const load = () => {
    loads++;
    return Promise.resolve(messageOf);
  };
  const handler = new App().onError("/", load).get("/", fail(500, "boom")).handler();
  for (let i = 0; i < 2; i++) {
    assert.equal(await (await handler(new Request("http://localhost/"))).text(), "boom");
  }
  assert.equal(loads, 1);
});

Deno.test("an error whose status forbids a body answers without one", async () => {
  const response = await ask(new App().get("/", fail(304)), "/");
  assert.equal(response.status, 304);
  assert.equal(response.body, null);
});

Deno.test("an error route that fails does not run again", async () => {
  let calls = 0;
  const app = new App()
    .use((ctx) => ctx.next())
    .onError("/", () => {
      calls++;
      throw new Error("again");
    })
    .get("/", fail(500));
  await logged(async () => assert.equal((await ask(app, "/")).status, 500));
  assert.equal(calls, 1);
});

Deno.test("an error of a path's middleware reaches the error route of the same path", async () => {
  const app = new App()
    .onError("/a", messageOf)
    .use("/a", fail(403, "guard"))
    .get("/a/b", (ctx) => ctx.text("never"));
  assert.equal(await textOf(app, "/a/b"), "guard");
});

Deno.test("middlewares see the answer of an error route and can add headers", async () => {
  const app = new App()
    .use(async (ctx) => {
      const response = await ctx.next();
      response.headers.set("x-after", "yes");
      return response;
    })
    .onError("/", messageOf)
    .get("/", fail(500, "boom"));
  const response = await ask(app, "/");
  assert.equal(response.headers.get("x-after"), "yes");
  assert.equal(await response.text(), "boom");
});

Deno.test("notFound() answers unknown paths and thrown 404s, wherever it was registered", async () => {
  const app = new App()
    .onError("/", (ctx) => ctx.text("error route"))
    .get("/thrown", fail(404))
    .notFound((ctx) => ctx.text(`${ctx.error instanceof HttpError}`, { status: 404 }));
  for (const path of ["/unknown", "/thrown"]) {
    const response = await ask(app, path);
    assert.equal(response.status, 404);
    assert.equal(await response.text(), "true");
  }
});

Deno.test("a component for notFound() answers 404", async () => {
  const app = new App().notFound({ component: () => <p>nowhere</p> });
  const response = await ask(app, "/unknown");
  assert.equal(response.status, 404);
  assert.match(await response.text(), /<p>nowhere<\/p>/);
});

Deno.test("notFound() is rendered inside the layouts of the place where the 404 arose", async () => {
  const app = new App()
    .layout("/a", ({ Component }) => (
      <section>
        <Component />
      </section>
    ))
    .get("/a/b", fail(404))
    .notFound({ component: () => <p>nowhere</p> });
  assert.match(await textOf(app, "/a/b"), /<section><p>nowhere<\/p><\/section>/);
  assert.doesNotMatch(await textOf(app, "/c"), /section/);
});

Deno.test("unknown paths reach only the error routes of the root", async () => {
  const app = new App()
    .onError("/", (ctx) => ctx.text("root"))
    .onError("/a", (ctx) => ctx.text("a"))
    .get("/a/b", (ctx) => ctx.text("b"));
  assert.equal(await textOf(app, "/a/unknown"), "root");
});

Deno.test("a 405 reaches the error routes of the root and keeps its Allow header", async () => {
  const app = new App().onError("/", {
    component: ({ error }) => <p>{(error as HttpError).status}</p>,
  })
    .post("/a", (ctx) => ctx.text("a"));
  const response = await ask(app, "/a");
  assert.equal(response.status, 405);
  assert.equal(response.headers.get("allow"), "POST");
  assert.match(await response.text(), /<p>405<\/p>/);
});

Deno.test("an error page has the status of the error or 500, unless its handler sets another", async () => {
  const component = () => <p>sorry</p>;
  const app = new App().onError("/", { component })
    .onError("/a", { component, handler: () => page({}, { status: 418 }) })
    .get("/teapot", fail(409))
    .get("/bug", () => {
      throw new Error("bug");
    })
    .get("/a/b", fail(500));
  assert.equal((await ask(app, "/teapot")).status, 409);
  assert.equal((await ask(app, "/bug")).status, 500);
  assert.equal((await ask(app, "/a/b")).status, 418);
});

Deno.test("an error while rendering reaches the error route", async () => {
  const app = new App().onError("/", messageOf).route("/", {
    component: () => {
      throw new Error("in render");
    },
  });
  assert.equal(await textOf(app, "/"), "in render");
});

Deno.test("error pages honour the skip settings", async () => {
  const app = new App()
    .appWrapper(({ Component }) => (
      <body id="app">
        <Component />
      </body>
    ))
    .onError("/", { component: () => <p>bare</p>, config: { skipAppWrapper: true } })
    .get("/", fail(500));
  assert.doesNotMatch(await textOf(app, "/"), /id="app"/);
});
