import assert from "node:assert/strict";
import { App } from "fresh";
import type { State } from "../define.ts";
import { strangerPages } from "./stranger_pages.ts";

/** Answers with a page that says how often it was rendered. */
function serve({ status = 200, says = true, script = false, state = {} as Partial<State> }) {
  let renders = 0;
  const handler = new App<State>()
    .use((ctx) => {
      Object.assign(ctx.state, { colorMode: "auto", ...state });
      return ctx.next();
    })
    .use(strangerPages())
    .get("/page", (ctx) => {
      ctx.state.isSameForStrangers = says;
      return ctx.render(<p>{++renders}{script && <script src="/x.js" />}</p>, { status });
    })
    .handler();
  return async (path = "/page", method = "GET") => {
    const response = await handler(new Request(`http://localhost${path}`, { method }));
    assert.equal(response.status, status);
    assert.equal(response.headers.get("content-type"), "text/html; charset=utf-8");
    return /<p>(\d+)/.exec(await response.text())?.[1];
  };
}

Deno.test("a page that is the same for all strangers is rendered once", async () => {
  const ask = serve({});
  assert.deepEqual([await ask(), await ask(), await ask()], ["1", "1", "1"]);
  assert.equal(await ask("/page", "HEAD"), undefined);
});

Deno.test("a page with a query is rendered each time, and leaves the one without alone", async () => {
  const ask = serve({});
  assert.deepEqual([await ask(), await ask("/page?next=%2F"), await ask()], ["1", "2", "1"]);
});

for (
  const [name, options] of [
    ["that does not say so", { says: false }],
    ["with a script", { script: true }],
    ["that is an error", { status: 503 }],
    ["for somebody who is signed in", { state: { viewer: {} as NonNullable<State["viewer"]> } }],
    ["with a message", { state: { flash: "signed_out" } }],
  ] as const
) {
  Deno.test(`a page ${name} is rendered each time`, async () => {
    const ask = serve(options);
    assert.deepEqual([await ask(), await ask()], ["1", "2"]);
  });
}
