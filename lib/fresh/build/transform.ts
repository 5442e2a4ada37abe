import { matchesGlob, resolve } from "node:path";
import { asset } from "../assets.ts";
import type { Mode } from "../build_cache.ts";
import type { ResolvedBuildConfig } from "./options.ts";

/** The static files of a transformer. */
export interface OnTransformOptions {
  /** Name for error messages. */
  pluginName: string;
  /** Tested against the absolute path. */
  filter: RegExp;
  /** Paths to skip: parts of paths, globs, or patterns. */
  exclude?: string | RegExp | (string | RegExp)[];
}

/** The input of a transformer. */
export interface OnTransformArgs {
  /** Absolute path. */
  path: string;
  /** The content as text. */
  readonly text: string;
  content: Uint8Array;
  target: string | string[];
  mode: Mode;
  root: string;
}

/** A file made by a transformer. A new path, absolute or relative to the static folder, replaces the old one. */
export interface OnTransformResult {
  content: string | Uint8Array;
  path?: string;
  /** Source map, served as `<path>.map`. */
  map?: string | Uint8Array;
}

/** Changes a static file, or makes several files of it. Returns nothing to keep it as it is. */
export type TransformFn = (
  args: OnTransformArgs,
) =>
  | void
  | OnTransformResult
  | OnTransformResult[]
  | Promise<void | OnTransformResult | OnTransformResult[]>;

/** A static file on its way through the transformers. */
export interface RawFile {
  /** Absolute path in its static folder. */
  readonly path: string;
  readonly content: Uint8Array<ArrayBuffer>;
}

interface Transformer extends OnTransformOptions {
  readonly transform: TransformFn;
}

/** The transformers of a builder, in the order of their registration. */
export class Transformers {
  readonly #transformers: Transformer[] = [];

  add(options: OnTransformOptions, transform: TransformFn): void {
    this.#transformers.push({ ...options, transform });
  }

  /**
   * Applies all matching transformers to a file.
   *
   * @param staticDir The folder that paths of results are relative to.
   * @throws {Error} If a transformer fails. The message names it and the file.
   */
  async run(file: RawFile, staticDir: string, config: ResolvedBuildConfig): Promise<RawFile[]> {
    let files = [file];
    for (const transformer of [...this.#transformers, cssAssets]) {
      const results = files.map((item) => runOne(transformer, item, staticDir, config));
      files = (await Promise.all(results)).flat();
    }
    return files;
  }
}

async function runOne(
  transformer: Transformer,
  file: RawFile,
  staticDir: string,
  { target, mode, root }: ResolvedBuildConfig,
): Promise<RawFile[]> {
  const { path, content } = file;
  if (!takes(transformer, path)) return [file];
  const text = new TextDecoder().decode(content);
  try {
    const result = await transformer.transform({ path, content, text, target, mode, root });
    return result ? [result].flat().flatMap((made) => filesOf(made, file, staticDir)) : [file];
  } catch (cause) {
    throw new Error(`${transformer.pluginName} failed on "${path}"`, { cause });
  }
}

function takes({ filter, exclude = [] }: OnTransformOptions, path: string): boolean {
  // `search()` ignores the flag "g", with which `test()` would start where it last stopped.
  return path.search(filter) !== -1 &&
    ![exclude].flat().some((pattern) =>
      typeof pattern === "string"
        ? path.includes(pattern) || matchesGlob(path, pattern)
        : path.search(pattern) !== -1
    );
}

function filesOf(made: OnTransformResult, source: RawFile, staticDir: string): RawFile[] {
  const path = resolve(staticDir, made.path ?? source.path);
  const file = { path, content: toBytes(made.content) };
  return made.map === undefined
    ? [file]
    : [file, { path: `${path}.map`, content: toBytes(made.map) }];
}

function toBytes(content: string | Uint8Array): Uint8Array<ArrayBuffer> {
  return typeof content === "string" ? new TextEncoder().encode(content) : new Uint8Array(content);
}

const CSS_URL = /url\(\s*(?:"([^"]*)"|'([^']*)'|([^"')\s]+))\s*\)/g;

/** Adds the build id to root-relative URLs in stylesheets. */
const cssAssets: Transformer = {
  pluginName: "css-assets",
  filter: /\.css$/,
  transform: ({ text }) => ({
    content: text.replace(CSS_URL, (match, double, single, bare) => {
      const url: string = double ?? single ?? bare;
      const keyed = asset(url);
      return keyed === url ? match : `url("${keyed}")`;
    }),
  }),
};
