import { LRUCache } from "lru-cache";
import type { ImageFile } from "@/lib/storage/image_store.ts";

/** Memory that cached files may take in one process: some 2,000 large and small avatars. */
const MAX_CACHED_BYTES = 64 * 1024 * 1024;

/** How long a file is served without checking that it still exists. */
const FRESH_MS = 60 * 60 * 1000;

/** Options of a cache. */
export interface ImageCacheOptions {
  /** How long a file is served without loading it again, in milliseconds. */
  readonly freshMs?: number;
  /** Channel to the caches of the other workers of this process. */
  readonly siblings?: BroadcastChannel;
}

/** Keeps requested files in memory while they fit. */
export class ImageCache {
  readonly #files: LRUCache<string, Uint8Array<ArrayBuffer>>;
  readonly #siblings: BroadcastChannel | undefined;

  /** @param load fetches a file; simultaneous requests share one call */
  constructor(
    load: (name: string) => Promise<Uint8Array | undefined>,
    { freshMs = FRESH_MS, siblings }: ImageCacheOptions = {},
  ) {
    this.#files = new LRUCache({
      maxSize: MAX_CACHED_BYTES,
      sizeCalculation: (bytes) => Math.max(1, bytes.byteLength),
      ttl: freshMs,
      fetchMethod: async (name) => ownBytes(await load(name)),
      noDeleteOnFetchRejection: true,
      noDeleteOnStaleGet: true,
    });
    this.#siblings = siblings;
    siblings?.addEventListener("message", ({ data }) => this.#keep(data));
  }

  /**
   * Returns the bytes of a file, or `undefined` if it does not exist.
   *
   * @throws errors of loading, unless an older copy is cached.
   */
  async get(name: string): Promise<Uint8Array<ArrayBuffer> | undefined> {
    try {
      return await this.#files.fetch(name);
    } catch (error) {
      // An old copy is still right: a name always has the same content.
      const copy = this.#files.get(name, { allowStale: true });
      if (copy === undefined) throw error;
      return copy;
    }
  }

  /**
   * Caches files that were just stored, in all workers, so that they can serve them if the FTP
   * server goes down.
   */
  remember(files: readonly ImageFile[]): void {
    this.#keep(files);
    this.#siblings?.postMessage(files);
  }

  #keep(files: readonly ImageFile[]): void {
    for (const { name, bytes } of files) this.#files.set(name, new Uint8Array(bytes));
  }
}

/** Copies the bytes: drivers return parts of larger buffers, which the cache would keep alive. */
function ownBytes(bytes: Uint8Array | undefined): Uint8Array<ArrayBuffer> | undefined {
  return bytes && new Uint8Array(bytes);
}
