import { writeFile } from "node:fs/promises";
import { makeSprite } from "@/lib/build/icons.ts";
import { runTask, type Task } from "@/lib/cli/task.ts";
import { ICON_NAMES } from "@/lib/shared/icons.ts";

/** `deno task icons` */
export const icons: Task<Record<never, never>> = {
  name: "icons",
  summary: "Writes static/icons.svg: the icons named in lib/shared/icons.ts, from bootstrap-icons.",
  usage: "",
  examples: ["icons"],
  options: {},
  async run() {
    await writeFile("static/icons.svg", await makeSprite(ICON_NAMES, Deno.cwd()));
    console.log(`Wrote ${ICON_NAMES.length} icons to static/icons.svg`);
  },
};

if (import.meta.main) Deno.exit(await runTask(icons, Deno.args));
