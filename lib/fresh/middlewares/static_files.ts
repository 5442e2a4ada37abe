import { ASSET_CACHE_KEY } from "../assets.ts";
import type { BuildCache, Encoding, StaticFile } from "../build_cache.ts";
import type { Context, Middleware } from "../context.ts";
import { INTERNALS } from "../internals.ts";

const CACHE_FOR_EVER = "public, max-age=31536000, immutable";
const NEVER_CACHE = "no-cache, no-store, max-age=0, must-revalidate";
const VARY = "If-None-Match";
const VARY_ENCODED = "If-None-Match, Accept-Encoding";

/** Serves the static files and the scripts of islands of a build. Passes other requests on. */
export function staticFiles<State>(): Middleware<State> {
  return (ctx) => {
    const { buildCache, path = "/" } = ctx[INTERNALS];
    const pathname = filePath(path, ctx.config.basePath);
    if (buildCache === undefined || pathname === undefined) return ctx.next();
    const file = buildCache.staticFile(pathname);
    if (file !== undefined) return answer(ctx, buildCache, file, pathname);
    // Browsers request it unprompted, so it gets no error page.
    return pathname === "/favicon.ico" ? new Response(null, { status: 404 }) : ctx.next();
  };
}

/** Returns the name of a file in the build, or undefined if no file can have it. */
function filePath(path: string, basePath: string): string | undefined {
  if (path === "/" || (basePath !== "" && !path.startsWith(`${basePath}/`))) return undefined;
  const pathname = path.slice(basePath.length);
  return pathname.includes("%") ? decodePath(pathname) : pathname;
}

function decodePath(path: string): string | undefined {
  try {
    const decoded = decodeURIComponent(path);
    // The URL parser has resolved dot segments, but decoding may uncover new ones.
    return /(^|[\\/])\.\.([\\/]|$)|\0/.test(decoded) ? undefined : decoded;
  } catch {
    return undefined;
  }
}

async function answer<State>(
  ctx: Context<State>,
  buildCache: BuildCache,
  file: StaticFile,
  pathname: string,
): Promise<Response> {
  const { method } = ctx.req;
  if (method !== "GET" && method !== "HEAD") {
    return new Response("Method Not Allowed", { status: 405, headers: { allow: "GET, HEAD" } });
  }
  const key = cacheKeyOf(ctx);
  if (key !== undefined && key !== buildCache.buildId) return redirectWithoutKey(ctx.url);
  const response = isUnchanged(ctx.req, file, buildCache)
    ? newResponse(null, 304, file)
    : await sendBody(ctx.req, file);
  addHeaders(response.headers, file, buildCache, pathname, key !== undefined);
  return response;
}

/** Returns the build id in the query, if there is one. */
function cacheKeyOf<State>(ctx: Context<State>): string | undefined {
  if (!ctx.req.url.includes(ASSET_CACHE_KEY)) return undefined;
  return ctx.url.searchParams.get(ASSET_CACHE_KEY) ?? undefined;
}

function redirectWithoutKey(url: URL): Response {
  const target = new URL(url);
  target.searchParams.delete(ASSET_CACHE_KEY);
  return new Response(null, {
    status: 307,
    headers: { location: target.pathname + target.search },
  });
}

/** Adds the headers that all answers have in common. */
function addHeaders(
  headers: Headers,
  { encodings, hash, immutable }: StaticFile,
  { mode, buildId }: BuildCache,
  pathname: string,
  hasCurrentKey: boolean,
): void {
  const namesContent = hasCurrentKey || immutable || pathname.startsWith(`/_fresh/js/${buildId}/`);
  headers.append(
    "cache-control",
    mode === "production" && namesContent ? CACHE_FOR_EVER : NEVER_CACHE,
  );
  headers.append("vary", encodings.length > 1 ? VARY_ENCODED : VARY);
  if (mode === "production" && hash !== undefined) headers.append("etag", `W/"${hash}"`);
}

/** Deno is several times faster with one header here and the rest appended. */
function newResponse(body: BodyInit | null, status: number, { contentType }: StaticFile): Response {
  return new Response(body, { status, headers: [["content-type", contentType]] });
}

async function sendBody(req: Request, file: StaticFile): Promise<Response> {
  const encoding = chooseEncoding(file, req);
  const content = await file.content(encoding);
  const response = newResponse(req.method === "HEAD" ? null : content, 200, file);
  if (encoding !== "identity") response.headers.append("content-encoding", encoding);
  response.headers.append("content-length", String(content.byteLength));
  return response;
}

function isUnchanged(req: Request, { hash }: StaticFile, { mode }: BuildCache): boolean {
  if (mode !== "production" || hash === undefined) return false;
  const known = req.headers.get("if-none-match") ?? "";
  return known.split(",").some((tag) =>
    tag.trim().replace(/^W\//, "").replaceAll('"', "") === hash
  );
}

/** Returns the best stored encoding that the client accepts. */
function chooseEncoding({ encodings }: StaticFile, req: Request): Encoding {
  if (encodings.length === 1) return "identity";
  const accepted = req.headers.get("accept-encoding") ?? "";
  return encodings.find((encoding) => accepts(accepted, encoding)) ?? "identity";
}

function accepts(accepted: string, encoding: Encoding): boolean {
  if (encoding === "identity") return true;
  return accepted.split(",").some((part) => {
    const [name, quality] = part.split(";");
    return name!.trim().toLowerCase() === encoding && !/^\s*q=0(\.0*)?\s*$/.test(quality ?? "");
  });
}
