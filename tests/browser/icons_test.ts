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
      const icons = await page.locator(".sort-link i, td > a").evaluateAll((all) =>
        all.map((one) => {
          const [icon, text] = one.matches("a")
            ? [getComputedStyle(one, "::before"), one]
            : [getComputedStyle(one), one.parentElement!];
          const { backgroundColor, maskImage, printColorAdjust } = icon;
          const { color } = getComputedStyle(text);
          return { color, backgroundColor, maskImage, printColorAdjust };
        })
      );
      assert.equal(icons.length, 3 + 4);
      for (const { color, backgroundColor, maskImage, printColorAdjust } of icons) {
        assert.equal(backgroundColor, color, JSON.stringify(media));
        assert.match(maskImage, /\/icons\.svg\?__frsh_c=\w+"\)$/);
        assert.equal(printColorAdjust, "exact");
      }
    }
  },
);
