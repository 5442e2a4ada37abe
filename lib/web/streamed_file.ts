import { stringify } from "csv-stringify/sync";

/** A cell of a table. */
export type Cell = string | number | boolean | null;

/** Rows of a table by column. Each portion is sent before the next one is read. */
export type Portions = AsyncIterable<readonly Readonly<Record<string, Cell>>[]>;

/**
 * Answers with rows as a CSV file (RFC 4180), while they are read. A cell that a spreadsheet would
 * take for a formula begins with an apostrophe.
 *
 * @see https://owasp.org/www-community/attacks/CSV_Injection
 */
export function csvFile(filename: string, columns: readonly string[], rows: Portions): Response {
  return streamedFile(filename, "text/csv; charset=utf-8", csvLines(columns, rows));
}

/** Answers with values as a file that has a JSON object a line, while they are read. */
export function jsonLinesFile(
  filename: string,
  portions: AsyncIterable<readonly object[]>,
): Response {
  return streamedFile(filename, "application/jsonl; charset=utf-8", jsonLines(portions));
}

async function* csvLines(columns: readonly string[], portions: Portions): AsyncGenerator<string> {
  const options = { columns: [...columns], escape_formulas: true, record_delimiter: "windows" };
  yield stringify([], { ...options, header: true });
  for await (const rows of portions) yield stringify([...rows], options);
}

async function* jsonLines(portions: AsyncIterable<readonly object[]>): AsyncGenerator<string> {
  for await (const values of portions) {
    yield values.map((value) => `${JSON.stringify(value)}\n`).join("");
  }
}

/** Reads the next portion when the client has taken the one before. */
function streamedFile(filename: string, type: string, lines: AsyncIterable<string>): Response {
  return new Response(ReadableStream.from(lines).pipeThrough(new TextEncoderStream()), {
    headers: {
      "content-type": type,
      "content-disposition": `attachment; filename="${filename}"`,
    },
  });
}
