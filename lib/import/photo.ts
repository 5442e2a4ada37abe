import { base64Bytes, type Cell, postgresBytes } from "./cells.ts";

/** Content of a profile's image column. */
export type Photo =
  | { readonly kind: "none" }
  | { readonly kind: "bytes"; readonly bytes: Uint8Array<ArrayBuffer> }
  /** Name of a file that only the old server has. */
  | { readonly kind: "elsewhere"; readonly path: string };

/** Default picture of every profile there. */
const DEFAULT_PHOTO = /^\/?static\/assets\/img(\/user)?\/avatar-\d+\.(jpg|jpeg|png|webp)$/i;

/** Shorter than any picture, but longer than most paths that happen to be base64. */
const MIN_BASE64_CHARS = 64;

/** Reads an image column: a BLOB, text that encodes bytes, or a path. */
export function findPhoto(cell: Cell): Photo {
  if (cell === null) return { kind: "none" };
  if (!(cell instanceof Uint8Array)) return photoInText(String(cell).trim());
  if (cell.length === 0) return { kind: "none" };
  const within = bytesInText(new TextDecoder().decode(cell).trim());
  return { kind: "bytes", bytes: within ?? cell };
}

function photoInText(text: string): Photo {
  if (text === "" || DEFAULT_PHOTO.test(text)) return { kind: "none" };
  const bytes = bytesInText(text);
  return bytes === undefined ? { kind: "elsewhere", path: text } : { kind: "bytes", bytes };
}

function bytesInText(text: string): Uint8Array<ArrayBuffer> | undefined {
  const data = /^data:[^,]{0,100};base64,/i.exec(text)?.[0];
  if (data !== undefined) return base64Bytes(text.slice(data.length));
  if (text.length < MIN_BASE64_CHARS) return undefined;
  return postgresBytes(text) ?? base64Bytes(text);
}
