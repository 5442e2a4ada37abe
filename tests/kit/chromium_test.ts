import assert from "node:assert/strict";
import { findA11yFaults } from "./a11y.ts";
import { launchChromium, openPage } from "./chromium.ts";
import { chromium } from "./programs.ts";

const ignore = !chromium.find();

Deno.test({
  name: "openPage() shows a page in the wished colours and collects the faults of its scripts",
  ignore,
  async fn() {
    await using browser = await launchChromium();
    await using shown = await openPage(browser, { colorScheme: "dark" });
    await shown.page.setContent(
      "<script>console.error('first'); throw new Error('second')</script>",
    );
    assert.equal(
      await shown.page.evaluate(() => matchMedia("(prefers-color-scheme: dark)").matches),
      true,
    );
    assert.deepEqual(shown.faults, ["first", "Error: second"]);
  },
});

Deno.test({
  name: "findA11yFaults() names an image without a text under a strict Content-Security-Policy",
  ignore,
  async fn() {
    await using browser = await launchChromium();
    await using server = Deno.serve(
      { hostname: "127.0.0.1", port: 0, onListen() {} },
      () =>
        new Response(
          "<!DOCTYPE html><html lang=en><title>T</title><main><h1>T</h1><img src=x></main>",
          {
            headers: {
              "content-type": "text/html",
              "content-security-policy": "default-src 'none'",
            },
          },
        ),
    );
    await using shown = await openPage(browser, { bypassCSP: true });
    await shown.page.goto(`http://127.0.0.1:${server.addr.port}/`);
    assert.deepEqual(await findA11yFaults(shown.page), [
      "image-alt: Images must have alternative text (img)",
    ]);
  },
});
