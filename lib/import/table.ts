import { Readable } from "node:stream";
import { type Options, parse } from "csv-parse";
import { messageOf } from "@/lib/message_of.ts";
import { IMPORT_CELL_MAX_CHARS, IMPORT_COLUMNS_MAX, IMPORT_ROWS_MAX } from "@/lib/shared/limits.ts";
import { delimiterOf, withoutSeparatorLine } from "./csv_text.ts";
import { SourceError } from "./source.ts";

/** A table as a spreadsheet has written it. */
export interface Table {
  /** Names of the columns, no two of them alike. */
  readonly header: readonly string[];
  /** Rows that are not empty, with their lines. Each has as many cells as the header, or more. */
  readonly rows: AsyncIterable<TableRow>;
}

/** A row of a table. */
export interface TableRow {
  /** Its line in the file. */
  readonly line: number;
  readonly cells: readonly string[];
}

/** What is parsed at a time, so that other requests get their turn. */
const CHUNK_CHARS = 16_384;

/** Longest name of a column. */
const NAME_MAX_CHARS = 100;

/**
 * Reads a CSV file with a header, as spreadsheets write it: in UTF-8, UTF-16 with a byte order mark,
 * or else windows-1252, with commas, semicolons or tabs. The rows are read while they are asked for.
 *
 * @throws {SourceError} if it is empty or no CSV; also while rows are read, and if there are too many
 * rows or columns.
 */
export async function readTable(bytes: Uint8Array): Promise<Table> {
  const { text, delimiter } = withoutSeparatorLine(decode(bytes));
  if (!/\S/.test(text)) throw new SourceError("The file is empty: export it again");
  if (text.includes("\0")) throw new SourceError("The file is no CSV: save it as CSV");
  const records = recordsOf(text, { delimiter: delimiter ?? delimiterOf(text) });
  const { value: first, done } = await records.next();
  if (done) throw new SourceError("The file has no header: write names of columns first");
  const { length } = first.cells;
  if (length > IMPORT_COLUMNS_MAX) {
    throw new SourceError(
      `The file has ${length} columns, at most ${IMPORT_COLUMNS_MAX} fit: remove some`,
    );
  }
  const header = namesOf(first.cells);
  return { header, rows: rowsOf(records, header.length) };
}

async function* recordsOf(text: string, options: Options): AsyncGenerator<TableRow> {
  const parser = Readable.from(chunksOf(text)).pipe(parse({
    ...options,
    bom: true,
    info: true,
    // Otherwise only the one of the first line counts.
    record_delimiter: ["\r\n", "\n", "\r"],
    relax_column_count: true,
    skip_empty_lines: true,
    max_record_size: IMPORT_COLUMNS_MAX * IMPORT_CELL_MAX_CHARS,
  }));
  try {
    for await (const { info, record } of parser) {
      yield { line: info.lines, cells: record };
    }
  } catch (error) {
    if (error instanceof SourceError) throw error;
    throw new SourceError(`The file is not CSV (${messageOf(error)}): correct it`, {
      cause: error,
    });
  } finally {
    parser.destroy();
  }
}

async function* chunksOf(text: string): AsyncGenerator<string> {
  for (let start = 0; start < text.length; start += CHUNK_CHARS) {
    yield text.slice(start, start + CHUNK_CHARS);
    // Streams alone never give the event loop back.
    await new Promise((resolve) => setTimeout(resolve));
  }
}

async function* rowsOf(
  records: AsyncIterable<TableRow>,
  width: number,
): AsyncGenerator<TableRow> {
  let count = 0;
  for await (const { line, cells } of records) {
    if (cells.every((cell) => cell.trim() === "")) continue;
    if (++count > IMPORT_ROWS_MAX) {
      throw new SourceError(
        `The file has more than ${IMPORT_ROWS_MAX.toLocaleString("en")} rows: divide it`,
      );
    }
    const long = cells.find((cell) => cell.length > IMPORT_CELL_MAX_CHARS);
    if (long !== undefined) {
      throw new SourceError(
        `Line ${line} has a cell of ${long.length} characters, at most ${IMPORT_CELL_MAX_CHARS} fit`,
      );
    }
    yield { line, cells: widened(cells, width) };
  }
}

/** Adds the cells that a row lacks, and takes empty ones away that it has too many. */
function widened(cells: readonly string[], width: number): string[] {
  const filled = cells.findLastIndex((cell) => cell.trim() !== "") + 1;
  const length = Math.max(width, Math.min(filled, IMPORT_COLUMNS_MAX + 1));
  return Array.from({ length }, (_, index) => cells[index] ?? "");
}

/** Names columns, also those without a name or with the same one. */
function namesOf(cells: readonly string[]): string[] {
  const names = new Set<string>();
  for (const [index, cell] of cells.entries()) {
    const name = cell.trim().slice(0, NAME_MAX_CHARS) || `Column ${index + 1}`;
    names.add(names.has(name) ? `${name} (column ${index + 1})` : name);
  }
  return [...names];
}

function decode(bytes: Uint8Array): string {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return new TextDecoder("utf-16le").decode(bytes);
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return new TextDecoder("utf-16be").decode(bytes);
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return new TextDecoder("windows-1252").decode(bytes);
  }
}
