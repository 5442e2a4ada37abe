import { HttpError } from "fresh";
import { isLoopbackHost } from "@/lib/ip_address.ts";
import type { Settings } from "@/lib/settings.ts";
import { define } from "../define.ts";

/** Other methods change nothing or are taken by no route. */
const CHANGING_METHODS = new Set(["POST", "PUT", "PATCH", "DELETE"]);

/** Longer values are not host names and need not be repeated. */
const MAX_ORIGIN_CHARS = 300;

/** A change that does not come from this site. */
export class ForeignOriginError extends HttpError {}

type Site = Pick<Settings, "appEnv" | "appUrl">;

/**
 * Refuses changes that another site makes a browser send. A change must prove its origin by
 * `Origin` or `Sec-Fetch-Site`, which pages cannot set. Fresh's own `csrf()` accepts requests with
 * neither. A program with an API key needs no proof: no page can make a browser send a key.
 *
 * @see
 * https://cheatsheetseries.owasp.org/cheatsheets/Cross-Site_Request_Forgery_Prevention_Cheat_Sheet.html
 */
export function sameOrigin(settings: Site) {
  return define.middleware((ctx) => {
    // Fresh treats "post" as POST.
    const isChange = CHANGING_METHODS.has(ctx.req.method.toUpperCase());
    if (!isChange || ctx.state.actor.kind === "api_key") return ctx.next();
    if (isSameOrigin(ctx.req.headers, settings)) return ctx.next();
    throw new ForeignOriginError(403, refusal(ctx.req.headers.get("origin"), settings));
  });
}

function isSameOrigin(headers: Headers, site: Site): boolean {
  const fetchSite = headers.get("sec-fetch-site");
  return fetchSite === null ? isOwn(headers.get("origin"), site) : fetchSite === "same-origin";
}

/** In development all names of this machine are equal, because the log shows only one of them. */
function isOwn(origin: string | null, { appEnv, appUrl }: Site): boolean {
  if (origin === appUrl) return true;
  return appEnv !== "production" && origin !== null && isOrigin(origin) &&
    onLoopback(origin) === onLoopback(appUrl) && onLoopback(origin) !== undefined;
}

/** Returns the origin with one name for this machine. `undefined` if it is elsewhere. */
function onLoopback(origin: string): string | undefined {
  const { protocol, hostname, port } = new URL(origin);
  return isLoopbackHost(hostname) ? `${protocol}//localhost:${port}` : undefined;
}

function isOrigin(text: string): boolean {
  return text.length <= MAX_ORIGIN_CHARS && /^https?:/.test(text) &&
    URL.parse(text)?.origin === text;
}

/** In production the message does not reveal `APP_URL`, which may be an internal name. */
function refusal(origin: string | null, { appEnv, appUrl }: Site): string {
  const own = appEnv === "production" ? "the address in the setting APP_URL" : appUrl;
  if (origin === null) {
    return `Changes are taken from the pages of ${own} only: send Origin or Sec-Fetch-Site`;
  }
  if (!isOrigin(origin)) return `Changes are taken from the pages of ${own} only`;
  return appEnv === "production"
    ? `Changes are not taken from ${origin}: ` +
      "open the page at its usual address, or set APP_URL to this one"
    : `Changes are not taken from ${origin}, since APP_URL is ${appUrl}: ` +
      "open the page there, or set APP_URL to this address";
}
