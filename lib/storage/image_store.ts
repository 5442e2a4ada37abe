import { createHash } from "node:crypto";
import { THUMBNAIL_PIXELS } from "@/lib/shared/images.ts";

/** A stored file: `KEY.webp` or `KEY-96.webp`, where KEY is the SHA-256 of the large one. */
export interface ImageFile {
  readonly name: string;
  readonly bytes: Uint8Array;
}

/** What a store tells of a file without reading it. */
export interface StoredImage {
  /** With `.part` behind it where a transfer was not finished. */
  readonly name: string;
  /** Bytes. */
  readonly size: number;
}

/**
 * Where images are kept.
 *
 * Every method but `close` throws a {@linkcode StoreUnavailableError} when the store does not work
 * just now, and a `TypeError` for a name that is none of ours.
 */
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
  /** When a file was stored, or `undefined` where the store does not know. */
  modifiedAt(name: string): Promise<Date | undefined>;
  /** Resolves if the store works. */
  check(): Promise<void>;
  /** Ends connections; the store is not usable afterwards. */
  close(): void;
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

/** The names of both files of an avatar. */
export function imageNames(key: string): [string, string] {
  return [imageName(key, "large"), imageName(key, "small")];
}

/** The key in the name of a whole file, or `undefined` where the name is none of ours. */
export function keyOfName(name: string): string | undefined {
  return /^([0-9a-f]{64})(-96)?\.webp$/.exec(name)?.[1];
}

/**
 * The shard of a file, whole or not.
 *
 * @throws {TypeError} when the name is none of ours, whoever made it up: it becomes part of a path.
 */
export function shardOfName(name: string): string {
  const key = keyOfName(name.replace(/\.part$/, ""));
  if (key === undefined) throw new TypeError(`"${name}" is not the name of an image`);
  return key.slice(0, 2);
}

/**
 * Whether a file is what its name says. The large one has its own hash as its name; the small one
 * can only be seen to be a WebP of the length that its header declares.
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
