import axe from "axe-core";
import type { Page } from "playwright-core";

/** WCAG 2.2 up to AA and axe's best practices, or only the rules that depend on colours. */
const RULES = {
  all: {
    type: "tag",
    values: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
  },
  colours: { type: "rule", values: ["color-contrast", "link-in-text-block"] },
} as const;

/**
 * Returns what axe finds wrong on the page, a line each: rule, what it requires, where. The page
 * must be opened with `bypassCSP`, because axe is not one of its scripts.
 */
export async function findA11yFaults(
  page: Page,
  rules: keyof typeof RULES = "all",
): Promise<string[]> {
  const isLoaded = await page.evaluate(() => "axe" in globalThis);
  if (!isLoaded) await page.addScriptTag({ content: axe.source });
  const { type, values } = RULES[rules];
  return await page.evaluate(async (runOnly) => {
    const { violations } = await globalThis.axe.run(document, { runOnly });
    return violations.flatMap(({ id, help, nodes }) =>
      nodes.map(({ target }) => `${id}: ${help} (${target.join(" ")})`)
    );
  }, { type, values: [...values] });
}

declare global {
  /** {@linkcode findA11yFaults} adds it to the page. */
  var axe: typeof import("axe-core");
}
