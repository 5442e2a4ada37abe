import type { Context, Middleware } from "./context.ts";
import { type HandlerFn, type Method, METHODS, type Route } from "./handlers.ts";
import { HttpError } from "./http_error.ts";
import { INTERNALS } from "./internals.ts";
import { renderComponent, renderPage } from "./render/page.ts";

/** Compiles a route to one middleware per method that it answers. */
export function answersOf<State>(route: Route<State>): Map<Method, Middleware<State>> {
  const { handler, component } = route;
  if (handler === undefined || typeof handler === "function") {
    const answer = answerWith(route, handler);
    return new Map(METHODS.map((method) => [method, answer]));
  }
  const answers = new Map<Method, Middleware<State>>();
  for (const method of METHODS) {
    const own = Object.hasOwn(handler, method) ? handler[method] : undefined;
    if (own !== undefined) answers.set(method, answerWith(route, own));
  }
  if (component !== undefined && !answers.has("GET")) {
    answers.set("GET", answerWith(route, undefined));
  }
  return answers;
}

/** Compiles an error route to a middleware for requests of any method. */
export function answerError<State>(route: Route<State>, status: number): Middleware<State> {
  const { handler } = route;
  if (handler === undefined || typeof handler === "function") {
    return answerWith(route, handler, status);
  }
  return (ctx) => {
    const method = ctx.req.method === "HEAD" ? "GET" : ctx.req.method as Method;
    return answerWith(route, handler[method], status)(ctx);
  };
}

/** Compiles one handler, or only the component, to a middleware. `status` is the default status of its pages. */
function answerWith<State>(
  route: Route<State>,
  handler: HandlerFn<unknown, State> | undefined,
  status = 200,
): Middleware<State> {
  if (handler === undefined) return (ctx) => renderRoute(route, ctx, {}, { status });
  return async (ctx) => {
    ctx[INTERNALS].renderConfig = route.config;
    const result = await handler(ctx);
    if (result instanceof Response) return result;
    if (typeof result !== "object" || result === null || !("data" in result)) {
      throw new TypeError("A handler must return a Response or page()");
    }
    const { headers } = result;
    const init: ResponseInit = { status: result.status ?? status };
    if (headers !== undefined) init.headers = headers;
    return await renderRoute(route, ctx, result.data, init);
  };
}

async function renderRoute<State>(
  route: Route<State>,
  ctx: Context<State>,
  data: unknown,
  init: ResponseInit,
): Promise<Response> {
  ctx[INTERNALS].renderConfig = route.config;
  ctx.data = data;
  if (route.component !== undefined) {
    return await renderComponent(ctx, route.component, init, route.config);
  }
  if (route.handler === undefined) throw new HttpError(404);
  // A page without a component is an empty document.
  return await renderPage(ctx, null, init, route.config);
}
