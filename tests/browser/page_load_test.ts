/** Loading of a page with many islands. */
import assert from "node:assert/strict";
import { setTimeout as pause } from "node:timers/promises";
import type { Page, Route } from "playwright-core";
import { PAGE_SIZE_DEFAULT } from "@/lib/shared/limits.ts";
import type { TestApp } from "@/tests/kit/app.ts";
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
      await pause(500);
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
    `a page of 25 users does not shift however slowly it arrives, ${width} px wide`,
    async (stage) => {
      const { app, page } = stage;
      const admin = await addAdmin(app);
      for (let i = 1; i < PAGE_SIZE_DEFAULT; i++) await addPerson(app, `person${i}`);
      await signInBrowser(stage, admin);
      await page.setViewportSize({ width, height: 800 });
      await using slow = serveSlowly(app);
      await page.goto(`${slow.origin}/user_list`, { waitUntil: "networkidle" });
      // Rows are torn apart.
      assert.ok(slow.pieces() > 2 * PAGE_SIZE_DEFAULT, `it came in ${slow.pieces()} pieces`);
      assert.deepEqual(await layoutShifts(page), []);
      await page.evaluate(() => document.body.prepend(document.createElement("hr")));
      const [shift = ""] = await layoutShifts(page);
      assert.match(shift, /body\. from/, `a shift is named where there is one: ${shift}`);
    },
  );
}

/** About two frames of the browser. */
const PIECE_MS = 30;

/** Another address of the application: its pages arrive a few tags at a time. */
function serveSlowly(app: TestApp) {
  let pieces = 0;
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, async (request) => {
    const { pathname, search } = new URL(request.url);
    const headers = new Headers(request.headers);
    headers.set("accept-encoding", "identity");
    const response = await fetch(`${app.origin}${pathname}${search}`, { headers });
    if (!response.headers.get("content-type")?.startsWith("text/html")) return response;
    const html = await response.text();
    const body = ReadableStream.from((async function* () {
      for (const [piece] of html.matchAll(/(?:<?[^<]*){1,25}/g)) {
        yield new TextEncoder().encode(piece);
        pieces++;
        await pause(PIECE_MS);
      }
    })());
    return new Response(body, response);
  });
  return {
    origin: `http://127.0.0.1:${server.addr.port}`,
    pieces: () => pieces,
    [Symbol.asyncDispose]: () => server.shutdown(),
  };
}

/** Returns what has moved since the page was opened. @see https://web.dev/articles/cls */
function layoutShifts(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    /** What the types of the browser do not know yet. */
    interface LayoutShift extends PerformanceEntry {
      readonly value: number;
      readonly sources: readonly {
        readonly node: Node | null;
        readonly previousRect: DOMRectReadOnly;
        readonly currentRect: DOMRectReadOnly;
      }[];
    }
    const nameOf = (node: Node | null) =>
      node instanceof Element ? `${node.localName}.${node.className}` : node?.nodeName;
    const placeOf = ({ x, y, width, height }: DOMRectReadOnly) =>
      [x, y, width, height].map(Math.round).join(" ");
    const describe = ({ value, sources }: LayoutShift) => {
      const moves = sources.map(({ node, previousRect, currentRect }) =>
        `${nameOf(node)} from ${placeOf(previousRect)} to ${placeOf(currentRect)}`
      );
      return `${value}: ${moves.join(", ")}`;
    };
    return new Promise<string[]>((resolve) => {
      const shifts: string[] = [];
      const observer = new PerformanceObserver((list) => {
        for (const entry of list.getEntries()) shifts.push(describe(entry as LayoutShift));
      });
      observer.observe({ type: "layout-shift", buffered: true });
      setTimeout(() => resolve(shifts), 500);
    });
  });
}
