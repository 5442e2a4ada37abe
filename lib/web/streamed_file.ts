import { csvLines, type CsvStyle, type Portions } from "@/lib/csv.ts";

/** Answers with rows as a CSV file, while they are read. */
export function csvFile<Column extends string>(
  filename: string,
  columns: readonly Column[],
  rows: Portions<Column>,
  style?: CsvStyle,
): Response {
  return streamedFile(filename, "text/csv; charset=utf-8", csvLines(columns, rows, style));
}

/** Answers with values as a file that has a JSON object a line, while they are read. */
export function jsonLinesFile(
  filename: string,
  portions: AsyncIterable<readonly object[]>,
): Response {
  return streamedFile(filename, "application/jsonl; charset=utf-8", jsonLines(portions));
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
