import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { IconName } from "@/lib/shared/icons.ts";

/** Width and height of an icon. */
const SIZE = 16;

/** From the top of an icon to that of the next. A gap keeps a neighbour from shining in. */
const STEP = 24;

/**
 * Makes one SVG of the icons of the npm package bootstrap-icons, one below the other.
 *
 * @param root absolute path of the project
 */
export async function makeSprite(names: readonly IconName[], root: string): Promise<string> {
  const drawings = await Promise.all(names.map((name) => readDrawing(name, root)));
  const groups = drawings.map((drawing, index) =>
    `<g transform="translate(0 ${index * STEP})">${drawing}</g>`
  );
  const height = (names.length - 1) * STEP + SIZE;
  const size = `width="${SIZE}" height="${height}" viewBox="0 0 ${SIZE} ${height}"`;
  return `<svg xmlns="http://www.w3.org/2000/svg" ${size}>\n${groups.join("\n")}\n</svg>\n`;
}

/** Makes a stylesheet with a class per icon, which says where it is in the sprite. */
export function makeIconStyles(names: readonly IconName[]): string {
  const rules = names.map((name, index) => {
    // The last icon is at 100%.
    const place = Number((100 * index / (names.length - 1)).toFixed(4));
    return `.icon-${name} {\n  --icon: ${place}%;\n}\n`;
  });
  return `// Written by \`deno task icons\`.\n${rules.join("\n")}`;
}

async function readDrawing(name: IconName, root: string): Promise<string> {
  const path = join(root, "node_modules/bootstrap-icons/icons", `${name}.svg`);
  const svg = await readFile(path, "utf8");
  return svg.replace(/^<svg[^>]*>/, "").replace(/<\/svg>\s*$/, "").replace(/\n\s*/g, "");
}
