/**
 * Finds what only the URL parser may judge: dot segments (also percent-encoded) and backslashes, which it rewrites, and
 * runs of slashes.
 */
const NEEDS_PARSER = /\/\/|\/\.|\\|%2e/i;

/** An absolute URL up to the end of an ordinary authority. */
const ORIGIN = /^[^:]+:\/\/(?:[\w.-]+|\[[\da-f:.]+\])(?::\d{1,5})?(?=[/?#]|$)/i;

const SLASH = "/".charCodeAt(0);

/**
 * Finds the path of a request's URL, with consecutive slashes collapsed and still percent-encoded. Does not parse the URL
 * unless it holds something unusual: most requests never need a URL object. Most come to the same origin, too, which is
 * remembered.
 */
export class PathReader {
  /** Scheme and authority of the last URL that had an ordinary one. */
  #origin = "\0";

  /** `undefined` if the `Host` header of the request made no URL of it. */
  read(requestUrl: string): string | undefined {
    const path = this.#cut(requestUrl);
    if (path !== undefined && !NEEDS_PARSER.test(path)) return path;
    const url = URL.parse(requestUrl);
    return url === null ? undefined : collapseSlashes(url.pathname);
  }

  #cut(requestUrl: string): string | undefined {
    const start = this.#origin.length;
    if (requestUrl.startsWith(this.#origin) && requestUrl.charCodeAt(start) === SLASH) {
      return pathAt(requestUrl, start);
    }
    const origin = ORIGIN.exec(requestUrl)?.[0];
    if (origin === undefined) return undefined;
    this.#origin = origin;
    return pathAt(requestUrl, origin.length) || "/";
  }
}

/** From here to the query or fragment. */
function pathAt(requestUrl: string, start: number): string {
  const query = requestUrl.indexOf("?", start);
  const fragment = requestUrl.indexOf("#", start);
  const end = fragment === -1 || (query !== -1 && query < fragment) ? query : fragment;
  return end === -1 ? requestUrl.slice(start) : requestUrl.slice(start, end);
}

/** Replaces runs of slashes by one: `//evil.example` must neither match a route nor become a redirect. */
export function collapseSlashes(path: string): string {
  return path.includes("//") ? path.replace(/\/{2,}/g, "/") : path;
}

/** The URL of a request, as the client sees it if a trusted proxy says so; that of no page if it has no valid one. */
export function parseUrl(req: Request, trustProxy: boolean): URL {
  const url = URL.parse(req.url) ?? new URL("http://localhost/");
  if (url.pathname.includes("//")) url.pathname = collapseSlashes(url.pathname);
  if (!trustProxy) return url;
  const protocol = req.headers.get("x-forwarded-proto");
  const host = req.headers.get("x-forwarded-host");
  if (protocol !== null) url.protocol = `${firstOf(protocol)}:`;
  if (host !== null) {
    // Setting `host` keeps the old port where the new host names none.
    url.port = "";
    url.host = firstOf(host);
  }
  return url;
}

/** Proxies append to the forwarded headers: the first value is the client's. */
function firstOf(list: string): string {
  return list.split(",", 1)[0]!.trim();
}

/**
 * A redirect target that cannot leave the site by accident: root-relative paths lose runs of slashes. Browsers read a
 * backslash as a slash and skip tabs, so those count as parts of such a run.
 */
export function safeLocation(pathOrUrl: string): string {
  if (!pathOrUrl.startsWith("/")) return pathOrUrl;
  const end = pathOrUrl.search(/[?#]/);
  const path = end === -1 ? pathOrUrl : pathOrUrl.slice(0, end);
  const safe = path.replace(/[/\\][/\\\t\r\n]+/g, "/");
  return end === -1 ? safe : safe + pathOrUrl.slice(end);
}

/** Joins two parts of a pattern; `/` stands for nothing. */
export function joinPaths(base: string, path: string): string {
  const front = base === "/" ? "" : base;
  return front + tailOf(path, front) || "/";
}

function tailOf(path: string, front: string): string {
  if (path === "/" || path === "") return "";
  // Behind something, the slash of an optional segment is as optional as the segment.
  if (front !== "" && path.startsWith("/{:")) return `{/:${path.slice("/{:".length)}`;
  return path.startsWith("/") || path.startsWith("{/") ? path : `/${path}`;
}
