import type { PictureType } from "@/lib/shared/images.ts";

const PNG_SIGNATURE = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];

/**
 * Detects the type of a picture by its first bytes. The client's name and media type do not count.
 */
export function sniffPictureType(bytes: Uint8Array): PictureType | undefined {
  if (startsWith(bytes, [0xff, 0xd8, 0xff])) return "image/jpeg";
  if (startsWith(bytes, PNG_SIGNATURE)) return "image/png";
  if (ascii(bytes, 0, 4) === "RIFF" && ascii(bytes, 8, 12) === "WEBP") return "image/webp";
  return undefined;
}

/**
 * Whether a document, an archive or a program begins right after the picture. Encoding would drop
 * it anyway, but such a file was made to deceive. Other bytes after the picture are allowed,
 * because many phones append a short film or other data.
 */
export function isPolyglot(bytes: Uint8Array, type: PictureType): boolean {
  const rest = bytes.subarray(endOf[type](bytes));
  const start = ascii(rest, 0, 64).trimStart();
  return /^<[a-z!?%]/i.test(start) ||
    ["PK\x03\x04", "%PDF", "#!/", "MZ\x90", "\x7fELF", "Rar!", "7z\xbc\xaf"]
      .some((magic) => start.startsWith(magic));
}

/** Returns the end of the picture in bytes, or the length of the file if it has no end. */
const endOf: Record<PictureType, (bytes: Uint8Array) => number> = {
  "image/jpeg": endOfJpeg,
  "image/png": endOfPng,
  "image/webp": (bytes) => 8 + view(bytes).getUint32(4, true),
};

/** The name of a PNG's last chunk, as a number. */
const IEND = 0x49454e44;

/** @see https://www.w3.org/TR/png-3/#5Chunk-layout */
function endOfPng(bytes: Uint8Array): number {
  // A file can have hundreds of thousands of empty chunks, so allocate nothing per chunk.
  const data = view(bytes);
  let offset = PNG_SIGNATURE.length;
  while (offset + 12 <= bytes.length) {
    const isEnd = data.getUint32(offset + 4) === IEND;
    offset += 12 + data.getUint32(offset);
    if (isEnd) return offset;
  }
  return bytes.length;
}

/** @see https://www.w3.org/Graphics/JPEG/itu-t81.pdf, B.1.1 */
function endOfJpeg(bytes: Uint8Array): number {
  const data = view(bytes);
  let offset = 2;
  while (offset + 4 <= bytes.length) {
    const marker = bytes[offset + 1]!;
    if (bytes[offset] !== 0xff || isInsideScan(marker)) {
      offset++;
      continue;
    }
    if (marker === 0xd9) return offset + 2;
    offset += 2 + data.getUint16(offset + 2);
  }
  return bytes.length;
}

/** Stuffed zeros, fill bytes and restart markers belong to the data of a scan. */
function isInsideScan(marker: number): boolean {
  return marker === 0x00 || marker === 0xff || (marker >= 0xd0 && marker <= 0xd7);
}

function view(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

function startsWith(bytes: Uint8Array, start: readonly number[]): boolean {
  return start.every((byte, index) => bytes[index] === byte);
}

function ascii(bytes: Uint8Array, start: number, end: number): string {
  return String.fromCharCode(...bytes.subarray(start, end));
}
