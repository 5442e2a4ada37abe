import assert from "node:assert/strict";
import { IMPORT_CELL_MAX_CHARS, IMPORT_COLUMNS_MAX, IMPORT_ROWS_MAX } from "@/lib/shared/limits.ts";
import { SourceError } from "./source.ts";
import { readTable } from "./table.ts";

const TEXT =
  'E-Mail;Name;Note\r\nzoë@example.org;Zoë;"a;b\r\n""c"""\r\n;;\r\n\r\nx@example.org;X\r\n';
const utf8 = (text: string) => new TextEncoder().encode(text);
const latin = (text: string) => Uint8Array.from(text, (char) => char.charCodeAt(0));

function utf16(text: string, order: "little" | "big"): Uint8Array {
  const bytes = new DataView(new ArrayBuffer(2 * text.length));
  [...text].forEach((char, index) =>
    bytes.setUint16(2 * index, char.charCodeAt(0), order === "little")
  );
  return new Uint8Array(bytes.buffer);
}

Deno.test("a table is read in each encoding and with the separators of spreadsheets", async () => {
  const files = {
    "UTF-8": utf8(TEXT),
    "UTF-8 with a mark": utf8(`\u{feff}${TEXT}`),
    "windows-1252": latin(TEXT),
    "UTF-16, little": utf16(`\u{feff}${TEXT}`, "little"),
    "UTF-16, big": utf16(`\u{feff}${TEXT}`, "big"),
    "a line sep": utf8(`sep=;\r\n${TEXT}`),
    "tabs": utf8(TEXT.replaceAll(";", "\t").replace("a\tb", "a;b")),
  };
  for (const [name, bytes] of Object.entries(files)) {
    const { header, rows } = await readTable(bytes);
    assert.deepEqual(header, ["E-Mail", "Name", "Note"], name);
    const cells = (await Array.fromAsync(rows)).map(({ cells }) => cells);
    assert.deepEqual(
      cells,
      [["zoë@example.org", "Zoë", 'a;b\r\n"c"'], ["x@example.org", "X", ""]],
      name,
    );
  }
});

Deno.test("lines may end in several ways, and a row may have too few or too many cells", async () => {
  const { rows } = await readTable(utf8("a,b\r\n1,2\n3\r4,5,,\n6,7,8\n,,\n"));
  assert.deepEqual(await Array.fromAsync(rows), [
    { line: 2, cells: ["1", "2"] },
    { line: 3, cells: ["3", ""] },
    { line: 4, cells: ["4", "5"] },
    { line: 5, cells: ["6", "7", "8"] },
  ]);
});

Deno.test("columns without a name, or with the same one, get names", async () => {
  const { header } = await readTable(utf8(",name,name, ,name\n1,2,3,4,5\n"));
  assert.deepEqual(header, ["Column 1", "name", "name (column 3)", "Column 4", "name (column 5)"]);
});

Deno.test("a file that is no table, or too large, is refused with the reason", async () => {
  const read = async (bytes: Uint8Array) => await Array.fromAsync((await readTable(bytes)).rows);
  const cases: readonly [Uint8Array, RegExp][] = [
    [utf8(""), /is empty/],
    [utf8("\u{feff} \r\n"), /is empty/],
    [utf8("a,b\n\0,1\n"), /no CSV/],
    [utf8('a,b\n"open,1\n'), /not CSV/],
    [utf8(`${"a,".repeat(IMPORT_COLUMNS_MAX)}a\n`), /101 columns, at most 100 fit/],
    [utf8(`${",".repeat(1_000_000)}\n`), /1000001 columns, at most 100 fit/],
    [utf8(`a\n${"1\n".repeat(IMPORT_ROWS_MAX + 1)}`), /more than 100,000 rows/],
    [utf8(`a\n${"x".repeat(IMPORT_CELL_MAX_CHARS + 1)}\n`), /Line 2 has a cell of 5001/],
  ];
  for (const [bytes, message] of cases) {
    await assert.rejects(read(bytes), (error) => {
      assert.ok(error instanceof SourceError);
      assert.match(error.message, message);
      return true;
    });
  }
});
