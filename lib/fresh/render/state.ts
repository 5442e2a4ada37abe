import type { ComponentChildren, VNode } from "preact";
import type { BuildCache } from "../build_cache.ts";
import { createPageIslands, type PageIslands } from "../islands/page_islands.ts";
import { HeadEntries } from "./head_entries.ts";
import type { Nonce } from "./nonce.ts";

/** Everything one render of one page collects; a fresh one for each render, so that renders may interleave. */
export class RenderState {
  /** Absent where the application has no islands: then no component pays for looking. */
  readonly islands: PageIslands | undefined;
  /** What `<Head>` asked for so far. */
  readonly head = new HeadEntries();
  /** Which parts of the document the components wrote themselves. */
  readonly wrote = { html: false, head: false, body: false };
  /** How many `<Head>`s are around the node being rendered. */
  headDepth = 0;
  /** The children of the `<head>` that a component wrote: rendered last. */
  headContent: ComponentChildren = undefined;
  /** The contexts around that `<head>`. */
  headContext: object = {};
  /** Whether {@link headContent} is being rendered. */
  inHeadContent = false;
  readonly #rewritten: { vnode: VNode; type: VNode["type"]; props: VNode["props"] }[] = [];

  constructor(
    readonly buildCache: BuildCache | undefined,
    basePath: string,
    readonly nonce: Nonce,
  ) {
    if (buildCache !== undefined && buildCache.islands.size > 0) {
      this.islands = createPageIslands(buildCache, basePath);
    }
  }

  /** Renders something else in place of a vnode, for the time of this render. */
  rewrite(vnode: VNode, type: VNode["type"], props: object): void {
    this.#rewritten.push({ vnode, type: vnode.type, props: vnode.props });
    vnode.type = type;
    vnode.props = props as VNode["props"];
  }

  /** Undoes {@link rewrite}: an application may keep a vnode in a constant and render it again. */
  restore(): void {
    // Backwards: a vnode that was rewritten twice ends as it began.
    for (const { vnode, type, props } of this.#rewritten.reverse()) {
      vnode.type = type;
      vnode.props = props;
    }
    this.#rewritten.length = 0;
  }
}

let current: RenderState | undefined;

/** The state of the render that is running right now; `undefined` outside of one. */
export function currentRender(): RenderState | undefined {
  return current;
}

/**
 * Runs `render` with `state` as the current one. Preact's option hooks are global, so the state is only current during
 * the synchronous render: nothing can interleave with it.
 */
export function withRender(state: RenderState, render: () => string): string {
  const outer = current;
  current = state;
  try {
    return render();
  } finally {
    current = outer;
    state.restore();
  }
}
