import type { BuildCache } from "../build_cache.ts";
import { PageIslands } from "../islands/page_islands.ts";
import { HeadEntries } from "./head_entries.ts";
import type { Nonce } from "./nonce.ts";
import type { Contexts } from "../preact_internals.ts";

/** What the passes over one page share. Each render has its own, so that renders may interleave. */
export class PageState {
  /** Absent where the application has no islands: then no component pays for looking. */
  readonly islands: PageIslands | undefined;
  /** What `<Head>` asked for so far. */
  readonly head = new HeadEntries();
  /** What is in the `<head>` that a component wrote, and the contexts around: written last. */
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
