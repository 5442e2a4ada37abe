import axe from "axe-core";
import type { Page } from "playwright-core";

/** WCAG 2.2 up to AA, and what axe holds to be good practice. */
const RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];

/**
 * What axe finds wrong on the page, a line each: rule, what it asks for, where. The page must be
 * opened with `bypassCSP`, since the script is not one of the page's own.
 */
export async function findA11yFaults(page: Page): Promise<string[]> {
  await page.addScriptTag({ content: axe.source });
  return await page.evaluate(async (rules) => {
    const { violations } = await globalThis.axe.run(document, {
      runOnly: { type: "tag", values: rules },
    });
    return violations.flatMap(({ id, help, nodes }) =>
      nodes.map(({ target }) => `${id}: ${help} (${target.join(" ")})`)
    );
  }, RULES);
}

declare global {
  /** Put into the page by {@linkcode findA11yFaults}. */
  var axe: typeof import("axe-core");
}
