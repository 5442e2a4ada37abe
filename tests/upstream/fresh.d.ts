/**
 * Types of Fresh 2.3's public interface as documented: what the application may use with either
 * Fresh. Additions of `lib/fresh` are not here.
 */
import type { ComponentChildren, FunctionComponent, JSX } from "preact";

export type Method = "HEAD" | "GET" | "POST" | "PATCH" | "PUT" | "DELETE" | "OPTIONS";
export type Lazy<T> = () => Promise<T>;
export type MaybeLazy<T> = T | Lazy<T>;

export interface FreshConfig {
  basePath?: string;
  mode?: "production" | "development";
  trustProxy?: boolean;
}

export interface ResolvedFreshConfig extends Required<FreshConfig> {
  root: string;
}

interface Rendering {
  readonly config: ResolvedFreshConfig;
  readonly url: URL;
  readonly req: Request;
  readonly params: Record<string, string>;
  readonly info: Deno.ServeHandlerInfo;
  readonly isPartial: boolean;
  readonly Component: FunctionComponent;
  readonly error: unknown;
  readonly route: string | null;
}

export interface PageProps<Data = unknown, State = unknown> extends Rendering {
  readonly data: Data;
  readonly state: State;
}

export interface LayoutConfig {
  skipAppWrapper?: boolean;
  skipInheritedLayouts?: boolean;
}

export interface RouteConfig extends LayoutConfig {
  routeOverride?: string;
  methods?: Method[];
}

/** Only the framework makes contexts. */
export declare class Context<State> {
  private constructor();
  readonly config: ResolvedFreshConfig;
  readonly url: URL;
  readonly req: Request;
  readonly params: Record<string, string>;
  readonly info: Deno.ServeHandlerInfo;
  readonly isPartial: boolean;
  readonly Component: FunctionComponent;
  readonly error: unknown;
  readonly route: string | null;
  readonly state: State;
  readonly data: unknown;
  next(): Promise<Response>;
  redirect(pathOrUrl: string, status?: number): Response;
  text(content: string, init?: ResponseInit): Response;
  html(content: string, init?: ResponseInit): Response;
  json(content: unknown, init?: ResponseInit): Response;
  render(vnode: JSX.Element | null, init?: ResponseInit, config?: LayoutConfig): Promise<Response>;
}

export type Middleware<State> = (ctx: Context<State>) => Response | Promise<Response>;

export interface PageResponse<Data> {
  data: Data;
  status?: number;
  headers?: HeadersInit;
}

type Result<Data> = Response | PageResponse<Data>;
export type HandlerFn<Data, State> = (ctx: Context<State>) => Result<Data> | Promise<Result<Data>>;
export type HandlerByMethod<Data, State> = { [M in Method]?: HandlerFn<Data, State> };
export type RouteHandler<Data, State> = HandlerFn<Data, State> | HandlerByMethod<Data, State>;

type DataOf<F> = F extends (...args: never[]) => infer R
  ? Awaited<R> extends infer A ? A extends PageResponse<infer Data> ? Data : never : never
  : never;
export type RouteData<H> = H extends (...args: never[]) => unknown ? DataOf<H>
  : { [M in keyof H]: DataOf<H[M]> }[keyof H];

type Page<Data, State> = (
  props: PageProps<Data, State>,
) => ComponentChildren | Response | Promise<ComponentChildren | Response>;

export interface Define<State> {
  handlers<H extends RouteHandler<unknown, State>>(handlers: H): H;
  page<H extends RouteHandler<unknown, State> = never>(
    page: Page<[H] extends [never] ? unknown : RouteData<H>, State>,
  ): typeof page;
  layout(layout: Page<unknown, State>): typeof layout;
  middleware<M extends Middleware<State> | Middleware<State>[]>(middleware: M): M;
}
export declare function createDefine<State>(): Define<State>;

export declare function page<Data = undefined>(
  data?: Data,
  options?: { status?: number; headers?: HeadersInit },
): PageResponse<Data>;

export declare class HttpError extends Error {
  constructor(status: number, message?: string, options?: ErrorOptions);
  readonly status: number;
}

export declare function staticFiles<State>(): Middleware<State>;
export declare function csp<State>(options?: {
  csp?: string[];
  reportOnly?: boolean;
  reportTo?: string;
  useNonce?: boolean;
}): Middleware<State>;

interface Route<State> {
  component?: Page<never, State>;
  handler?: RouteHandler<unknown, State>;
  config?: RouteConfig;
}

export declare class App<State> {
  constructor(config?: FreshConfig);
  readonly config: ResolvedFreshConfig;
  use(...middlewares: MaybeLazy<Middleware<State>>[]): this;
  use(path: string, ...middlewares: MaybeLazy<Middleware<State>>[]): this;
  get(path: string, ...middlewares: MaybeLazy<Middleware<State>>[]): this;
  route(path: string, route: Route<State>): this;
  onError(path: string, route: Route<State> | Middleware<State>): this;
  notFound(route: Route<State> | Middleware<State>): this;
  fsRoutes(path?: string): this;
  handler(): (req: Request, info?: Deno.ServeHandlerInfo) => Promise<Response>;
}
