/** The role of a file in the routes directory. */
export type FileKind = "app" | "middleware" | "layout" | "error" | "notFound" | "route";

/** A file of the routes directory and what its name means. */
export interface FileItem {
  /** Path below the routes directory, with extension. */
  readonly path: string;
  readonly kind: FileKind;
  /** Names of the directories around it, groups included. */
  readonly directory: readonly string[];
  /** Pattern of the URL, for routes. */
  readonly pattern: string;
}

const SPECIAL: ReadonlyMap<string, FileKind> = new Map([
  ["_app", "app"],
  ["_middleware", "middleware"],
  ["_layout", "layout"],
  ["_error", "error"],
  ["_500", "error"],
  ["_404", "notFound"],
]);

const SOURCE_FILE = /\.(?:tsx|ts|jsx|js)$/;
const GROUP = /^\(.*\)$/;
const PRIVATE_GROUP = /^\(_.*\)$/;

/**
 * Reads the names of the files of a routes directory, and sorts them in the order of registration: wrappers before what
 * they wrap, and more specific patterns before less specific ones.
 *
 * @throws {SyntaxError} If a name is not a valid pattern.
 */
export function fileItems(paths: readonly string[]): FileItem[] {
  return paths
    .filter((path) => SOURCE_FILE.test(path))
    .map(fileItem)
    .filter((item) => !item.directory.some((name) => PRIVATE_GROUP.test(name)))
    // Only the root has an app wrapper.
    .filter((item) => item.kind !== "app" || item.directory.length === 0)
    .sort(bySpecificity);
}

function fileItem(path: string): FileItem {
  const directory = path.replace(SOURCE_FILE, "").split("/");
  const name = directory.pop() ?? "";
  const kind = SPECIAL.get(name) ?? "route";
  const pattern = kind === "route" ? pathToPattern([...directory, name].join("/")) : "";
  return { path, kind, directory, pattern };
}

/**
 * Returns the pattern of a route file. `users/[id]` becomes `/users/:id`, `[...rest]` matches any number of segments,
 * `[[x]]` is optional, and `index` and `(groups)` add nothing.
 *
 * @param path Path below the routes directory, without extension.
 * @throws {SyntaxError} If brackets are unbalanced or adjacent, or an optional parameter is only a part of a segment.
 */
export function pathToPattern(path: string): string {
  const segments = path.split("/").filter((segment) => !GROUP.test(segment));
  if (segments.at(-1) === "index") segments.pop();
  const parts = segments.map((segment) => segmentToPattern(segment, path));
  const allOptional = parts.length > 0 && parts.every((part) => part.startsWith("{"));
  // "{/:x}?" alone would not match the root, since its path is "/" and not empty.
  if (allOptional) parts[0] = parts[0]!.replace("{/", "/{");
  return parts.join("") || "/";
}

const OPTIONAL_PARAMETER = /^\[\[(\w+)\]\]$/;

function segmentToPattern(segment: string, path: string): string {
  const optional = OPTIONAL_PARAMETER.exec(segment);
  if (optional !== null) return `{/:${optional[1]}}?`;
  const pattern = segment.replace(
    /\[(\.\.\.)?(\w+)\](\w?)/g,
    (_match, rest: string | undefined, name: string, next: string) => {
      if (rest !== undefined) return `:${name}*${next}`;
      // Braces keep the following text from becoming part of the name.
      return next === "" ? `:${name}` : `{:${name}}${next}`;
    },
  );
  if (/[[\]]/.test(pattern) || segment.includes("][")) {
    throw new SyntaxError(`Route file "${path}" has brackets that make no parameter`);
  }
  return `/${pattern}`;
}

/** The order of special files within a directory: wrappers are registered first. */
const SPECIAL_ORDER = ["_app", "_middleware", "_layout", "_error", "_500", "_404", "index"];

/** Returns the position of a name within its directory. */
function rankOf(segment: string): number {
  const special = SPECIAL_ORDER.indexOf(segment);
  if (special !== -1) return special;
  const plain = SPECIAL_ORDER.length;
  if (segment.includes("[...")) return plain + 4;
  if (segment.startsWith("[[")) return plain + 3;
  if (segment.includes("[")) return plain + 2;
  return GROUP.test(segment) ? plain + 1 : plain;
}

function bySpecificity(a: FileItem, b: FileItem): number {
  const left = a.path.replace(SOURCE_FILE, "").split("/");
  const right = b.path.replace(SOURCE_FILE, "").split("/");
  for (let i = 0; i < Math.min(left.length, right.length); i++) {
    const [x, y] = [left[i]!, right[i]!];
    if (x === y) continue;
    return rankOf(x) - rankOf(y) || (x < y ? -1 : 1);
  }
  // Files in the directory `foo` come before the file `foo`.
  return right.length - left.length;
}
