import type { Browser, BrowserContext } from "playwright-core";
import sharp from "sharp";
import { openPage } from "@/tests/kit/chromium.ts";
import { SAMPLE_ADMIN } from "./sample_data.ts";
import type { Scene } from "./scenes.ts";

/** Size and colours of a picture. */
export interface Frame {
  /** In CSS pixels. */
  readonly width: number;
  readonly height: number;
  readonly mode: "light" | "dark";
}

/** A phone, a tablet, a desktop and a very wide screen, each in both colour modes. */
export const FRAMES: readonly Frame[] = [[360, 780], [768, 1024], [1440, 900], [2560, 1440]]
  .flatMap((
    [width = 0, height = 0],
  ) => (["light", "dark"] as const).map((mode) => ({ width, height, mode })));

type Cookies = Awaited<ReturnType<BrowserContext["cookies"]>>;

/** Takes pictures of a running application through its pages. */
export class Camera {
  #session: Promise<Cookies> | undefined;

  constructor(private readonly browser: Browser, private readonly origin: string) {}

  /**
   * Takes a picture of a scene as PNG.
   *
   * @throws {Error} if the application fails to show it.
   */
  async take(scene: Scene, frame: Frame, fullPage: boolean): Promise<Uint8Array> {
    const { width, height, mode: colorScheme } = frame;
    await using shown = await openPage(this.browser, {
      baseURL: this.origin,
      viewport: { width, height },
      colorScheme,
    });
    const { page, context } = shown;
    if (scene.as === "admin") await context.addCookies(await (this.#session ??= this.#signIn()));
    // Wait for the islands, so that a click reaches them and not the link below.
    const response = await page.goto(scene.path, { waitUntil: "networkidle" });
    if (!response || response.status() >= 500) {
      throw new Error(`${scene.path} answers ${response?.status()}`);
    }
    await scene.prepare?.(page);
    return await page.screenshot({ fullPage, animations: "disabled" });
  }

  async #signIn(): Promise<Cookies> {
    await using shown = await openPage(this.browser, { baseURL: this.origin });
    const { page, context } = shown;
    await page.goto("/login");
    await page.getByLabel("Username").fill(SAMPLE_ADMIN.username);
    await page.getByLabel("Password").fill(SAMPLE_ADMIN.password);
    await page.getByRole("button", { name: "Sign in" }).click();
    await page.waitForURL("/admin");
    return await context.cookies();
  }
}

/** Reduces a picture to a few hundred colours, which makes it a third as large. */
export function compress(png: Uint8Array): Promise<Uint8Array> {
  return sharp(png).png({ palette: true, effort: 10, compressionLevel: 9 }).toBuffer();
}
