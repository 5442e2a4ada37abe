import { writeFile } from "node:fs/promises";
import { makeSprite } from "@/lib/build/icons.ts";
import { ICON_NAMES } from "@/lib/shared/icons.ts";

await writeFile("static/icons.svg", await makeSprite(ICON_NAMES, Deno.cwd()));
