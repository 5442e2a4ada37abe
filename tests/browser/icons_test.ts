import assert from "node:assert/strict";
import { addPerson } from "@/tests/kit/people.ts";
import { browserTest } from "@/tests/kit/browser.ts";
import { openList } from "./open_list.ts";

browserTest(
  "icons have the colour of their text in light, dark and forced colours, and in print",
  async (stage) => {
    await addPerson(stage.app, "grace");
    const { page } = await openList(stage);
    for (
      const media of [
        { colorScheme: "light" },
        { colorScheme: "dark" },
        { colorScheme: "light", forcedColors: "active" },
        { colorScheme: "dark", forcedColors: "active" },
        { media: "print" },
      ] as const
    ) {
      await page.emulateMedia({ media: "screen", forcedColors: "none", ...media });
      const icons = await page.locator(".row-actions i").evaluateAll((all) =>
        all.map((icon) => {
          const { backgroundColor, maskImage, printColorAdjust } = getComputedStyle(icon);
          const { color } = getComputedStyle(icon.parentElement!);
          return { color, backgroundColor, maskImage, printColorAdjust };
        })
      );
      assert.equal(icons.length, 4);
      for (const { color, backgroundColor, maskImage, printColorAdjust } of icons) {
        assert.equal(backgroundColor, color, JSON.stringify(media));
        assert.match(maskImage, /\/icons\.svg\?__frsh_c=\w+"\)$/);
        assert.equal(printColorAdjust, "exact");
      }
    }
  },
);
