import type { Browser } from "playwright-core";
import { serveApp, type TestApp } from "./app.ts";
import { launchChromium, openPage, type PageOptions, type TestPage } from "./chromium.ts";
import { databaseTest } from "./databases.ts";
import { chromium } from "./programs.ts";

/** What a {@linkcode browserTest} works with. */
export interface Stage extends Omit<TestPage, keyof AsyncDisposable> {
  readonly app: TestApp;
}

/** One browser serves all tests of a module, each in a profile of its own. */
let browser: Promise<Browser> | undefined;

Deno.test.afterAll(async () => await (await browser)?.close());

/**
 * Registers a test of the running application in Chromium, on the embedded database: the browser
 * cannot tell the databases apart, and the tests over HTTP run on both. What goes wrong in the
 * page's scripts fails the test, unless it has taken the fault out of `faults`.
 */
export function browserTest(
  name: string,
  fn: (stage: Stage) => unknown,
  options: PageOptions = {},
): void {
  databaseTest(name, async (database) => {
    browser ??= launchChromium();
    await using app = await serveApp(database);
    await using shown = await openPage(await browser, { baseURL: app.origin, ...options });
    const { page, context, faults } = shown;
    await fn({ app, page, context, faults });
    if (faults.length > 0) throw new Error(`The page complains:\n  ${faults.join("\n  ")}`);
  }, { ignore: !chromium.find(), anyDatabase: true });
}
