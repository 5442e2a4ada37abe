/** The public interface of Fresh, as far as this implementation has it. */

export { App } from "./app.ts";
export type { Island } from "./build_cache.ts";
export type { FreshConfig, ResolvedFreshConfig } from "./config.ts";
export type {
  Context,
  Context as FreshContext,
  Middleware,
  Middleware as MiddlewareFn,
} from "./context.ts";
export { createDefine, type Define } from "./define.ts";
export {
  type HandlerByMethod,
  type HandlerFn,
  type Lazy,
  type MaybeLazy,
  type Method,
  page,
  type PageResponse,
  type RouteConfig,
  type RouteData,
  type RouteHandler,
} from "./handlers.ts";
export { HttpError } from "./http_error.ts";
export type { ListenOptions } from "./listen.ts";
export type { LayoutConfig, PageProps } from "./page_props.ts";
export { csp, type CSPOptions } from "./middlewares/csp.ts";
export { csrf, type CsrfOptions } from "./middlewares/csrf.ts";
export { staticFiles } from "./middlewares/static_files.ts";
