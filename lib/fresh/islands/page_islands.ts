import type { VNode } from "preact";
import type { BuildCache, Island, IslandComponent } from "../build_cache.ts";
import { putBoundaryAround, type SlotRegistry } from "./boundary.ts";
import { type EncodedProps, encodeProps, escapedJson } from "./encode.ts";
import { type PageScripts, pageScripts } from "./page_scripts.ts";
import type { Nonce } from "../render/nonce.ts";
import { type IslandRecord, PAYLOAD_ID } from "./wire.ts";

/**
 * What the renderer asks of the islands of one page. A page is rendered in up to two synchronous passes (layouts and
 * page, then the app wrapper); one object sees both, then writes its part of the document.
 */
export interface PageIslands {
  /**
   * Called before each component is rendered, inside and outside islands. May replace `type` and `props` of the vnode,
   * but must put them back: a vnode kept in a constant is rendered again for the next request.
   */
  before(vnode: VNode): void;
  /** HTML for the end of the body (payload and boot script); empty when no island was rendered. */
  html(nonce: Nonce): string;
  /** `Link` header that has all scripts fetched in one round; `undefined` when no island was rendered. */
  link(): string | undefined;
}

/** One island on the page that the browser hydrates. */
interface Root {
  readonly island: Island;
  readonly props: Record<string, unknown>;
  readonly slots: Record<string, number>;
}

/** Collects the islands of one page while Preact renders it, and writes what the browser needs to hydrate them. */
export function createPageIslands(buildCache: BuildCache, basePath: string): PageIslands {
  return new Collector(buildCache, basePath);
}

class Collector implements PageIslands, SlotRegistry {
  readonly shownSlots = new Set<number>();
  readonly bounded = new Set<VNode>();
  readonly #buildCache: BuildCache;
  readonly #basePath: string;
  readonly #roots: Root[] = [];
  #slotCount = 0;
  #encoded: EncodedProps | undefined;
  #pageScripts: PageScripts | undefined;

  constructor(buildCache: BuildCache, basePath: string) {
    this.#buildCache = buildCache;
    this.#basePath = basePath;
  }

  before(vnode: VNode): void {
    const island = this.#buildCache.islands.get(vnode.type as IslandComponent);
    if (island !== undefined && !this.bounded.has(vnode)) putBoundaryAround(vnode, island, this);
  }

  addRoot(island: Island, props: Record<string, unknown>, slots: Record<string, number>): number {
    return this.#roots.push({ island, props, slots }) - 1;
  }

  newSlot(): number {
    return this.#slotCount++;
  }

  html(nonce: Nonce): string {
    if (this.#roots.length === 0) return "";
    return `<script type="application/json" id="${PAYLOAD_ID}">${this.#payload()}</script>` +
      `<script type="module" src="${this.#scripts().boot}" nonce="${nonce.value}"></script>`;
  }

  link(): string | undefined {
    return this.#roots.length === 0 ? undefined : this.#scripts().link;
  }

  /** A `Payload`, written piece by piece because most of it is JSON already. */
  #payload(): string {
    const { chunks, payload } = this.#scripts();
    const islands = this.#roots.map(({ island, slots }): IslandRecord => [
      chunks.indexOf(island.chunk),
      island.exportName,
      slots,
    ]);
    return `{${payload},"islands":${escapedJson(islands)},"props":${this.#props().json}}`;
  }

  #props(): EncodedProps {
    return this.#encoded ??= encodeProps(
      this.#roots.map((root) => root.props),
      this.#roots.map((root) => root.island.name),
    );
  }

  #scripts(): PageScripts {
    if (this.#pageScripts === undefined) {
      const chunks = [...new Set(this.#roots.map((root) => root.island.chunk))];
      const { rich } = this.#props();
      this.#pageScripts = pageScripts(this.#buildCache, this.#basePath, chunks, rich);
    }
    return this.#pageScripts;
  }
}
