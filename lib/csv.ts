import { stringify } from "csv-stringify/sync";

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
  const options = {
    columns: [...columns],
    delimiter: separator,
    record_delimiter: "windows",
    cast: { string: harmless, boolean: String },
  };
  yield stringify([], { ...options, bom, header: true });
  for await (const rows of portions) yield stringify([...rows], options);
}

function harmless(text: string): string {
  return FORMULA.test(text) ? `'${text}` : text;
}

/** Returns the text that {@linkcode csvLines} wrote as a cell. */
export function cellText(cell: string): string {
  return cell.startsWith("'") && FORMULA.test(cell) ? cell.slice(1) : cell;
}
