/** Loading of a page with many islands. */
import assert from "node:assert/strict";
import type { Page, Route } from "playwright-core";
import { PAGE_SIZE_DEFAULT } from "@/lib/shared/limits.ts";
import { browserTest } from "@/tests/kit/browser.ts";
import { addAdmin, addPerson } from "@/tests/kit/people.ts";
import { signInBrowser } from "./sign_in.ts";

/** The scripts that a page requests. None is answered before {@linkcode release}. */
class HeldScripts {
  readonly asked: string[] = [];
  readonly #routes: Route[] = [];
  #released = false;

  static async of(page: Page): Promise<HeldScripts> {
    const scripts = new HeldScripts();
    await page.route("**/*.js", (route) => scripts.#take(route));
    return scripts;
  }

  async #take(route: Route): Promise<void> {
    this.asked.push(new URL(route.request().url()).pathname);
    if (this.#released) await route.continue();
    else this.#routes.push(route);
  }

  /** Resolves when the page has requested nothing for a while. */
  async settled(): Promise<void> {
    for (let before = -1; before < this.asked.length || before === 0;) {
      before = this.asked.length;
      await new Promise((resolve) => setTimeout(resolve, 500));
    }
  }

  async release(): Promise<void> {
    this.#released = true;
    await Promise.all(this.#routes.map((route) => route.continue()));
  }
}

browserTest("a page of 25 users asks for its scripts in one round", async (stage) => {
  const { app, page } = stage;
  const admin = await addAdmin(app);
  for (let i = 1; i < PAGE_SIZE_DEFAULT; i++) await addPerson(app, `person${i}`);
  await signInBrowser(stage, admin);
  const scripts = await HeldScripts.of(page);
  await page.goto("/user_list", { waitUntil: "commit" });
  await scripts.settled();
  const first = scripts.asked.toSorted();
  assert.ok(first.length > 1);
  await scripts.release();
  await page.waitForLoadState("networkidle");
  // Only now have they run. Any further request would be a second round.
  assert.deepEqual(scripts.asked.toSorted(), first);
  const toggles = page.getByRole("switch");
  assert.equal(await toggles.count(), PAGE_SIZE_DEFAULT - 1);
  // All islands work.
  await toggles.last().click();
  await page.getByRole("dialog").waitFor();
});

for (const width of [360, 1440]) {
  browserTest(
    `a page of 25 users does not shift while it loads, ${width} px wide`,
    async (stage) => {
      const { app, page } = stage;
      const admin = await addAdmin(app);
      for (let i = 1; i < PAGE_SIZE_DEFAULT; i++) await addPerson(app, `person${i}`);
      await signInBrowser(stage, admin);
      await page.setViewportSize({ width, height: 800 });
      await page.goto("/user_list", { waitUntil: "networkidle" });
      assert.deepEqual(await layoutShifts(page), []);
      await page.evaluate(() => document.body.prepend(document.createElement("hr")));
      assert.equal((await layoutShifts(page)).length, 1, "a shift is seen where there is one");
    },
  );
}

/** Returns the layout shift since the page was opened. @see https://web.dev/articles/cls */
function layoutShifts(page: Page): Promise<number[]> {
  return page.evaluate(() =>
    new Promise<number[]>((resolve) => {
      const shifts: number[] = [];
      const observer = new PerformanceObserver((list) => {
        for (const entry of list.getEntries()) {
          shifts.push((entry as { value?: number }).value ?? 0);
        }
      });
      observer.observe({ type: "layout-shift", buffered: true });
      setTimeout(() => resolve(shifts), 500);
    })
  );
}
