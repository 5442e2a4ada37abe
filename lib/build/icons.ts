import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { IconName } from "@/lib/shared/icons.ts";

/**
 * Makes one SVG with a `<symbol>` per icon from the npm package bootstrap-icons.
 *
 * @param root absolute path of the project
 */
export async function makeSprite(names: readonly IconName[], root: string): Promise<string> {
  const symbols = await Promise.all(names.map((name) => readSymbol(name, root)));
  return `<svg xmlns="http://www.w3.org/2000/svg">\n${symbols.join("\n")}\n</svg>\n`;
}

async function readSymbol(name: IconName, root: string): Promise<string> {
  const path = join(root, "node_modules/bootstrap-icons/icons", `${name}.svg`);
  const svg = await readFile(path, "utf8");
  const shapes = svg.replace(/^<svg[^>]*>/, "").replace(/<\/svg>\s*$/, "").replace(/\n\s*/g, "");
  return `<symbol id="${name}" viewBox="0 0 16 16">${shapes}</symbol>`;
}
