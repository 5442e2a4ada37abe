import assert from "node:assert/strict";
import { parse } from "csv-parse/sync";
import fc from "fast-check";
import { cellText, csvLines, type CsvStyle } from "./csv.ts";

async function written(texts: readonly string[], style?: CsvStyle): Promise<string> {
  async function* rows() {
    yield texts.map((text) => ({ text }));
  }
  return (await Array.fromAsync(csvLines(["text"], rows(), style))).join("");
}

Deno.test("no cell of a CSV file begins like a formula, and each can be read again", async () => {
  const unit = fc.constantFrom(..."=+-@\t\r\n'\"＝＋－＠;, aé".split(""));
  const texts = fc.array(fc.string({ unit, minLength: 1, maxLength: 6 }), { minLength: 1 });
  const styles = fc.record({ separator: fc.constantFrom(",", ";"), bom: fc.boolean() });
  await fc.assert(fc.asyncProperty(texts, styles, async (values, style) => {
    const csv = await written(values, style);
    assert.equal(csv.startsWith("\u{feff}"), style.bom);
    const options = { bom: true, delimiter: style.separator, record_delimiter: "\r\n" };
    const [[head], ...rows] = parse(csv, options) as [string[], ...string[][]];
    assert.equal(head, "text");
    const cells = rows.map(([cell = ""]) => cell);
    for (const cell of cells) assert.doesNotMatch(cell, /^[=+\-@\t\r＝＋－＠]/);
    assert.deepEqual(cells.map(cellText), values);
  }));
});
