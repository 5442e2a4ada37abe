import type { Context, Middleware } from "../context.ts";
import { HttpError } from "../http_error.ts";

/** The origins that may send changing requests. */
export interface CsrfOptions<State = unknown> {
  /** Replaces the default, the origin of the request's own URL. */
  readonly origin?:
    | string
    | readonly string[]
    | ((origin: string, ctx: Context<State>) => boolean);
}

const HARMLESS_METHODS: ReadonlySet<string> = new Set(["GET", "HEAD", "OPTIONS"]);

/**
 * Refuses changing requests that a browser sends for another site, as its headers tell. A request with neither
 * `Sec-Fetch-Site` nor `Origin` passes: it comes from no browser of recent years, so any cookie was added on purpose.
 *
 * @see https://developer.mozilla.org/en-US/docs/Web/HTTP/Reference/Headers/Sec-Fetch-Site
 */
export function csrf<State>(options: CsrfOptions<State> = {}): Middleware<State> {
  return (ctx) => {
    if (HARMLESS_METHODS.has(ctx.req.method) || isAllowed(ctx, options)) return ctx.next();
    throw new HttpError(403);
  };
}

function isAllowed<State>(ctx: Context<State>, options: CsrfOptions<State>): boolean {
  const site = ctx.req.headers.get("sec-fetch-site");
  if (site === "same-origin" || site === "none") return true;
  const origin = ctx.req.headers.get("origin");
  if (origin === null) return site === null;
  return isAllowedOrigin(origin, ctx, options);
}

function isAllowedOrigin<State>(
  origin: string,
  ctx: Context<State>,
  { origin: allowed = ctx.url.origin }: CsrfOptions<State>,
): boolean {
  if (typeof allowed === "function") return allowed(origin, ctx);
  return typeof allowed === "string" ? origin === allowed : allowed.includes(origin);
}
