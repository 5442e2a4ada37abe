import type { Context } from "./context.ts";
import type { LayoutConfig, PageComponent } from "./page_props.ts";

/** The methods that a route can answer. */
export const METHODS = ["HEAD", "GET", "POST", "PATCH", "PUT", "DELETE", "OPTIONS"] as const;

/** A method that a route can answer. */
export type Method = typeof METHODS[number];

/** Data for the component of the route, with status and headers for the page. */
export interface PageResponse<Data> {
  readonly data: Data;
  readonly status?: number;
  readonly headers?: HeadersInit;
}

/** What a handler returns. */
type HandlerResult<Data> = Response | PageResponse<Data>;

/** Answers one request. */
export type HandlerFn<Data, State> = (
  ctx: Context<State>,
) => HandlerResult<Data> | Promise<HandlerResult<Data>>;

/** One handler per method. */
export type HandlerByMethod<Data, State> = { [M in Method]?: HandlerFn<Data, State> };

/** Handles a route with one function for all methods or one per method. */
export type RouteHandler<Data, State> = HandlerFn<Data, State> | HandlerByMethod<Data, State>;

/** The data that one function passes to `page()`. */
type DataOfFunction<F> = F extends (...args: never[]) => infer Result
  ? Awaited<Result> extends infer Settled ? Settled extends PageResponse<infer Data> ? Data : never
  : never
  : never;

/** The data that a handler passes to `page()`, over all its methods. */
export type RouteData<Handler> = Handler extends (...args: never[]) => unknown
  ? DataOfFunction<Handler>
  : { [M in keyof Handler]: DataOfFunction<Handler[M]> }[keyof Handler];

/** Options of a route. */
export interface RouteConfig extends LayoutConfig {
  /** URLPattern path that replaces the path of the file. */
  readonly routeOverride?: string;
  /** The methods of a lazy route. Default: those of the loaded route. */
  readonly methods?: readonly Method[];
}

/** A route: a page, a handler, or a page with a handler that gets its data. */
export interface Route<State> {
  readonly component?: PageComponent<State>;
  readonly handler?: RouteHandler<unknown, State>;
  readonly config?: RouteConfig;
}

/** A function that loads a value. */
export type Lazy<T> = () => Promise<T>;

/** A value or a function that loads it. */
export type MaybeLazy<T> = T | Lazy<T>;

/** Passes data to the component of the route, which is then rendered. */
export function page(): PageResponse<undefined>;
export function page<Data>(
  data: Data,
  options?: { status?: number; headers?: HeadersInit },
): PageResponse<Data>;
export function page<Data>(
  data?: Data,
  options: { status?: number; headers?: HeadersInit } = {},
): PageResponse<Data | undefined> {
  return { data, ...options };
}
