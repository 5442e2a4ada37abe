import assert from "node:assert/strict";
import { SETTINGS } from "./declarations.ts";

Deno.test("the README has a row for each setting, as it is declared", async () => {
  const readme = await Deno.readTextFile("README.md");
  const section = /^## Settings$(.*?)^#/ms.exec(readme)?.[1] ?? "";
  const rows = section.split("\n").filter((line) => line.startsWith("| `")).map(cellsOf);
  const declared = Object.entries(SETTINGS)
    .map(([name, setting]) => [`\`${name}\``, setting.default, setting.meaning]);
  assert.deepEqual(rows, declared);
});

function cellsOf(row: string): string[] {
  return row.split("|").slice(1, -1).map((cell) => cell.trim());
}
