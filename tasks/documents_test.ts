import assert from "node:assert/strict";
import * as forms from "@/lib/shared/user_forms.ts";
import { DOCUMENTS } from "./documents.ts";
import { allRoutes } from "@/tests/kit/routes.ts";
import { formsByRequest } from "./documents/tables.ts";

/** The text without what only aligns columns. */
function unaligned(text: string): string {
  return text.replace(/^\|.*$/gm, (row) => row.replace(/ +/g, " ").replace(/-{3,}/g, "---"));
}

for (const { file, write } of DOCUMENTS) {
  Deno.test(`${file} is what deno task documents writes`, async () => {
    const text = await Deno.readTextFile(file);
    assert.equal(unaligned(text), unaligned(write(text)));
  });
}

Deno.test("the table of fields has every form that is declared", () => {
  const fields = new Set(Object.values(formsByRequest()).flatMap((form) => Object.values(form)));
  const missing = Object.entries(forms)
    .filter(([name, form]) => name.endsWith("Form") && typeof form === "object")
    .filter(([, form]) => !Object.values(form).every((field) => fields.has(field)));
  assert.deepEqual(missing.map(([name]) => name), []);
});

Deno.test("docs/http.md names every method of every route", async () => {
  const text = await Deno.readTextFile("docs/http.md");
  const cells = text.split("\n").filter((line) => line.startsWith("| `")).map((line) =>
    line.split("|")[1]!
  );
  const listed = cells.flatMap((cell) => [...cell.matchAll(/([A-Z, ]+) (\/[a-z_/\[\]]*)/g)])
    .flatMap(([, methods = "", path = ""]) =>
      methods.split(", ").map((method) => `${method} ${path}`)
    );
  const all = await allRoutes();
  // A plain form reaches the others by POST, as the page says once.
  const others = new Set(
    all.filter((it) => /^(PUT|DELETE) /.test(it)).map((it) => it.split(" ")[1]),
  );
  const isSaidOnce = (it: string) => it.startsWith("POST ") && others.has(it.split(" ")[1]);
  const named = new Set(listed);
  assert.deepEqual([...named].sort(), all.filter((it) => named.has(it) || !isSaidOnce(it)));
});
