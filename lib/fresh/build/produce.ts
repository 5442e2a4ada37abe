import { pathToFileURL } from "node:url";
import type { FileRoute } from "../build_cache.ts";
import { type Bundle, Bundler } from "./bundle.ts";
import { collectStaticFiles, findIslands, findRoutes, type RouteFile } from "./discover.ts";
import { describeFile } from "./file_record.ts";
import { mapSpecifier, readDenoConfig } from "./import_map.ts";
import type { LoadedIslandModule } from "./island_map.ts";
import type { ResolvedBuildConfig } from "./options.ts";
import type { Snapshot } from "./snapshot.ts";
import type { Transformers } from "./transform.ts";

/** A module that exports islands. */
export interface IslandSource {
  /** The path that the bundler resolves: absolute, or a bare specifier. */
  readonly path: string;
  /** The specifier that the server imports: an absolute path, or as it was registered. */
  readonly specifier: string;
}

/** The results of a build, before they go to disk or memory. */
export interface BuildProducts {
  readonly islands: readonly IslandSource[];
  readonly bundle: Bundle;
  readonly routes: readonly RouteFile[];
  /** Content by URL path, without the scripts of the bundle. */
  readonly staticFiles: ReadonlyMap<string, Uint8Array<ArrayBuffer>>;
}

/** Runs all parts of a build once. */
export async function produce(
  config: ResolvedBuildConfig,
  registered: readonly string[],
  transformers: Transformers,
): Promise<BuildProducts> {
  const islands = await findIslandSources(config, registered);
  const [bundle, routes, staticFiles] = await Promise.all([
    bundleOnce(config, islands),
    findRoutes(config),
    collectStaticFiles(config, transformers),
  ]);
  return { islands, bundle, routes, staticFiles };
}

async function bundleOnce(config: ResolvedBuildConfig, islands: readonly IslandSource[]) {
  const bundler = new Bundler(config, islands.map(({ path }) => path));
  try {
    return await bundler.bundle();
  } finally {
    await bundler.close();
  }
}

/** Lists the island modules in the folders of the project, then those that were registered. */
export async function findIslandSources(
  config: ResolvedBuildConfig,
  registered: readonly string[],
): Promise<IslandSource[]> {
  const found = (await findIslands(config)).map((path) => ({ path, specifier: path }));
  const denoConfig = readDenoConfig(config.root);
  const added = registered.map((specifier) => {
    const path = mapSpecifier(denoConfig, specifier);
    return { path, specifier: isFile(path) ? path : specifier };
  });
  return [...found, ...added];
}

/** Loads the island modules on the server. */
export async function loadIslands(
  islands: readonly IslandSource[],
  bundle: Bundle,
): Promise<LoadedIslandModule[]> {
  return await Promise.all(islands.map(async ({ specifier }, i) => ({
    ...bundle.islands[i]!,
    module: await import(isFile(specifier) ? pathToFileURL(specifier).href : specifier),
  })));
}

/** Makes a build that stays in this process, for tests. It compresses nothing. */
export async function memorySnapshot(
  { root, mode, buildId }: ResolvedBuildConfig,
  { islands, bundle, routes, staticFiles }: BuildProducts,
): Promise<Snapshot> {
  const contents = new Map([...staticFiles, ...bundle.files]);
  const records = [...contents].map(([path, content]) => [
    path,
    describeFile(path, content, bundle.files.has(path), ["identity"]),
  ]);
  return {
    root,
    mode,
    buildId,
    boot: bundle.boot,
    islands: await loadIslands(islands, bundle),
    routes: fileRoutes(routes),
    files: Object.fromEntries(records),
    read: (path) => Promise.resolve(contents.get(path)!),
  };
}

/** Makes file routes that import their source files. */
export function fileRoutes(routes: readonly RouteFile[]): FileRoute[] {
  return routes.map(({ file, path, eager }) => ({
    path,
    eager,
    load: () => import(pathToFileURL(file).href),
  }));
}

function isFile(path: string): boolean {
  return path.startsWith("/") || /^[A-Za-z]:[/\\]/.test(path);
}
