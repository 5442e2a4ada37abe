import { createHash } from "node:crypto";
import { THUMBNAIL_PIXELS } from "@/lib/shared/images.ts";

/** A stored file: `KEY.webp` or `KEY-96.webp`, where KEY is the SHA-256 of the large one. */
export interface ImageFile {
  readonly name: string;
  readonly bytes: Uint8Array;
}

/** A file's properties without its content. */
export interface StoredImage {
  /** Ends with `.part` if a transfer was not finished. */
  readonly name: string;
  /** Bytes. */
  readonly size: number;
}

/**
 * A store of images.
 *
 * Every method except `close` throws a {@linkcode StoreUnavailableError} if the store does not
 * work, and a `TypeError` for a name that is not ours.
 */
export interface ImageStore {
  /** Stores a file under its name. A complete existing file stays untouched. */
  put(file: ImageFile): Promise<void>;
  /** Returns the bytes of a file, or `undefined` if it does not exist. */
  get(name: string): Promise<Uint8Array | undefined>;
  /** Removes a file, if it exists. */
  delete(name: string): Promise<void>;
  /**
   * Lists the files of one shard, the first two hex digits of their keys, so that a million files
   * never need to be in memory.
   */
  list(shard: string): Promise<StoredImage[]>;
  /** Returns when a file was stored, or `undefined` if the store does not know. */
  modifiedAt(name: string): Promise<Date | undefined>;
  /** Resolves if the store works. */
  check(): Promise<void>;
  /** Closes connections. The store cannot be used afterwards. */
  close(): void;
}

/** The store is unreachable or does not work. Trying later may help. */
export class StoreUnavailableError extends Error {
  override readonly name = "StoreUnavailableError";
}

/** Largest file that a store returns, in bytes. Ours are far smaller. */
export const MAX_STORED_BYTES = 2 * 1024 * 1024;

/** Every shard, `00` to `ff`. */
export const SHARDS: readonly string[] = Array.from(
  { length: 256 },
  (_, index) => index.toString(16).padStart(2, "0"),
);

/** Returns the file name of the large or small version of an avatar. */
export function imageName(key: string, version: "large" | "small"): string {
  return version === "large" ? `${key}.webp` : `${key}-${THUMBNAIL_PIXELS}.webp`;
}

/** Returns the names of both files of an avatar. */
export function imageNames(key: string): [string, string] {
  return [imageName(key, "large"), imageName(key, "small")];
}

/** Returns the key in the name of a complete file, or `undefined` if the name is not ours. */
export function keyOfName(name: string): string | undefined {
  return /^([0-9a-f]{64})(-96)?\.webp$/.exec(name)?.[1];
}

/**
 * Returns the shard of a file, complete or partial.
 *
 * @throws {TypeError} if the name is not ours, because it becomes part of a path.
 */
export function shardOfName(name: string): string {
  const key = keyOfName(name.replace(/\.part$/, ""));
  if (key === undefined) throw new TypeError(`"${name}" is not the name of an image`);
  return key.slice(0, 2);
}

/**
 * Whether a file matches its name. The large file's name is its hash. The small one can only be
 * checked to be a WebP of the length in its header.
 */
export function isIntact({ name, bytes }: ImageFile): boolean {
  const isSmall = name === imageName(keyOfName(name) ?? "", "small");
  if (isSmall) return isWholeWebp(bytes);
  return createHash("sha256").update(bytes).digest("hex") === keyOfName(name);
}

/** @see https://developers.google.com/speed/webp/docs/riff_container */
function isWholeWebp(bytes: Uint8Array): boolean {
  if (bytes.byteLength < 12) return false;
  const header = new DataView(bytes.buffer, bytes.byteOffset, 12);
  const RIFF = 0x52494646;
  const WEBP = 0x57454250;
  return header.getUint32(0) === RIFF && header.getUint32(8) === WEBP &&
    header.getUint32(4, true) + 8 === bytes.byteLength;
}
