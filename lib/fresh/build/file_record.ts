import { createHash } from "node:crypto";
import { promisify } from "node:util";
import { brotliCompress, gzip } from "node:zlib";
import type { Encoding } from "../build_cache.ts";
import { contentTypeOf, isCompressible } from "./content_type.ts";
import type { FileRecord } from "./stored_file.ts";

type Bytes = Uint8Array<ArrayBuffer>;

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

/** The codings of a file that are worth storing, best first. */
export async function encodeFile(path: string, content: Bytes): Promise<Map<Encoding, Bytes>> {
  const encoded = new Map<Encoding, Bytes>();
  if (isCompressible(path)) {
    for (const encoding of ["br", "gzip"] as const) {
      const compressed = new Uint8Array(await compressors[encoding](content));
      if (compressed.length < content.length) encoded.set(encoding, compressed);
    }
  }
  return encoded.set("identity", content);
}
