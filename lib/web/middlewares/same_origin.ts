import { HttpError } from "fresh";
import type { Settings } from "@/lib/settings.ts";
import { define } from "../define.ts";

/** Methods beyond these change nothing, or no route takes them. */
const CHANGING_METHODS = new Set(["POST", "PUT", "PATCH", "DELETE"]);

/**
 * Refuses changes that another site makes a browser ask for: a changing request proves where it
 * comes from by `Origin` or `Sec-Fetch-Site`, neither of which a page can set. Fresh's own `csrf()`
 * lets a request with neither pass.
 *
 * @see https://cheatsheetseries.owasp.org/cheatsheets/Cross-Site_Request_Forgery_Prevention_Cheat_Sheet.html
 */
export function sameOrigin(settings: Pick<Settings, "appUrl">) {
  return define.middleware((ctx) => {
    if (!CHANGING_METHODS.has(ctx.req.method) || isSameOrigin(ctx.req.headers, settings.appUrl)) {
      return ctx.next();
    }
    throw new HttpError(
      403,
      `Changes are taken from the pages of ${settings.appUrl} only: send Origin or Sec-Fetch-Site`,
    );
  });
}

function isSameOrigin(headers: Headers, appUrl: string): boolean {
  const site = headers.get("sec-fetch-site");
  return site === null ? headers.get("origin") === appUrl : site === "same-origin";
}
