import assert from "node:assert/strict";
import { findA11yFaults } from "@/tests/kit/a11y.ts";
import { browserTest } from "@/tests/kit/browser.ts";
import { addAdmin } from "@/tests/kit/people.ts";
import { applyLook, findOverflow, visitPlaces } from "./places.ts";
import { openPath, signInBrowser } from "./sign_in.ts";

/** Takes the browser's messages, except those about pages that are to answer with an error. */
const unexpected = (faults: string[]) =>
  faults.splice(0).filter((it) => !/with a status of (401|404|409)/.test(it));

browserTest(
  "axe finds nothing on any page, light or dark, narrow or wide",
  async (stage) => {
    const { page, faults } = stage;
    const found: string[] = [];
    await visitPlaces(stage, async (path, looks) => {
      for (const look of looks) {
        await applyLook(stage, look);
        const complaints = [...await findA11yFaults(page), ...await findOverflow(page)];
        found.push(
          ...complaints.map((it) => `${path} (${look.colorScheme}, ${look.width} px): ${it}`),
        );
      }
    });
    assert.deepEqual(found, []);
    assert.deepEqual(unexpected(faults), []);
  },
  { bypassCSP: true },
);

browserTest("the policy of pages allows everything that they load", async (stage) => {
  await visitPlaces(stage, () => Promise.resolve());
  assert.deepEqual(unexpected(stage.faults), []);
});

browserTest(
  "the whole user list can be reached by keyboard, skip link first",
  async (stage) => {
    const { page, app } = stage;
    await signInBrowser(stage, await addAdmin(app));
    await openPath(stage, "/user_list");
    await page.keyboard.press("Tab");
    assert.equal(await page.evaluate(() => document.activeElement?.textContent), "Skip to content");
    await page.keyboard.press("Enter");
    const reached: string[] = [];
    for (let presses = 0; presses < 45; presses++) {
      await page.keyboard.press("Tab");
      reached.push(await page.evaluate(() => document.activeElement?.textContent?.trim() ?? ""));
    }
    for (const name of ["Search", "Edit admin", "Delete admin", "Dark"]) {
      assert.ok(reached.some((text) => text.includes(name)), `${name}: ${reached}`);
    }
  },
);
