import type { BuildCache, Island, IslandComponent } from "../build_cache.ts";
import { type EncodedProps, encodeProps, escapedJson } from "./encode.ts";
import { type PageScripts, pageScripts } from "./page_scripts.ts";
import type { SlotCounter, SplitProps } from "./slots.ts";
import type { Nonce } from "../render/nonce.ts";
import { type IslandRecord, PAYLOAD_ID } from "./wire.ts";

/** The islands of one page: they are noted while it is written, then they write their own part of the document. */
export interface PageIslands extends SlotCounter {
  /** The island that a component is, if it is one. */
  find(component: unknown): Island | undefined;
  /** Notes an island that the browser will hydrate, and numbers it. */
  addRoot(island: Island, plain: SplitProps["plain"], slots: SplitProps["slots"]): number;
  /** The slots that their islands have shown. */
  readonly shownSlots: Set<number>;
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

/** The islands of a page that is about to be written. */
export function createPageIslands(buildCache: BuildCache, basePath: string): PageIslands {
  return new Collector(buildCache, basePath);
}

class Collector implements PageIslands {
  readonly #buildCache: BuildCache;
  readonly #basePath: string;
  readonly #roots: Root[] = [];
  /** The chunks of the islands, each once. */
  readonly #chunks: string[] = [];
  #slotCount = 0;
  #shownSlots: Set<number> | undefined;
  #encoded: EncodedProps | undefined;
  #pageScripts: PageScripts | undefined;

  constructor(buildCache: BuildCache, basePath: string) {
    this.#buildCache = buildCache;
    this.#basePath = basePath;
  }

  /** Most pages have no slots. */
  get shownSlots(): Set<number> {
    return this.#shownSlots ??= new Set();
  }

  find(component: unknown): Island | undefined {
    return this.#buildCache.islands.get(component as IslandComponent);
  }

  addRoot(island: Island, plain: SplitProps["plain"], slots: SplitProps["slots"]): number {
    const numbers: Record<string, number> = {};
    for (const name in slots) numbers[name] = slots[name]!.props.number;
    if (!this.#chunks.includes(island.chunk)) this.#chunks.push(island.chunk);
    return this.#roots.push({ island, props: plain, slots: numbers }) - 1;
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
    const { payload } = this.#scripts();
    const islands = this.#roots.map(({ island, slots }): IslandRecord => [
      this.#chunks.indexOf(island.chunk),
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
    return this.#pageScripts ??= pageScripts(
      this.#buildCache,
      this.#basePath,
      this.#chunks,
      this.#props().rich,
    );
  }
}
