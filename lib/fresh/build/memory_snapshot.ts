import { describeFile } from "./file_record.ts";
import type { ResolvedBuildConfig } from "./options.ts";
import { type BuildProducts, fileRoutes, loadIslands } from "./produce.ts";
import type { Snapshot } from "./snapshot.ts";

/** A build that stays in this process, for tests. Nothing is compressed. */
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
