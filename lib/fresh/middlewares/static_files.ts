import { ASSET_CACHE_KEY } from "../assets.ts";
import type { BuildCache, Encoding, FileContent, StaticFile } from "../build_cache.ts";
import type { Context, Middleware } from "../context.ts";
import { INTERNALS } from "../internals.ts";

const CACHE_FOR_EVER = "public, max-age=31536000, immutable";
const NEVER_CACHE = "no-cache, no-store, max-age=0, must-revalidate";
const VARY = "If-None-Match";
const VARY_ENCODED = "If-None-Match, Accept-Encoding";

/**
 * Serves the files of the build: those of the static folder and the scripts of islands. Requests for anything else go on
 * to the next middleware.
 */
export function staticFiles<State>(): Middleware<State> {
  return (ctx) => {
    const { buildCache, path } = ctx[INTERNALS];
    const pathname = filePath(path, ctx.config.basePath);
    if (buildCache === undefined || pathname === undefined) return ctx.next();
    const file = buildCache.staticFile(pathname);
    return file instanceof Promise
      ? file.then((found) => answer(ctx, buildCache, found, pathname))
      : answer(ctx, buildCache, file, pathname);
  };
}

/** The name under which the build knows a file, or undefined where no file can have the name. */
function filePath(path: string, basePath: string): string | undefined {
  if (path === "/" || (basePath !== "" && !path.startsWith(`${basePath}/`))) return undefined;
  const pathname = path.slice(basePath.length);
  return pathname.includes("%") ? decodePath(pathname) : pathname;
}

function decodePath(path: string): string | undefined {
  try {
    const decoded = decodeURIComponent(path);
    // The URL parser has resolved dot segments, but decoding may bring new ones to light.
    return /(^|[\\/])\.\.([\\/]|$)|\0/.test(decoded) ? undefined : decoded;
  } catch {
    return undefined;
  }
}

function answer<State>(
  ctx: Context<State>,
  buildCache: BuildCache,
  file: StaticFile | undefined,
  pathname: string,
): Response | Promise<Response> {
  if (file === undefined) {
    // Every browser asks for it; no page and no log needs to hear of it.
    return pathname === "/favicon.ico" ? new Response(null, { status: 404 }) : ctx.next();
  }
  const { method } = ctx.req;
  if (method !== "GET" && method !== "HEAD") {
    return new Response("Method Not Allowed", { status: 405, headers: { allow: "GET, HEAD" } });
  }
  const key = cacheKeyOf(ctx, buildCache.buildId);
  if (key !== undefined && key !== buildCache.buildId) return redirectWithoutKey(ctx.url);
  const response = isUnchanged(ctx.req, file, buildCache)
    ? newResponse(null, 304, file)
    : sendBody(ctx.req, file);
  const forEver = mayCacheForEver(file, buildCache, pathname, key !== undefined);
  return response instanceof Promise
    ? response.then((sent) => withHeaders(sent, file, buildCache, forEver))
    : withHeaders(response, file, buildCache, forEver);
}

/** The build id in the query, if there is one. */
function cacheKeyOf<State>(ctx: Context<State>, buildId: string): string | undefined {
  const { url } = ctx.req;
  // What `asset()` writes, found without parsing.
  if (url.endsWith(`?${ASSET_CACHE_KEY}=${buildId}`)) return buildId;
  if (!url.includes(ASSET_CACHE_KEY)) return undefined;
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

function mayCacheForEver(
  file: StaticFile,
  { mode, buildId }: BuildCache,
  pathname: string,
  hasCurrentKey: boolean,
): boolean {
  return mode === "production" &&
    (hasCurrentKey || file.immutable || pathname.startsWith(`/_fresh/js/${buildId}/`));
}

/**
 * Adds the headers that every answer with a file has. They are appended one at a time: Deno is several times as fast at it
 * as at a list of them in the constructor.
 */
function withHeaders(
  response: Response,
  file: StaticFile,
  { mode }: BuildCache,
  forEver: boolean,
): Response {
  const { headers } = response;
  headers.append("cache-control", forEver ? CACHE_FOR_EVER : NEVER_CACHE);
  headers.append("vary", file.encodings.length > 1 ? VARY_ENCODED : VARY);
  if (mode === "production" && file.hash !== undefined) headers.append("etag", `W/"${file.hash}"`);
  return response;
}

/** An answer whose type is the file's from the start: Deno would give one to a text. */
function newResponse(body: BodyInit | null, status: number, { contentType }: StaticFile): Response {
  return new Response(body, { status, headers: [["content-type", contentType]] });
}

function isUnchanged(req: Request, { hash }: StaticFile, { mode }: BuildCache): boolean {
  if (mode !== "production" || hash === undefined) return false;
  const known = req.headers.get("if-none-match");
  if (known === null) return false;
  return known.split(",").some((tag) =>
    tag.trim().replace(/^W\//, "").replaceAll('"', "") === hash
  );
}

function sendBody(req: Request, file: StaticFile): Response | Promise<Response> {
  const encoding = chooseEncoding(file, req);
  const content = file.content(encoding);
  return content instanceof Promise
    ? content.then((loaded) => bodyResponse(req, file, loaded, encoding))
    : bodyResponse(req, file, content, encoding);
}

function bodyResponse(
  req: Request,
  file: StaticFile,
  { body, byteLength }: FileContent,
  encoding: Encoding,
): Response {
  const response = newResponse(req.method === "HEAD" ? null : body, 200, file);
  if (encoding !== "identity") response.headers.append("content-encoding", encoding);
  response.headers.append("content-length", String(byteLength));
  return response;
}

/** The best stored coding that the client takes. */
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
