import type { BuildCache, FileRoute } from "../build_cache.ts";
import type { Compilation } from "../compilation.ts";
import {
  readAppWrapper,
  readErrorRoute,
  readLayout,
  readMiddlewares,
  readRoute,
} from "./exports.ts";
import { type FileItem, fileItems } from "./names.ts";
import type { Lazy, Route } from "../handlers.ts";
import { segmentsOf } from "../scope.ts";
import { joinPaths } from "../url.ts";

/** A file, and its module if that is loaded at start. */
interface LoadedFile {
  readonly item: FileItem;
  readonly file: FileRoute;
  readonly module: unknown;
}

/** The routes directory, ready to be registered. */
export type LoadedFiles = readonly LoadedFile[];

/**
 * Loads the files that the router depends on: special files, and routes with a `routeOverride`.
 *
 * @throws {SyntaxError} If a file name is not a valid pattern.
 */
export async function loadFileRoutes(buildCache: BuildCache): Promise<LoadedFiles> {
  const files = new Map(buildCache.routes.map((file) => [file.path, file]));
  const loading = fileItems([...files.keys()]).map(async (item) => {
    const file = files.get(item.path)!;
    const module = file.eager || item.kind !== "route" ? await file.load() : undefined;
    return { item, file, module };
  });
  return await Promise.all(loading);
}

/** Registers the files of the routes directory under a prefix. */
export function registerFileRoutes<State>(
  compilation: Compilation<State>,
  files: LoadedFiles,
  prefix: string,
): void {
  for (const file of files) registerFile(compilation, file, prefix);
}

function registerFile<State>(
  compilation: Compilation<State>,
  loaded: LoadedFile,
  prefix: string,
): void {
  const { item, module } = loaded;
  const segments = [...segmentsOf(prefix), ...item.directory];
  const scope = { kind: "directory", segments } as const;
  switch (item.kind) {
    case "app":
      return compilation.appWrapper(readAppWrapper<State>(item.path, module));
    case "middleware":
      return compilation.use(scope, readMiddlewares<State>(item.path, module));
    case "layout": {
      const { component, config } = readLayout<State>(item.path, module);
      return compilation.layout(scope, component, config);
    }
    case "error":
      return compilation.onError(scope, readErrorRoute<State>(item.path, module));
    case "notFound":
      return compilation.notFound(readErrorRoute<State>(item.path, module));
    case "route":
      return registerRoute(compilation, loaded, prefix, segments);
  }
}

function registerRoute<State>(
  compilation: Compilation<State>,
  { item, file, module }: LoadedFile,
  prefix: string,
  directory: readonly string[],
): void {
  const route: Route<State> | Lazy<Route<State>> = module === undefined
    ? async () => readRoute<State>(item.path, await file.load())
    : readRoute<State>(item.path, module);
  const override = typeof route === "function" ? undefined : route.config?.routeOverride;
  const pattern = joinPaths(prefix, override ?? item.pattern);
  compilation.route(pattern, route, {}, { url: segmentsOf(pattern), directory });
}
