import type { BuildCache, Island, IslandComponent } from "../build_cache.ts";
import type { Nonce } from "../render/nonce.ts";
import { encodePayload } from "./encode.ts";
import { type SplitProps, splitProps } from "./slots.ts";
import { type IslandRecord, PAYLOAD_ID } from "./wire.ts";

/** Collects the islands of one page while it is written, then writes what they add to the document. */
export class PageIslands {
  /** The slots that the islands have shown. */
  readonly shownSlots = new Set<number>();
  readonly #buildCache: BuildCache;
  readonly #basePath: string;
  readonly #records: IslandRecord[] = [];
  readonly #names: string[] = [];
  /** The first island of each chunk, by chunk. */
  readonly #loaded = new Map<string, Island>();
  #slotCount = 0;

  constructor(buildCache: BuildCache, basePath: string) {
    this.#buildCache = buildCache;
    this.#basePath = encodeURI(basePath);
  }

  /** Returns the island that a component is, if it is one. */
  find(component: unknown): Island | undefined {
    return this.#buildCache.islands.get(component as IslandComponent);
  }

  /** Adds an island that the browser will hydrate. */
  add(island: Island, props: Record<string, unknown>): SplitProps & { readonly number: number } {
    const { plain, slots } = splitProps(props, () => this.#slotCount++);
    const numbers: Record<string, number> = {};
    for (const name in slots) numbers[name] = slots[name]!.props.number;
    if (!this.#loaded.has(island.chunk)) this.#loaded.set(island.chunk, island);
    const chunk = [...this.#loaded.keys()].indexOf(island.chunk);
    this.#names.push(island.name);
    const number = this.#records.push([chunk, island.exportName, numbers, plain]) - 1;
    return { number, plain, slots };
  }

  /** Returns the HTML for the end of the body: the payload and the boot script, or nothing on a page without islands. */
  html(nonce: Nonce): string {
    if (this.#records.length === 0) return "";
    const chunks = [...this.#loaded.keys()].map(this.#url);
    const payload = encodePayload({ chunks, islands: this.#records }, this.#names);
    return `<script type="application/json" id="${PAYLOAD_ID}">${payload}</script>` +
      `<script type="module" src="${this.#url(this.#buildCache.boot.chunk)}" ` +
      `nonce="${nonce.value}"></script>`;
  }

  /** Returns the `Link` header, by which the browser fetches all scripts in one round. */
  link(): string | undefined {
    if (this.#records.length === 0) return undefined;
    const modules = [this.#buildCache.boot, ...this.#loaded.values()];
    const all = new Set(modules.flatMap(({ chunk, imports }) => [chunk, ...imports]));
    return [...all].map((chunk) => `<${this.#url(chunk)}>; rel="modulepreload"; as="script"`)
      .join(", ");
  }

  #url = (chunk: string): string => this.#basePath + chunk;
}
