import { writeFile } from "node:fs/promises";
import { makeIconStyles, makeSprite } from "@/lib/build/icons.ts";
import { runTask, type Task } from "@/lib/cli/task.ts";
import { ICON_NAMES } from "@/lib/shared/icons.ts";

/** `deno task icons` */
export const icons: Task<Record<never, never>> = {
  name: "icons",
  summary:
    "Writes static/icons.svg and styles/_icons.scss: the icons named in lib/shared/icons.ts.",
  usage: "",
  examples: ["icons"],
  options: {},
  async run() {
    await writeFile("static/icons.svg", await makeSprite(ICON_NAMES, Deno.cwd()));
    await writeFile("styles/_icons.scss", makeIconStyles(ICON_NAMES));
    console.log(`Wrote ${ICON_NAMES.length} icons to static/icons.svg`);
  },
};

if (import.meta.main) Deno.exit(await runTask(icons, Deno.args));
