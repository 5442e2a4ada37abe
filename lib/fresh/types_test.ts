import assert from "node:assert/strict";
import type { JSX } from "preact";
import type * as fresh from "./mod.ts";
import type * as runtime from "./runtime.ts";
import {
  App,
  type Context,
  createDefine,
  type Middleware,
  page,
  type PageProps,
  type RouteData,
} from "./mod.ts";

interface State {
  user: { name: string };
}

/** Compiles only if both types are the same. */
type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends (<T>() => T extends B ? 1 : 2) ? true
  : false;

function holds<_Fact extends true>(): void {}

const define = createDefine<State>();

const handlers = define.handlers({
  GET(ctx) {
    holds<Same<typeof ctx, Context<State>>>();
    return page({ count: 1 });
  },
  async POST() {
    await Promise.resolve();
    return Math.random() > 2 ? new Response() : page({ fault: "x" });
  },
  DELETE: () => new Response(),
});

Deno.test("RouteData is the union of what the methods pass to page()", () => {
  holds<Same<RouteData<typeof handlers>, { count: number } | { fault: string }>>();
  const single = define.handlers((_ctx) => page("text"));
  holds<Same<RouteData<typeof single>, string>>();
});

Deno.test("define.page() infers data from the handler and state from the application", () => {
  define.page<typeof handlers>((props) => {
    holds<Same<typeof props, PageProps<RouteData<typeof handlers>, State>>>();
    return null;
  });
  define.page((props) => {
    holds<Same<typeof props.data, unknown>>();
    return props.state.user.name;
  });
});

Deno.test("define returns its argument", () => {
  const middleware: Middleware<State> = (ctx) => ctx.next();
  assert.equal(define.middleware(middleware), middleware);
  const list = [middleware];
  assert.equal(define.middleware(list), list);
  const component = () => null;
  assert.equal(define.page(component), component);
  assert.equal(define.layout(component), component);
  assert.equal(define.handlers(handlers), handlers);
});

Deno.test("define.middleware() types the context of a middleware", () => {
  define.middleware((ctx) => {
    holds<Same<typeof ctx, Context<State>>>();
    return ctx.next();
  });
});

Deno.test("an application accepts pages and handlers typed with its state", () => {
  const Page = define.page<typeof handlers>(() => null);
  const app: App<State> = new App<State>().route("/", { handler: handlers, component: Page });
  app.use((ctx) => {
    holds<Same<typeof ctx.state.user.name, string>>();
    return ctx.next();
  });
});

Deno.test("code that uses what only upstream has does not compile", () => {
  holds<Same<Extract<keyof App<State>, "ws">, never>>();
  holds<Same<Extract<keyof Context<State>, "upgrade" | "stream">, never>>();
  holds<
    Same<Extract<keyof typeof fresh, "cors" | "ipFilter" | "trailingSlashes">, never>
  >();
  holds<Same<Extract<keyof typeof runtime, "Partial">, never>>();
  holds<Same<JSX.HTMLAttributes["f-client-nav" | "f-partial"], undefined>>();
});
