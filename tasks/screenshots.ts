import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { TaskError, UsageError } from "@/lib/cli/errors.ts";
import { runTask, type Task, type TaskOptions } from "@/lib/cli/task.ts";
import { migrateUp } from "@/lib/db/migrator.ts";
import { openDatabase } from "@/lib/db/open_database.ts";
import { serveApp } from "@/tests/kit/app.ts";
import { launchChromium } from "@/tests/kit/chromium.ts";
import { chromium } from "@/tests/kit/programs.ts";
import { Camera, compress, FRAMES } from "./screenshots/camera.ts";
import { insertSampleData } from "./screenshots/sample_data.ts";
import { SCENES } from "./screenshots/scenes.ts";

const OPTIONS = {
  out: {
    type: "string",
    placeholder: "DIR",
    default: "docs/screenshots",
    help: "output folder, docs/screenshots by default",
  },
  only: { type: "string", multiple: true, placeholder: "NAME", help: "this one; can be repeated" },
  full: { type: "boolean", help: "whole pages instead of one window" },
} satisfies TaskOptions;

/** `deno task screenshots` */
export const screenshots: Task<typeof OPTIONS> = {
  name: "screenshots",
  summary: "Takes pictures of all pages, with sample data in a database of their own.\n\n" +
    `  ${Object.keys(SCENES).join(" ")}`,
  usage: "[--only NAME] [--out DIR] [--full]",
  examples: ["screenshots", "screenshots --only user_list --only admin --out /tmp/pictures"],
  options: OPTIONS,
  async run({ values: { out = "", only = Object.keys(SCENES), full = false } }) {
    const unknown = only.find((name) => !(name in SCENES));
    if (unknown !== undefined) {
      throw new UsageError(`No page "${unknown}", only ${Object.keys(SCENES).join(", ")}`);
    }
    if (!chromium.find()) {
      throw new TaskError(`Chromium is missing: apt-get install ${chromium.packages.join(" ")}`);
    }
    await mkdir(out, { recursive: true });
    await takeAll(only, async (name, png) => await writeFile(join(out, name), png), full);
  },
};

async function takeAll(
  names: readonly string[],
  save: (file: string, png: Uint8Array) => Promise<void>,
  fullPage: boolean,
): Promise<void> {
  const database = await openDatabase({ kind: "pglite", path: "memory" });
  await migrateUp(database.db);
  const app = await serveApp({ ...database, url: undefined });
  const browser = await launchChromium();
  const camera = new Camera(browser, app.origin);
  const takeSome = async (some: readonly string[]) => {
    for (const name of some) {
      for (const frame of FRAMES) {
        const png = await camera.take(SCENES[name]!, frame, fullPage);
        await save(`${name}-${frame.width}-${frame.mode}.png`, await compress(png));
      }
      console.log(`${name}: ${FRAMES.length} pictures`);
    }
  };
  const isForNewcomers = (name: string) => SCENES[name]?.as === "newcomer";
  await takeSome(names.filter(isForNewcomers));
  // Afterwards there is an admin.
  await insertSampleData(app.services);
  await takeSome(names.filter((name) => !isForNewcomers(name)));
  await browser.close();
  await app[Symbol.asyncDispose]();
  await database.close();
}

if (import.meta.main) Deno.exit(await runTask(screenshots, Deno.args));
