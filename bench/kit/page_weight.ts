import { brotliCompressSync } from "node:zlib";
import type { Page, Request } from "playwright-core";

/** Bytes of the bodies that a page loads: files compressed as they come. */
export interface PageWeight {
  readonly script: number;
  readonly style: number;
  /** The document, which the application sends as it is. */
  readonly html: number;
  /** The document as a proxy with Brotli would send it. */
  readonly compressedHtml: number;
  /** Everything, images and fonts too, with the document compressed. */
  readonly total: number;
}

/** Opens a page in Chromium with an empty cache, and weighs all that it loads by itself. */
export async function weighPage(page: Page, path: string): Promise<PageWeight> {
  const requests: Request[] = [];
  page.on("requestfinished", (request) => requests.push(request));
  const document = await page.goto(path, { waitUntil: "networkidle" });
  const html = await document!.body();
  const compressedHtml = brotliCompressSync(html).byteLength;
  const files = await Promise.all(
    requests.filter((request) => request.resourceType() !== "document").map(weighFile),
  );
  const sum = (type?: string) =>
    files.filter((file) => type === undefined || file.type === type)
      .reduce((bytes, file) => bytes + file.bytes, 0);
  return {
    script: sum("script"),
    style: sum("stylesheet"),
    html: html.byteLength,
    compressedHtml,
    total: sum() + compressedHtml,
  };
}

async function weighFile(request: Request) {
  return { type: request.resourceType(), bytes: (await request.sizes()).responseBodySize };
}
