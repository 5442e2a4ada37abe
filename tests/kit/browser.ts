import type { Browser } from "playwright-core";
import { type AppOptions, serveApp, type TestApp } from "./app.ts";
import { launchChromium, openPage, type PageOptions, type TestPage } from "./chromium.ts";
import { databaseTest } from "./databases.ts";
import { chromium } from "./programs.ts";

/** The application and browser of a {@linkcode browserTest}. */
export interface Stage extends Omit<TestPage, keyof AsyncDisposable> {
  readonly app: TestApp;
}

/** One browser serves all tests of a module, each with its own profile. */
let browser: Promise<Browser> | undefined;

Deno.test.afterAll(async () => await (await browser)?.close());

/**
 * Registers a test of the running application in Chromium, on one database, because the browser
 * cannot tell them apart. Errors of the page's scripts fail the test, unless it removes them from
 * `faults`.
 */
export function browserTest(
  name: string,
  fn: (stage: Stage) => unknown,
  { environment = {}, ...options }: PageOptions & Pick<AppOptions, "environment"> = {},
): void {
  databaseTest(name, async (database) => {
    browser ??= launchChromium();
    await using app = await serveApp(database, { environment });
    await using shown = await openPage(await browser, { baseURL: app.origin, ...options });
    const { page, context, faults } = shown;
    await fn({ app, page, context, faults });
    if (faults.length > 0) throw new Error(`The page complains:\n  ${faults.join("\n  ")}`);
  }, { anyDatabase: true, ignore: !chromium.find() });
}
