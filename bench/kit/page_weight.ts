import type { Page, Request } from "playwright-core";

/** Bytes of the bodies that a page loads, compressed as they come. */
export interface PageWeight {
  readonly script: number;
  readonly style: number;
  /** The document, images and fonts too. */
  readonly total: number;
}

/** Opens a page in Chromium with an empty cache, and weighs all that it loads by itself. */
export async function weighPage(page: Page, path: string): Promise<PageWeight> {
  const requests: Request[] = [];
  page.on("requestfinished", (request) => requests.push(request));
  await page.goto(path, { waitUntil: "networkidle" });
  const bodies = await Promise.all(requests.map(async (request) => ({
    type: request.resourceType(),
    bytes: (await request.sizes()).responseBodySize,
  })));
  const sum = (type?: string) =>
    bodies.filter((body) => type === undefined || body.type === type)
      .reduce((bytes, body) => bytes + body.bytes, 0);
  return { script: sum("script"), style: sum("stylesheet"), total: sum() };
}
