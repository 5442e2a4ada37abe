import { dirname, join } from "node:path";
import { resolvePath } from "./options.ts";

/** The settings of deno.json that bundling needs. */
export interface DenoConfig {
  /** The folder with deno.json and `node_modules`. */
  readonly dir: string;
  readonly imports: ReadonlyMap<string, string>;
  readonly jsxImportSource: string;
}

/** Elements that must not be precompiled, since the renderer handles them. */
const NOT_PRECOMPILED =
  "a img source body html head title meta script link style base noscript template".split(" ");

interface DenoJson {
  imports?: Record<string, string>;
  compilerOptions?: {
    jsx?: string;
    jsxImportSource?: string;
    jsxPrecompileSkipElements?: string[];
  };
}

/**
 * Reads the nearest deno.json or deno.jsonc with `compilerOptions`.
 *
 * @throws {Error} If there is none, or its JSX settings cannot work. The message says what to change.
 */
export function readDenoConfig(folder: string): DenoConfig {
  for (let dir = folder;; dir = dirname(dir)) {
    for (const name of ["deno.json", "deno.jsonc"]) {
      const path = join(dir, name);
      const json = readJson(path);
      if (json?.compilerOptions !== undefined) return checkConfig(path, json);
    }
    if (dirname(dir) === dir) {
      throw new Error(`No deno.json with "compilerOptions" in "${folder}" or above it`);
    }
  }
}

function readJson(path: string): DenoJson | undefined {
  try {
    return JSON.parse(stripComments(Deno.readTextFileSync(path)));
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw new Error(`Cannot read "${path}"`, { cause: error });
  }
}

/** Turns JSONC into JSON: removes comments and trailing commas. */
function stripComments(text: string): string {
  return text
    .replace(/("(?:\\.|[^"\\])*")|\/\/[^\n]*|\/\*[^]*?\*\//g, "$1")
    .replace(/("(?:\\.|[^"\\])*")|,(?=\s*[}\]])/g, "$1");
}

function checkConfig(path: string, { imports, compilerOptions }: DenoJson): DenoConfig {
  const { jsx, jsxImportSource, jsxPrecompileSkipElements = [] } = compilerOptions ?? {};
  if (jsxImportSource === undefined) {
    throw new Error(`Set "jsxImportSource": "preact" in the compilerOptions of "${path}"`);
  }
  const missing = NOT_PRECOMPILED.filter((name) => !jsxPrecompileSkipElements.includes(name));
  if (jsx === "precompile" && missing.length > 0) {
    throw new Error(`Add ${missing.join(", ")} to "jsxPrecompileSkipElements" in "${path}"`);
  }
  return { dir: dirname(path), imports: new Map(Object.entries(imports ?? {})), jsxImportSource };
}

/**
 * Resolves a specifier with the import map: to an absolute path for a file, or a bare specifier for an npm package.
 * Returns the specifier itself if the map does not name it.
 */
export function mapSpecifier({ dir, imports }: DenoConfig, specifier: string): string {
  const exact = imports.get(specifier);
  if (exact !== undefined) return mappedTarget(dir, exact);
  const prefix = [...imports.keys()]
    .filter((key) => key.endsWith("/") && specifier.startsWith(key))
    .sort((a, b) => b.length - a.length)[0];
  const target = prefix === undefined
    ? specifier
    : imports.get(prefix)! + specifier.slice(prefix.length);
  return mappedTarget(dir, target);
}

function mappedTarget(dir: string, target: string): string {
  if (target.startsWith("npm:")) return withoutVersion(target.slice("npm:".length));
  const isPath = /^(\.{0,2}\/|file:)/.test(target);
  return isPath ? resolvePath(dir, target) : target;
}

/** Turns `/@preact/signals@^2/x` into `@preact/signals/x`. The version is the installed one. */
function withoutVersion(specifier: string): string {
  return specifier.replace(/^\/?((?:@[^/]+\/)?[^/@]+)(?:@[^/]+)?/, "$1");
}
