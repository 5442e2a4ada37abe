import { THUMBNAIL_PIXELS } from "@/lib/shared/images.ts";

/** A stored file: `KEY.webp` or `KEY-96.webp`, where KEY is the SHA-256 of the large one. */
export interface ImageFile {
  readonly name: string;
  readonly bytes: Uint8Array;
}

/** What a store knows of a file without reading it. */
export interface StoredImage {
  readonly name: string;
  /** Bytes. */
  readonly size: number;
  /** `undefined` where the store does not tell. */
  readonly modifiedAt: Date | undefined;
}

/** Where images are kept. Every name is checked against the one pattern before it is used. */
export interface ImageStore {
  /** Stores a file under its name; one that is there already, in full, stays untouched. */
  put(file: ImageFile): Promise<void>;
  /** The bytes of a file, or `undefined` where there is none. */
  get(name: string): Promise<Uint8Array | undefined>;
  /** Removes a file; one that is not there is no fault. */
  delete(name: string): Promise<void>;
  /**
   * The files of one shard, which is the first two hex digits of their keys: so that a million of
   * them never has to be held at once.
   */
  list(shard: string): Promise<StoredImage[]>;
  /** Ends connections; the store is not usable afterwards. */
  close(): Promise<void>;
}

/** The store cannot be reached or does not work just now; trying later may help. */
export class StoreUnavailableError extends Error {
  override readonly name = "StoreUnavailableError";
}

/** Largest file that a store gives back, in bytes; ours are far smaller. */
export const MAX_STORED_BYTES = 2 * 1024 * 1024;

/** Every shard, `00` to `ff`. */
export const SHARDS: readonly string[] = Array.from(
  { length: 256 },
  (_, index) => index.toString(16).padStart(2, "0"),
);

/** The file name of the large or small version of an avatar. */
export function imageName(key: string, version: "large" | "small"): string {
  return version === "large" ? `${key}.webp` : `${key}-${THUMBNAIL_PIXELS}.webp`;
}

/** The key in a file's name, or `undefined` where the name is none of ours. */
export function keyOfName(name: string): string | undefined {
  return /^([0-9a-f]{64})(-96)?\.webp$/.exec(name)?.[1];
}

/**
 * The shard of a file's name.
 *
 * @throws {TypeError} when the name is none of ours, whoever made it up: it becomes part of a path.
 */
export function shardOfName(name: string): string {
  const key = keyOfName(name);
  if (key === undefined) throw new TypeError(`"${name}" is not the name of an image`);
  return key.slice(0, 2);
}
