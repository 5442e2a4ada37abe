import assert from "node:assert/strict";
import { findA11yFaults } from "./a11y.ts";
import { browserTest } from "./browser.ts";

browserTest(
  "browserTest() shows the application, of which axe has nothing to say",
  async (stage) => {
    await stage.page.goto("/login");
    assert.match(await stage.page.title(), /Sign in/);
    assert.deepEqual(await findA11yFaults(stage.page), []);
  },
  { bypassCSP: true },
);

browserTest("browserTest() collects what the scripts of a page complain of", async (stage) => {
  await stage.page.goto("/login");
  await stage.page.evaluate(() => console.error("a complaint"));
  assert.deepEqual(stage.faults.splice(0), ["a complaint"]);
});
