import {
  type Browser,
  type BrowserContext,
  chromium as playwright,
  type ConsoleMessage,
  type Page,
} from "playwright-core";
import { chromium } from "./programs.ts";

/** What a page of a test is shown as; light, with JavaScript and 1440 x 900 pixels if left out. */
export interface PageOptions {
  readonly javaScriptEnabled?: boolean;
  readonly colorScheme?: "light" | "dark";
  /** In CSS pixels. */
  readonly viewport?: { readonly width: number; readonly height: number };
  /** Lets {@linkcode findA11yFaults} put its script into the page. */
  readonly bypassCSP?: boolean;
  /** What relative addresses given to `goto` are relative to. */
  readonly baseURL?: string;
  readonly userAgent?: string;
  /** UTC if left out. */
  readonly timezoneId?: string;
}

/** Without them the browser would look for its maker's hosts at each start. */
const FLAGS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

const DEFAULT_VIEWPORT = { width: 1440, height: 900 };

/**
 * Starts a headless Chromium with a profile of its own.
 *
 * @throws {Error} if Chromium is not installed.
 */
export async function launchChromium(): Promise<Browser> {
  const executablePath = chromium.find();
  if (!executablePath) throw new Error("Chromium is not installed");
  return await playwright.launch({ executablePath, args: FLAGS });
}

/** A new profile with one page; what goes wrong in its scripts is collected in `faults`. */
export interface TestPage extends AsyncDisposable {
  readonly page: Page;
  readonly context: BrowserContext;
  /** Uncaught errors, console errors and refused resources, in order. */
  readonly faults: string[];
}

/** Opens a page in a profile of its own: no cookies, no cache. */
export async function openPage(browser: Browser, options: PageOptions = {}): Promise<TestPage> {
  const context = await browser.newContext({
    viewport: DEFAULT_VIEWPORT,
    locale: "en-GB",
    timezoneId: "UTC",
    reducedMotion: "reduce",
    ...options,
  });
  const faults: string[] = [];
  context.on("weberror", (event) => faults.push(String(event.error())));
  context.on("console", (message) => {
    if (message.type() === "error" || message.type() === "warning") faults.push(describe(message));
  });
  return {
    context,
    page: await context.newPage(),
    faults,
    [Symbol.asyncDispose]: () => context.close(),
  };
}

/** "Failed to load resource" is of no use without the address. */
function describe(message: ConsoleMessage): string {
  const { url } = message.location();
  return message.text().startsWith("Failed to load") ? `${message.text()}: ${url}` : message.text();
}
