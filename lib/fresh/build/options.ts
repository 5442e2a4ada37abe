import { createHash, randomUUID } from "node:crypto";
import { isAbsolute, join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Mode } from "../build_cache.ts";

/** The content of source maps. */
export interface SourceMapOptions {
  kind: boolean | "linked" | "inline" | "external" | "both";
  sourceRoot?: string;
  sourcesContent?: boolean;
}

/** The options of `new Builder()`. Paths are relative to `root`, absolute, or file URLs. */
export interface BuildOptions {
  /** Browsers to compile for, as esbuild names them. Default: chrome99, firefox99, safari15. */
  target?: string | string[];
  /** Folder of the project. Default: the current one. */
  root?: string;
  /** Module that exports the application as `app`. Default: `main.ts`. */
  serverEntry?: string;
  /** Folder of the production build. Default: `_fresh`. */
  outDir?: string;
  /** Folder or folders of static files. The first one with a file wins. Default: `static`. */
  staticDir?: string | string[];
  /** Default: `islands`. */
  islandDir?: string;
  /** Default: `routes`. */
  routeDir?: string;
  /** Files that are neither routes nor islands. Default: test files. */
  ignore?: RegExp[];
  /** Source maps of a production build. Default: none. */
  sourceMap?: SourceMapOptions;
}

/** The resolved options. All paths are absolute. */
export interface ResolvedBuildConfig {
  readonly target: string | string[];
  readonly root: string;
  readonly serverEntry: string;
  readonly outDir: string;
  readonly staticDir: readonly string[];
  readonly islandDir: string;
  readonly routeDir: string;
  readonly ignore: readonly RegExp[];
  readonly sourceMap: SourceMapOptions | undefined;
  readonly buildId: string;
  mode: Mode;
}

const DEFAULT_TARGET = ["chrome99", "firefox99", "safari15"];
const TEST_FILES = /[._]test\.(?:[tj]sx?|[mc][tj]s)$/;

/** Fills in the defaults. */
export function resolveOptions(options: BuildOptions): ResolvedBuildConfig {
  const root = resolvePath(Deno.cwd(), options.root ?? ".");
  const inRoot = (path: string) => resolvePath(root, path);
  return {
    target: options.target ?? DEFAULT_TARGET,
    root,
    serverEntry: inRoot(options.serverEntry ?? "main.ts"),
    outDir: inRoot(options.outDir ?? "_fresh"),
    staticDir: [options.staticDir ?? "static"].flat().map(inRoot),
    islandDir: inRoot(options.islandDir ?? "islands"),
    routeDir: inRoot(options.routeDir ?? "routes"),
    ignore: options.ignore ?? [TEST_FILES],
    sourceMap: options.sourceMap,
    buildId: newBuildId(),
    mode: "production",
  };
}

/** Variables in which platforms name what they deploy. */
const DEPLOYMENT_VARIABLES = ["DENO_DEPLOYMENT_ID", "GITHUB_SHA", "CI_COMMIT_SHA"];

/**
 * Names this build: the same for the same deployment, otherwise random. It is short, because it is
 * in the URL of every icon of a page.
 */
function newBuildId(): string {
  const name = DEPLOYMENT_VARIABLES.map((variable) => Deno.env.get(variable)).find(Boolean);
  return createHash("sha1").update(name ?? randomUUID()).digest("hex").slice(0, 12);
}

/** Returns the absolute path of a path relative to `base`, an absolute path, or a file URL. */
export function resolvePath(base: string, path: string): string {
  if (path.startsWith("file:")) return fileURLToPath(path);
  return isAbsolute(path) ? path : join(base, path);
}
