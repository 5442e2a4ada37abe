import axe from "axe-core";
import type { Page } from "playwright-core";

/** WCAG 2.2 up to AA and axe's best practices. */
const TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];

/**
 * Returns what axe finds wrong on the page, a line each: rule, what it requires, where; and ids that two
 * elements have. The page must be opened with `bypassCSP`, because axe is not one of its scripts.
 */
export async function findA11yFaults(page: Page): Promise<string[]> {
  const isLoaded = await page.evaluate(() => "axe" in globalThis);
  if (!isLoaded) await page.addScriptTag({ content: axe.source });
  return await page.evaluate(async (values) => {
    const { violations } = await globalThis.axe.run({
      runOnly: { type: "tag", values },
      // The others would be described at length, and thrown away.
      resultTypes: ["violations"],
    });
    // A label, a form or a link finds only the first. Since WCAG 2.2 no rule of axe says so.
    const ids = [...document.querySelectorAll("[id]")].map(({ id }) => id);
    const twice = ids.filter((id, index) => ids.indexOf(id) < index);
    return [
      ...twice.map((id) => `Two elements have the id ${id}`),
      ...violations.flatMap(({ id, help, nodes }) =>
        nodes.map(({ target }) => `${id}: ${help} (${target.join(" ")})`)
      ),
    ];
  }, TAGS);
}

declare global {
  /** {@linkcode findA11yFaults} adds it to the page. */
  var axe: typeof import("axe-core");
}
