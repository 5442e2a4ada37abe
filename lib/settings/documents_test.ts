import assert from "node:assert/strict";
import { envExample, withSettingsTable } from "./documents.ts";

Deno.test("the README has a row for each setting, as it is declared", async () => {
  const readme = await Deno.readTextFile("README.md");
  const cells = (text: string) =>
    text.split("\n").filter((line) => line.startsWith("| `"))
      .map((row) => row.split("|").map((cell) => cell.trim()));
  assert.match(readme, /^\| `APP_NAME` /m);
  assert.deepEqual(cells(readme), cells(withSettingsTable(readme)));
});

Deno.test(".env.example is what `deno task settings` writes", async () => {
  assert.equal(await Deno.readTextFile(".env.example"), envExample());
});
