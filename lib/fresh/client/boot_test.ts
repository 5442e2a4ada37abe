import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import type { Browser, Page } from "playwright-core";
import { App, staticFiles } from "../mod.ts";
import { Builder } from "../dev.ts";
import { launchChromium, openPage } from "../../../tests/kit/chromium.ts";
import { chromium } from "../../../tests/kit/programs.ts";

const root = fileURLToPath(import.meta.resolve("../build/testdata/app"));

/** A page of the fixture in a browser, hydrated. */
interface Shown {
  readonly page: Page;
  readonly faults: readonly string[];
}

/** The fixture, built into memory and served under a policy without inline scripts. */
let fixture: Promise<Deno.HttpServer<Deno.NetAddr>> | undefined;
let browser: Promise<Browser> | undefined;

Deno.test.afterAll(async () => {
  await (await browser)?.close();
  await (await fixture)?.shutdown();
});

async function serveFixture(): Promise<Deno.HttpServer<Deno.NetAddr>> {
  const app = new App()
    .use(async (ctx) => {
      const response = await ctx.next();
      response.headers.set("content-security-policy", "default-src 'self'");
      return response;
    })
    .get("/favicon.ico", () => new Response(null, { status: 204 }))
    .use(staticFiles())
    .fsRoutes();
  const apply = await new Builder({ root }).build({ snapshot: "memory" });
  apply(app);
  return Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, app.handler());
}

/** Opens a page of the fixture. */
function browserTest(name: string, path: string, fn: (shown: Shown) => Promise<void>): void {
  Deno.test({
    name,
    ignore: !chromium.find(),
    async fn() {
      const { addr: { port } } = await (fixture ??= serveFixture());
      await using shown = await openPage(await (browser ??= launchChromium()));
      await shown.page.goto(`http://127.0.0.1:${port}${path}`);
      await fn(shown);
    },
  });
}

browserTest("each island of a page hydrates with its own props", "/", async ({ page, faults }) => {
  await page.click("#a button");
  await page.click("#a button");
  await page.click("#b button");
  await page.getByText("Count: 5 Add one").waitFor();
  await page.getByText("Count: 6 Add one").waitFor();
  assert.deepEqual(faults, []);
});

browserTest("two islands share a signal, a computed one too", "/signals", async ({ page }) => {
  await page.click("#increment");
  await page.getByText("2 of 2").waitFor();
  assert.equal(await page.textContent("#increment"), "2");
});

browserTest(
  "an island in a slot hydrates, and slots can be hidden and shown",
  "/slots",
  async (shown) => {
    const { page, faults } = shown;
    await page.fill("#field", "typed");
    await page.click("#in-shown button");
    await page.getByText("Count: 2").waitFor();
    assert.equal(await page.textContent("#shown .toggle b"), "Shown");
    assert.equal(await page.inputValue("#field"), "typed");
    await page.click("#shown .toggle");
    await page.locator("#in-shown").waitFor({ state: "detached" });
    await page.click("#shown .toggle");
    await page.getByText("Count: 1").waitFor();
    assert.equal(await page.isDisabled("#disabled"), true);
    assert.equal(await page.isDisabled("#field"), false);
    assert.equal(await page.inputValue("#field"), "server");
    assert.deepEqual(faults, []);
  },
);

browserTest(
  "a text child hydrates from the HTML, and can be hidden and shown",
  "/slots",
  async ({ page }) => {
    await page.click("#text .toggle");
    await page.getByText("Plain text").waitFor({ state: "detached" });
    await page.click("#text .toggle");
    assert.match(await page.locator("#text").innerText(), /Plain text$/);
  },
);

browserTest("a slot is inert until it is shown", "/slots", async ({ page }) => {
  assert.equal(await page.locator("#in-hidden").count(), 0);
  await page.click("#hidden .toggle");
  await page.click("#in-hidden button");
  await page.getByText("Count: 11").waitFor();
  assert.equal(await page.isChecked("#checked"), true);
  assert.equal(await page.isDisabled("#checked"), true);
});

browserTest("slots inside slots that were not shown hydrate", "/slots", async ({ page }) => {
  await page.click("#outer .toggle");
  await page.click("#inner-toggle .toggle");
  await page.click("#deep button");
  await page.getByText("Count: 21").waitFor();
});

browserTest("an island inside an island is a part of it", "/nested", async ({ page, faults }) => {
  await page.click("#inner button");
  await page.getByText("Count: 8").waitFor();
  assert.deepEqual(faults, []);
});

browserTest("an island that renders nothing runs its effects", "/nested", async ({ page }) => {
  await page.locator("html[data-ran=yes]").waitFor();
});

browserTest("<Head> in an island keeps the document's head up to date", "/head", async (shown) => {
  const { page } = shown;
  assert.equal(await page.title(), "Visit 1");
  await page.click("#visit");
  await page.waitForFunction(() => document.title === "Visit 2");
  assert.equal(await page.getAttribute("meta[name=description]", "content"), "Seen 2 times");
  assert.equal(await page.locator("meta[name=description]").count(), 1);
  assert.equal(await page.locator("title").count(), 1);
  assert.equal(await page.locator("meta[data-key=theme]").count(), 1);
});

browserTest(
  "<Head> adds what is not there yet, and takes it away when it goes",
  "/sheets",
  async (shown) => {
    const { page } = shown;
    const head = () =>
      page.evaluate(() =>
        [...document.head.querySelectorAll("link, style, meta[name=later]")]
          .map((element) => element.getAttribute("href") ?? element.localName)
      );
    const fromServer = ["/app.css", "/own.css", "style"];
    assert.deepEqual(await head(), fromServer);
    for (const times of ["1", "2", "3"]) {
      await page.click("#sheets");
      await page.locator("#sheets", { hasText: times }).waitFor();
      const isShown = times !== "2";
      await page.waitForFunction(
        (count) => document.head.querySelectorAll("meta[name=later]").length === count,
        isShown ? 1 : 0,
      );
      assert.deepEqual(await head(), isShown ? [...fromServer, "/later.css", "meta"] : fromServer);
    }
  },
);

browserTest("props beyond JSON arrive", "/kinds", async ({ page, faults }) => {
  await page.getByText("browser 86400000 12 </script><!--").waitFor();
  assert.deepEqual(faults, []);
});

browserTest(
  "bad nesting is reported and does not affect other islands",
  "/bad_nesting",
  async (shown) => {
    const { page, faults } = shown;
    await page.click("#good button");
    await page.getByText("Count: 2").waitFor();
    await page.click("#toggle .toggle");
    await page.locator("#rest").waitFor({ state: "detached" });
    assert.equal(faults.length, 2);
    for (const fault of faults) assert.match(fault, /Block.*invalid HTML nesting/);
  },
);

browserTest(
  "useId() is unique on the page and the same on both sides",
  "/ids",
  async ({ page }) => {
    const ids = () =>
      page.evaluate(() => [...document.querySelectorAll("[id]")].map(({ id }) => id));
    const fromServer = await ids();
    for (const name of ["one", "two"]) {
      await page.click(`#${name} button`);
      await page.getByLabel(`${name} second`).fill(name);
    }
    const inBrowser = await ids();
    assert.equal(new Set(inBrowser).size, inBrowser.length);
    assert.deepEqual(fromServer.filter((id) => !inBrowser.includes(id)), []);
  },
);
