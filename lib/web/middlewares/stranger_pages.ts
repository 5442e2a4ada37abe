import { define, type RequestContext } from "../define.ts";

const HTML = { headers: [["content-type", "text/html; charset=utf-8"]] as [string, string][] };

/**
 * Renders a page once that says of itself, by `ctx.state.isSameForStrangers`, that nothing but its
 * path and the colour mode makes a difference between two strangers. Who knocks at the door of many
 * accounts asks for such a page each time, and so does everybody at once after an outage.
 */
export function strangerPages() {
  const pages = new Map<string, string>();
  return define.middleware((ctx) => {
    const key = keyOf(ctx);
    if (key === undefined) return ctx.next();
    const html = pages.get(key);
    return html === undefined ? renderOnce(ctx, pages, key) : new Response(html, HTML);
  });
}

/** What tells pages for strangers apart; absent for who is none, or has more to see. */
function keyOf({ req, url, state }: RequestContext): string | undefined {
  const { viewer, flash, colorMode } = state;
  const isPlain = (req.method === "GET" || req.method === "HEAD") && url.search === "";
  return isPlain && !viewer && !flash ? `${colorMode} ${url.pathname}` : undefined;
}

async function renderOnce(
  ctx: RequestContext,
  pages: Map<string, string>,
  key: string,
): Promise<Response> {
  const response = await ctx.next();
  if (!ctx.state.isSameForStrangers || response.status !== 200) return response;
  const html = await response.text();
  const { headers } = response;
  // A page with scripts has a nonce of its own each time, and says beforehand what to fetch.
  if (!html.includes("nonce=") && !headers.has("link")) pages.set(key, html);
  return new Response(html, { headers });
}
