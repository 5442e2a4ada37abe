import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import * as esbuild from "esbuild";
import type { ClientModule } from "../build_cache.ts";
import { buildIdConstant, denoResolver, publicVariables } from "./esbuild_plugins.ts";
import { readDenoConfig } from "./import_map.ts";
import type { ResolvedBuildConfig } from "./options.ts";

/** The scripts for the browser. */
export interface Bundle {
  /** Content by URL. */
  readonly files: ReadonlyMap<string, Uint8Array<ArrayBuffer>>;
  /** Hydrates the islands of a page. */
  readonly boot: ClientModule;
  /** The script of the live reload, in development. */
  readonly liveReload: ClientModule | undefined;
  /** The chunk of each island module, in the order of the specifiers. */
  readonly islands: readonly ClientModule[];
}

/** Names of our own entries. The dot separates them from islands, whose names are identifiers. */
const BOOT = "fresh.boot";
const LIVE_RELOAD = "fresh.reload";

/** The number of bundlers that share the process of the compiler. */
let openBundlers = 0;

/** Bundles the same islands repeatedly, which is quick after the first time. */
export class Bundler {
  readonly #config: ResolvedBuildConfig;
  readonly #names: readonly string[];
  readonly #context: Promise<esbuild.BuildContext<esbuild.BuildOptions>>;

  /** @param islands Paths or package specifiers of the island modules. */
  constructor(config: ResolvedBuildConfig, islands: readonly string[]) {
    this.#config = config;
    this.#names = chunkNames(islands);
    const islandEntries = islands.map((path, i) => ({ in: path, out: this.#names[i]! }));
    this.#context = esbuild.context(
      esbuildOptions(config, [...ownEntries(config), ...islandEntries]),
    );
    openBundlers++;
  }

  /** @throws {Error} If a module cannot be compiled. The message names the places. */
  async bundle(): Promise<Bundle> {
    const context = await this.#context;
    const { outputFiles, metafile } = await context.rebuild();
    const outputs = metafile!.outputs;
    const moduleOf = (name: string): ClientModule => {
      const output = `${name}.js`;
      return { chunk: this.#url(output), imports: staticImports(outputs, output).map(this.#url) };
    };
    return {
      files: new Map(outputFiles!.map(({ path, contents }) => [
        this.#url(basename(path)),
        contents as Uint8Array<ArrayBuffer>,
      ])),
      boot: moduleOf(BOOT),
      liveReload: this.#config.mode === "development" ? moduleOf(LIVE_RELOAD) : undefined,
      islands: this.#names.map(moduleOf),
    };
  }

  #url = (output: string): string => `/_fresh/js/${this.#config.buildId}/${output}`;

  /** Ends the compiler. */
  async close(): Promise<void> {
    await (await this.#context).dispose();
    if (--openBundlers === 0) await esbuild.stop();
  }
}

function ownEntries({ mode }: ResolvedBuildConfig) {
  const entry = (path: string, out: string) => ({
    in: fileURLToPath(import.meta.resolve(path)),
    out,
  });
  const entries = [entry("../client/boot.ts", BOOT)];
  if (mode === "development") entries.push(entry("../client/live_reload.ts", LIVE_RELOAD));
  return entries;
}

function esbuildOptions(
  config: ResolvedBuildConfig,
  entryPoints: { in: string; out: string }[],
): esbuild.BuildOptions {
  const { root, mode, target, buildId, sourceMap } = config;
  const denoConfig = readDenoConfig(root);
  const isProduction = mode === "production";
  return {
    entryPoints,
    bundle: true,
    splitting: true,
    format: "esm",
    platform: "browser",
    target,
    minify: isProduction,
    jsx: "automatic",
    jsxImportSource: denoConfig.jsxImportSource,
    define: { "process.env.NODE_ENV": JSON.stringify(mode) },
    // Ignores any tsconfig.json.
    tsconfigRaw: {},
    absWorkingDir: root,
    // Nothing is written there, but outputs need distinct paths.
    outdir: join(config.outDir, "js"),
    entryNames: "[name]",
    chunkNames: "chunk-[hash]",
    write: false,
    metafile: true,
    logLevel: "silent",
    sourcemap: isProduction ? sourceMap?.kind ?? false : "linked",
    ...(sourceMap?.sourceRoot !== undefined && { sourceRoot: sourceMap.sourceRoot }),
    ...(sourceMap?.sourcesContent !== undefined && { sourcesContent: sourceMap.sourcesContent }),
    plugins: [
      denoResolver(denoConfig),
      buildIdConstant(buildId),
      publicVariables(),
    ],
  };
}

/** Names each module by its file name as an identifier, with a number if it is taken. */
function chunkNames(islands: readonly string[]): string[] {
  const taken = new Set<string>();
  return islands.map((path) => {
    const base = basename(path).replace(/\.[jt]sx?$/, "").replace(/[^\w$]/g, "_") || "island";
    let name = base;
    for (let i = 1; taken.has(name.toLowerCase()); i++) name = `${base}_${i}`;
    taken.add(name.toLowerCase());
    return name;
  });
}

/** Returns the outputs that another one imports, directly or indirectly. */
function staticImports(outputs: esbuild.Metafile["outputs"], output: string): string[] {
  const byName = new Map(Object.entries(outputs).map(([path, value]) => [basename(path), value]));
  const found = new Set<string>();
  const visit = (name: string) => {
    for (const { path, kind } of byName.get(name)?.imports ?? []) {
      const imported = basename(path);
      if (kind !== "import-statement" || found.has(imported)) continue;
      found.add(imported);
      visit(imported);
    }
  };
  visit(output);
  return [...found];
}
