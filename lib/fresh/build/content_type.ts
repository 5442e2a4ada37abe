import { extname } from "node:path";

const TEXT_TYPES: Record<string, string> = {
  ".html": "text/html",
  ".css": "text/css",
  ".js": "text/javascript",
  ".mjs": "text/javascript",
  ".txt": "text/plain",
  ".md": "text/markdown",
  ".csv": "text/csv",
  ".xml": "text/xml",
  ".json": "application/json",
  ".map": "application/json",
  ".webmanifest": "application/manifest+json",
  ".svg": "image/svg+xml",
};

/** Already compressed, all but the first two. */
const BINARY_TYPES: Record<string, string> = {
  ".wasm": "application/wasm",
  ".ico": "image/vnd.microsoft.icon",
  ".png": "image/png",
  ".jpg": "image/jpeg",
  ".jpeg": "image/jpeg",
  ".gif": "image/gif",
  ".webp": "image/webp",
  ".avif": "image/avif",
  ".woff": "font/woff",
  ".woff2": "font/woff2",
  ".mp3": "audio/mpeg",
  ".mp4": "video/mp4",
  ".webm": "video/webm",
  ".pdf": "application/pdf",
  ".zip": "application/zip",
};

/** The media type of a file by its extension. */
export function contentTypeOf(path: string): string {
  const extension = extname(path).toLowerCase();
  const text = TEXT_TYPES[extension];
  if (text !== undefined) return `${text}; charset=UTF-8`;
  return BINARY_TYPES[extension] ?? "application/octet-stream";
}

/** Whether compressing files of this type is worth the try. */
export function isCompressible(path: string): boolean {
  const extension = extname(path).toLowerCase();
  return extension in TEXT_TYPES || extension === ".wasm" || extension === ".ico";
}
