/** A cell of a table. */
export type Cell = string | number | boolean | null;

/** Rows of a table by column. Each portion is written before the next one is read. */
export type Portions<Column extends string> = AsyncIterable<
  readonly Readonly<Record<Column, Cell>>[]
>;

/** How a CSV file is written. */
export interface CsvStyle {
  /** What is between cells. Default: a comma. */
  readonly separator?: "," | ";";
  /** Whether it begins with a byte order mark, by which Excel knows UTF-8. Default: no. */
  readonly bom?: boolean;
}

/** Begins a text that a spreadsheet takes for a formula, or one that {@linkcode csvLines} escaped. */
const FORMULA = /^'*[=+\-@\t\r＝＋－＠]/;

/** In a text that may need quotes or an apostrophe. Most have none, so one look is enough for them. */
const SPECIAL = new RegExp(`[",;\\r\\n]|${FORMULA.source}`);

/**
 * Writes rows as a CSV file with a header (RFC 4180), a portion at a time. A text that a spreadsheet
 * would take for a formula begins with an apostrophe.
 *
 * @see https://owasp.org/www-community/attacks/CSV_Injection
 */
export async function* csvLines<Column extends string>(
  columns: readonly Column[],
  portions: Portions<Column>,
  { separator = ",", bom = false }: CsvStyle = {},
): AsyncGenerator<string> {
  const cell = (value: Cell) => written(value, separator);
  const lineOf = (cells: readonly string[]) => `${cells.join(separator)}\r\n`;
  yield (bom ? "\uFEFF" : "") + lineOf(columns.map(cell));
  for await (const rows of portions) {
    yield rows.map((row) => lineOf(columns.map((column) => cell(row[column])))).join("");
  }
}

/** A package needs five times as long, which is what an export of a million users waits for. */
function written(cell: Cell, separator: string): string {
  if (typeof cell !== "string") return String(cell ?? "");
  if (!SPECIAL.test(cell)) return cell;
  const text = harmless(cell);
  const isPlain = !text.includes(separator) && !/["\r\n]/.test(text);
  return isPlain ? text : `"${text.replaceAll('"', '""')}"`;
}

function harmless(text: string): string {
  return FORMULA.test(text) ? `'${text}` : text;
}

/** Returns the text that {@linkcode csvLines} wrote as a cell. */
export function cellText(cell: string): string {
  return cell.startsWith("'") && FORMULA.test(cell) ? cell.slice(1) : cell;
}
