/** Where a route is: its path, and for a file route its directory. */
export interface Place {
  /** Segments of the pattern, as literal text. */
  readonly url: readonly string[];
  /** Segments of the directory, groups included. Undefined for routes that are not file routes. */
  readonly directory?: readonly string[];
}

/** What a middleware, layout or error route applies to: everything below a path or below a directory of routes. */
export interface Scope {
  readonly kind: "url" | "directory";
  readonly segments: readonly string[];
}

/**
 * Splits a pattern into segments. The root may be written `/`, `*` or `/*`. A trailing `/*` is ignored, so that
 * `use("/admin/*")` guards `/admin/users`. Optional groups do not count.
 */
export function segmentsOf(pattern: string): string[] {
  return pattern
    .replace(/\{[^}]*\}\?/g, "")
    .replace(/^\*$|\/\*$/, "")
    .split("/")
    .filter((segment) => segment !== "");
}

/** Whether a place is in a scope. */
export function contains(scope: Scope, place: Place): boolean {
  if (scope.kind === "url") return isPrefix(scope.segments, place.url);
  if (place.directory !== undefined) return isPrefix(scope.segments, place.directory);
  // A route that is not a file route is in the directory of its URL, but in no group.
  return isPrefix(scope.segments.map(patternOfSegment), place.url);
}

/** Returns the segment of a pattern for the name of a directory, if it is a plain name or a plain parameter. */
function patternOfSegment(segment: string): string {
  return segment.replace(/^\[(\w+)\]$/, ":$1");
}

function isPrefix(prefix: readonly string[], segments: readonly string[]): boolean {
  return prefix.length <= segments.length && prefix.every((part, i) => part === segments[i]);
}
