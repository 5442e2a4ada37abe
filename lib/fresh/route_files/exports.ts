import type { Middleware } from "../context.ts";
import type { ErrorRoute } from "../error_boundary.ts";
import type { HandlerByMethod, Route, RouteConfig, RouteHandler } from "../handlers.ts";
import type { LayoutConfig, PageComponent } from "../page_props.ts";

/** The exports of a route file that Fresh reads. */
interface RouteModule<State> {
  readonly default?: PageComponent<State>;
  readonly handler?: RouteHandler<unknown, State>;
  readonly handlers?: RouteHandler<unknown, State>;
  readonly config?: RouteConfig;
}

/** Reads the exports of a route, `_error` or `_404` file. */
function routeOf<State>(module: RouteModule<State>): Route<State> {
  const handler = module.handlers ?? module.handler;
  return {
    ...(module.default !== undefined && { component: module.default }),
    ...(handler !== undefined && { handler }),
    ...(module.config !== undefined && { config: module.config }),
  };
}

/**
 * Reads a route file.
 *
 * @throws {Error} If it exports neither a component nor a handler, or a handler with more than one parameter.
 */
export function readRoute<State>(path: string, module: unknown): Route<State> {
  const route = routeOf(module as RouteModule<State>);
  if (route.component === undefined && route.handler === undefined) {
    throw new Error(
      `Route "${path}" has no relevant exports: export a component as default, or "handler"`,
    );
  }
  const handlers = typeof route.handler === "function"
    ? [route.handler]
    : Object.values(route.handler ?? {});
  if (handlers.some((handler) => handler.length > 1)) {
    throw new Error(`A handler of route "${path}" takes more than one parameter, the context`);
  }
  return route;
}

/** Reads an `_error`, `_500` or `_404` file. */
export function readErrorRoute<State>(path: string, module: unknown): ErrorRoute<State> {
  return readRoute(path, module);
}

/** Reads an `_app` file. */
export function readAppWrapper<State>(path: string, module: unknown): PageComponent<State> {
  const { default: component } = module as RouteModule<State>;
  if (component === undefined) throw new Error(`"${path}" has no default export`);
  return component;
}

/** Reads a `_layout` file. */
export function readLayout<State>(
  path: string,
  module: unknown,
): { component: PageComponent<State>; config: LayoutConfig } {
  const { default: component, config = {}, handler, handlers } = module as RouteModule<State>;
  if (component === undefined) throw new Error(`"${path}" has no default export`);
  if (handler !== undefined || handlers !== undefined) {
    console.warn(`"${path}" exports a handler, which a layout cannot have`);
  }
  return { component, config };
}

/** The export of a `_middleware` file. */
type MiddlewareExport<State> =
  | Middleware<State>
  | readonly Middleware<State>[]
  | HandlerByMethod<unknown, State>;

/** Reads a `_middleware` file. */
export function readMiddlewares<State>(
  path: string,
  module: unknown,
): readonly Middleware<State>[] {
  const exports = module as Record<
    "handlers" | "handler" | "default",
    MiddlewareExport<State> | undefined
  >;
  const exported = exports.handlers ?? exports.handler ?? exports.default;
  if (typeof exported === "function") return [exported];
  if (isList(exported)) return exported;
  console.warn(`"${path}" exports no middleware: it must be a function or a list of functions`);
  return [];
}

function isList<State>(
  exported: MiddlewareExport<State> | undefined,
): exported is readonly Middleware<State>[] {
  return Array.isArray(exported);
}
