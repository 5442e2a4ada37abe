import { brotliCompressSync } from "node:zlib";
import type { Page, Request } from "playwright-core";

/** Bytes of the bodies that a page loads. Files count compressed, as they are sent. */
export interface PageWeight {
  readonly script: number;
  readonly style: number;
  /** The document as the application sends it. */
  readonly html: number;
  /** The document as a proxy with Brotli would send it. */
  readonly compressedHtml: number;
  /** Everything, images and fonts too, with the document compressed. */
  readonly total: number;
}

/** Opens a page in Chromium with an empty cache and weighs everything that it loads. */
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
