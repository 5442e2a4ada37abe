import type { BuildCache } from "../build_cache.ts";
import { PageIslands } from "../islands/page_islands.ts";
import { HeadEntries } from "./head_entries.ts";
import type { Nonce } from "./nonce.ts";
import type { Contexts } from "../preact_internals.ts";

/** The state that the passes over one page share. Each render has its own, so that renders may interleave. */
export class PageState {
  /** Undefined if the application has no islands. */
  readonly islands: PageIslands | undefined;
  /** The elements of every `<Head>` so far. */
  readonly head = new HeadEntries();
  /** The content of `<head>` and the contexts around it. It is written last. */
  headContent: { readonly children: unknown; readonly contexts: Contexts } | undefined = undefined;

  constructor(
    buildCache: BuildCache | undefined,
    basePath: string,
    readonly nonce: Nonce,
  ) {
    if (buildCache !== undefined && buildCache.islands.size > 0) {
      this.islands = new PageIslands(buildCache, basePath);
    }
  }
}
