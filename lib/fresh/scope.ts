/** Where a route lies: below which paths, and for a file route in which directory. */
export interface Place {
  /** Segments of the pattern, as literal text. */
  readonly url: readonly string[];
  /** Segments of the directory, groups included; absent for routes that no file declared. */
  readonly directory?: readonly string[];
}

/** To what a middleware, layout or error route applies: everything below a path, or below a directory of routes. */
export interface Scope {
  readonly kind: "url" | "directory";
  readonly segments: readonly string[];
}

/**
 * Splits a pattern into segments. The root may be written `/`, `*` or `/*`; a trailing `/*` means the same as none, for
 * who guards `/admin/*` wants `/admin/users` guarded. Optional groups do not count.
 */
export function segmentsOf(pattern: string): string[] {
  return pattern
    .replace(/\{[^}]*\}\?/g, "")
    .replace(/^\*$|\/\*$/, "")
    .split("/")
    .filter((segment) => segment !== "");
}

/** Whether a place lies in a scope. */
export function contains(scope: Scope, place: Place): boolean {
  if (scope.kind === "url") return isPrefix(scope.segments, place.url);
  if (place.directory !== undefined) return isPrefix(scope.segments, place.directory);
  // A route that no file declared lies in the directory of its URL, but in no group.
  return isPrefix(scope.segments.map(patternOfSegment), place.url);
}

/** The form in which a directory's name appears in a pattern, where it is a plain name or a plain parameter. */
function patternOfSegment(segment: string): string {
  return segment.replace(/^\[(\w+)\]$/, ":$1");
}

function isPrefix(prefix: readonly string[], segments: readonly string[]): boolean {
  return prefix.length <= segments.length && prefix.every((part, i) => part === segments[i]);
}
