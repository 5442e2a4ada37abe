/** What runs in production: imports nothing of the compiler. */

import type { App } from "../app.ts";
import type { BuildCache, ClientEntry, Encoding, FileRoute, Mode } from "../build_cache.ts";
import type { ServeHandler } from "../dispatch.ts";
import { serveHandler, setBuildCache } from "../internal.ts";
import { type LoadedIslandModule, mapIslands } from "./island_map.ts";
import { type FileRecord, StoredFile } from "./stored_file.ts";

/** A finished build, on disk or in memory. */
export interface Snapshot {
  readonly root: string;
  readonly mode: Mode;
  readonly buildId: string;
  readonly clientEntry: ClientEntry;
  readonly islands: readonly LoadedIslandModule[];
  readonly routes: readonly FileRoute[];
  /** By URL path. */
  readonly files: Readonly<Record<string, FileRecord>>;
  /** Reads the bytes of one of {@link files}. */
  readonly read: (
    path: string,
    encoding: Encoding,
  ) => Uint8Array<ArrayBuffer> | Promise<Uint8Array<ArrayBuffer>>;
}

/** Makes of a snapshot what applications understand. */
export function createBuildCache(snapshot: Snapshot): BuildCache {
  const { root, mode, buildId, clientEntry, routes, read } = snapshot;
  const files = new Map(
    Object.entries(snapshot.files).map(([path, record]) => [
      path,
      new StoredFile(record, (encoding) => read(path, encoding)),
    ]),
  );
  return {
    root,
    mode,
    buildId,
    clientEntry,
    routes,
    islands: mapIslands(snapshot.islands),
    staticFile: (path) => files.get(path),
  };
}

/** Attaches a snapshot to an application: what the generated `server.js` serves. */
export function serveSnapshot<State>(app: App<State>, snapshot: Snapshot): ServeHandler {
  setBuildCache(app, createBuildCache(snapshot));
  return serveHandler(app);
}
