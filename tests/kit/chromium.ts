import {
  type Browser,
  type BrowserContext,
  chromium as playwright,
  type ConsoleMessage,
  type Page,
} from "playwright-core";
import { chromium } from "./programs.ts";

/** How a page is shown. Default: light, with JavaScript, 1440 x 900 pixels. */
export interface PageOptions {
  readonly javaScriptEnabled?: boolean;
  readonly colorScheme?: "light" | "dark";
  /** In CSS pixels. */
  readonly viewport?: { readonly width: number; readonly height: number };
  /** Allows {@linkcode findA11yFaults} to add its script to the page. */
  readonly bypassCSP?: boolean;
  /** Base of relative addresses for `goto`. */
  readonly baseURL?: string;
  readonly userAgent?: string;
  /** Default: UTC. */
  readonly timezoneId?: string;
}

/** Otherwise the browser would contact its maker's hosts at each start. */
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
 * Starts a headless Chromium with its own profile.
 *
 * @throws {Error} if Chromium is not installed.
 */
export async function launchChromium(): Promise<Browser> {
  const executablePath = chromium.find();
  if (!executablePath) throw new Error("Chromium is not installed");
  return await playwright.launch({ executablePath, args: FLAGS });
}

/** A new profile with one page. Errors of its scripts are collected in `faults`. */
export interface TestPage extends AsyncDisposable {
  readonly page: Page;
  readonly context: BrowserContext;
  /** Uncaught errors, console errors and refused resources, in order. */
  readonly faults: string[];
}

/** Opens a page in its own profile, without cookies and cache. */
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

/** "Failed to load resource" is useless without the address. */
function describe(message: ConsoleMessage): string {
  const { url } = message.location();
  return message.text().startsWith("Failed to load") ? `${message.text()}: ${url}` : message.text();
}
