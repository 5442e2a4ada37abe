import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { makeIconStyles, makeSprite } from "@/lib/build/icons.ts";
import { ICON_NAMES } from "@/lib/shared/icons.ts";

Deno.test("static/icons.svg holds the icons of ICON_NAMES as the package draws them", async () => {
  const sprite = await readFile("static/icons.svg", "utf8");
  assert.equal(sprite, await makeSprite(ICON_NAMES, Deno.cwd()));
});

Deno.test("styles/_icons.scss finds the icons of ICON_NAMES in the sprite", async () => {
  const styles = await readFile("styles/_icons.scss", "utf8");
  assert.equal(styles, makeIconStyles(ICON_NAMES));
});
