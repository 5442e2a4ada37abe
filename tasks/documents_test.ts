import assert from "node:assert/strict";
import * as forms from "@/lib/shared/user_forms.ts";
import { DOCUMENTS } from "./documents.ts";
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
