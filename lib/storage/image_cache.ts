import { LRUCache } from "lru-cache";
import type { ImageFile } from "@/lib/storage/image_store.ts";

/** Memory that cached files may take in one process: some 2,000 large and small avatars. */
const MAX_CACHED_BYTES = 64 * 1024 * 1024;

/** So long a file is served without asking whether it is still there. */
const FRESH_MS = 60 * 60 * 1000;

/** What a cache may be told besides. */
export interface ImageCacheOptions {
  /** How long a file is served without loading it again, in milliseconds. */
  readonly freshMs?: number;
  /** Leads to the caches of the other workers of this process. */
  readonly siblings?: BroadcastChannel;
}

/** Keeps the files in memory that are asked for, as long as they fit. */
export class ImageCache {
  readonly #files: LRUCache<string, Uint8Array<ArrayBuffer>>;
  readonly #siblings: BroadcastChannel | undefined;

  /** @param load fetches a file; many who ask for it at the same time wait for one call */
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
   * The bytes of a file, or `undefined` where there is none.
   *
   * @throws what loading throws, unless an older copy is at hand.
   */
  async get(name: string): Promise<Uint8Array<ArrayBuffer> | undefined> {
    try {
      return await this.#files.fetch(name);
    } catch (error) {
      // An old copy is as good as ever: a name has but one content.
      const copy = this.#files.get(name, { allowStale: true });
      if (copy === undefined) throw error;
      return copy;
    }
  }

  /**
   * Keeps files that were just stored, in all workers: once they are on the FTP server alone, and
   * that goes down, each worker goes on serving them.
   */
  remember(files: readonly ImageFile[]): void {
    this.#keep(files);
    this.#siblings?.postMessage(files);
  }

  #keep(files: readonly ImageFile[]): void {
    for (const { name, bytes } of files) this.#files.set(name, new Uint8Array(bytes));
  }
}

/** A copy: drivers hand out parts of larger buffers, which the cache would keep alive. */
function ownBytes(bytes: Uint8Array | undefined): Uint8Array<ArrayBuffer> | undefined {
  return bytes && new Uint8Array(bytes);
}
