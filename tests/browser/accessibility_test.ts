import assert from "node:assert/strict";
import { findA11yFaults } from "@/tests/kit/a11y.ts";
import { browserTest, type Stage } from "@/tests/kit/browser.ts";
import { addAdmin } from "@/tests/kit/people.ts";
import { applyLook, findCutTexts, findOverflow, unexpected, visitPlaces } from "./places.ts";
import { openPath, signInBrowser } from "./sign_in.ts";

/** @see https://www.w3.org/TR/WCAG22/#text-spacing */
const SPACED = `* {
  line-height: 1.5 !important;
  letter-spacing: 0.12em !important;
  word-spacing: 0.16em !important;
}
p { margin-bottom: 2em !important; }`;

/** How a reader changes a page, and how wide it is. */
const READERS = {
  "768 px": { width: 768, css: "html {}" },
  // Where the side navigation appears.
  "992 px": { width: 992, css: "html {}" },
  "1280 px": { width: 1280, css: "html {}" },
  "letters further apart, 320 px": { width: 320, css: SPACED },
  "zoomed to 200 %, 640 px": { width: 640, css: "html {}" },
};

/** Lists what is cut off or too wide for some readers on the current page. */
async function findLostTexts({ page }: Stage): Promise<string[]> {
  const found: string[] = [];
  for (const [reader, { width, css }] of Object.entries(READERS)) {
    await page.setViewportSize({ width, height: 800 });
    const style = await page.addStyleTag({ content: css });
    const complaints = [...await findOverflow(page), ...await findCutTexts(page)];
    found.push(...complaints.map((it) => `${reader}: ${it}`));
    await style.evaluate((element: Element) => element.remove());
  }
  return found;
}

// One walk for all of it: opening each page takes a quarter of the time.
browserTest(
  "axe finds nothing on any page, light or dark, narrow or wide, and no text is lost or too wide",
  async (stage) => {
    const { page, faults } = stage;
    const found: string[] = [];
    await visitPlaces(stage, async (place, looks) => {
      for (const look of looks) {
        await applyLook(stage, look);
        const complaints = [...await findA11yFaults(page), ...await findOverflow(page)];
        found.push(
          ...complaints.map((it) => `${place} (${look.colorScheme}, ${look.width} px): ${it}`),
        );
      }
      found.push(...(await findLostTexts(stage)).map((it) => `${place} (${it})`));
    });
    assert.deepEqual(found, []);
    assert.deepEqual(unexpected(faults), []);
  },
  { bypassCSP: true },
);

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
      reached.push(
        await page.evaluate(() => {
          const { ariaLabel, textContent } = document.activeElement!;
          return ariaLabel ?? textContent.trim();
        }),
      );
    }
    for (const name of ["Search", "Edit admin", "Delete admin", "Dark"]) {
      assert.ok(reached.some((text) => text.includes(name)), `${name}: ${reached}`);
    }
  },
);
