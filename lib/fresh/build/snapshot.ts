/** The part of the builder that runs in production. It does not import the compiler. */

import { App } from "../app.ts";
import type {
  BuildCache,
  ClientModule,
  Encoding,
  FileRoute,
  Mode,
  StaticFile,
} from "../build_cache.ts";
import type { FreshHandler } from "../dispatch.ts";
import { type LoadedIslandModule, mapIslands } from "./island_map.ts";

type Bytes = Uint8Array<ArrayBuffer>;

/** What a build knows about a static file besides its bytes. */
export type FileRecord = Omit<StaticFile, "content">;

/** A finished build, on disk or in memory. */
export interface Snapshot {
  readonly root: string;
  readonly mode: Mode;
  readonly buildId: string;
  readonly boot: ClientModule;
  readonly islands: readonly LoadedIslandModule[];
  readonly routes: readonly FileRoute[];
  /** By URL path. */
  readonly files: Readonly<Record<string, FileRecord>>;
  /** Reads the bytes of one of {@link files}. */
  readonly read: (path: string, encoding: Encoding) => Promise<Bytes>;
}

/** Turns a snapshot into what an application understands. */
export function createBuildCache({ files, islands, read, ...build }: Snapshot): BuildCache {
  const storedFiles = new Map(
    Object.entries(files).map(([path, record]) => [
      path,
      storedFile(record, (encoding) => read(path, encoding)),
    ]),
  );
  return {
    ...build,
    islands: mapIslands(islands),
    staticFile: (path) => storedFiles.get(path),
  };
}

/** Makes a static file whose content is read at the first request and then kept. */
export function storedFile(
  record: FileRecord,
  read: (encoding: Encoding) => Promise<Bytes>,
): StaticFile {
  const contents = new Map<Encoding, Promise<Bytes>>();
  return {
    ...record,
    content(encoding) {
      let content = contents.get(encoding);
      if (content === undefined) {
        content = read(encoding);
        contents.set(encoding, content);
        // After a failure, the next request reads again.
        content.catch(() => contents.delete(encoding));
      }
      return content;
    },
  };
}

/** Attaches a snapshot to an application. The generated `server.js` serves the result. */
export function serveSnapshot<State>(app: App<State>, snapshot: Snapshot): FreshHandler {
  App.attach(app, createBuildCache(snapshot));
  return app.handler();
}
