import { createHash } from "node:crypto";
import { promisify } from "node:util";
import { brotliCompress, gzip } from "node:zlib";
import { lookup } from "mrmime";
import type { Encoding } from "../build_cache.ts";
import type { FileRecord } from "./snapshot.ts";

type Bytes = Uint8Array<ArrayBuffer>;

const TEXT = /^text\/|[/+](?:json|xml)$/;
/** Types beyond {@link TEXT} that compress well. */
const COMPRESSIBLE: ReadonlySet<string> = new Set(["application/wasm", "image/vnd.microsoft.icon"]);
const ICON = /\.ico$/i;

/** Returns the media type of a file by its extension, with charset if it is text. */
export function contentTypeOf(path: string): string {
  const type = ICON.test(path) ? "image/vnd.microsoft.icon" : lookup(path);
  if (type === undefined) return "application/octet-stream";
  return TEXT.test(type) ? `${type}; charset=UTF-8` : type;
}

/** Describes a file by its URL path and its bytes. */
export function describeFile(
  path: string,
  content: Bytes,
  immutable: boolean,
  encodings: readonly Encoding[],
): FileRecord {
  const hash = createHash("sha256").update(content).digest("hex").slice(0, 32);
  return { contentType: contentTypeOf(path), hash, immutable, encodings };
}

const compressors = { br: promisify(brotliCompress), gzip: promisify(gzip) };

/** Returns a file in the encodings that are worth storing, best first. */
export async function encodeFile(path: string, content: Bytes): Promise<Map<Encoding, Bytes>> {
  const encoded = new Map<Encoding, Bytes>();
  const type = contentTypeOf(path);
  if (type.endsWith("charset=UTF-8") || COMPRESSIBLE.has(type)) {
    for (const encoding of ["br", "gzip"] as const) {
      const compressed = new Uint8Array(await compressors[encoding](content));
      if (compressed.length < content.length) encoded.set(encoding, compressed);
    }
  }
  return encoded.set("identity", content);
}
