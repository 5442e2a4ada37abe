/** Matches an absolute URL with an ordinary authority. The group is its path. */
const ORDINARY_URL = /^[^:]+:\/\/(?:[\w.-]+|\[[\da-f:.]+\])(?::\d{1,5})?(\/[^?#]*)?(?=[?#]|$)/i;

/** Matches what a path must be parsed for: dot segments (also percent-encoded), backslashes and runs of slashes. */
const NEEDS_PARSER = /\/\/|\/\.|\\|%2e/i;

/**
 * Returns the path of a request's URL, with runs of slashes collapsed and still percent-encoded. Parses the URL only if it
 * holds something unusual, since most requests never need a URL object.
 *
 * @returns `undefined` if the `Host` header of the request does not make a valid URL.
 */
export function pathOf(requestUrl: string): string | undefined {
  const ordinary = ORDINARY_URL.exec(requestUrl);
  const path = ordinary?.[1] ?? "/";
  if (ordinary !== null && !NEEDS_PARSER.test(path)) return path;
  const url = URL.parse(requestUrl);
  return url === null ? undefined : collapseSlashes(url.pathname);
}

/** Replaces runs of slashes by one. `//evil.example` must neither match a route nor become a redirect. */
function collapseSlashes(path: string): string {
  return path.includes("//") ? path.replace(/\/{2,}/g, "/") : path;
}

/** Returns the URL of a request, as the client sees it if a proxy is trusted. If it is invalid, returns a root URL. */
export function parseUrl(req: Request, trustProxy: boolean): URL {
  const url = URL.parse(req.url) ?? new URL("http://localhost/");
  if (url.pathname.includes("//")) url.pathname = collapseSlashes(url.pathname);
  if (!trustProxy) return url;
  const protocol = req.headers.get("x-forwarded-proto");
  const host = req.headers.get("x-forwarded-host");
  if (protocol !== null) url.protocol = `${firstOf(protocol)}:`;
  if (host !== null) {
    // Setting `host` keeps the old port if the new host names none.
    url.port = "";
    url.host = firstOf(host);
  }
  return url;
}

/** Proxies append to the forwarded headers, so the first value is the one the client used. */
function firstOf(list: string): string {
  return list.split(",", 1)[0]!.trim();
}

/**
 * Returns a redirect target that cannot leave the site by accident: collapses runs of slashes in root-relative paths.
 * Browsers read a backslash as a slash and ignore tabs and line breaks, so those count as parts of a run.
 */
export function safeLocation(pathOrUrl: string): string {
  if (!pathOrUrl.startsWith("/")) return pathOrUrl;
  const end = pathOrUrl.search(/[?#]/);
  const path = end === -1 ? pathOrUrl : pathOrUrl.slice(0, end);
  const safe = path.replace(/[/\\][/\\\t\r\n]+/g, "/");
  return end === -1 ? safe : safe + pathOrUrl.slice(end);
}

/** Joins two parts of a pattern. `/` adds nothing. */
export function joinPaths(base: string, path: string): string {
  const front = base === "/" ? "" : base;
  return front + tailOf(path, front) || "/";
}

function tailOf(path: string, front: string): string {
  if (path === "/" || path === "") return "";
  // After another segment, the slash of an optional segment is optional too.
  if (front !== "" && path.startsWith("/{:")) return `{/:${path.slice("/{:".length)}`;
  return path.startsWith("/") || path.startsWith("{/") ? path : `/${path}`;
}
