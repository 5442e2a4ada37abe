/** Removes the line `sep=;`, which Excel writes first. */
export function withoutSeparatorLine(text: string): { text: string; delimiter?: string } {
  const [line = "", delimiter] = /^\uFEFF?sep=(.)\r?\n/i.exec(text) ?? [];
  return { text: text.slice(line.length), ...(delimiter && { delimiter }) };
}

/** Longest part of a first line that is looked at. */
const LINE_CHARS = 20_000;

/** Returns the delimiter that the first line has most of. */
export function delimiterOf(text: string): string {
  const line = text.slice(0, LINE_CHARS).split(/[\r\n]/, 1)[0] ?? "";
  const [delimiter = ","] = [",", ";", "\t"]
    .sort((a, b) => line.split(b).length - line.split(a).length);
  return delimiter;
}
