import { parseInstant } from "@/lib/shared/instant.ts";

/** A value from a database or a CSV file. */
export type Cell = string | number | bigint | Uint8Array<ArrayBuffer> | null;

/** A row by column name in lower case. Missing columns are absent. */
export type Cells = ReadonlyMap<string, Cell>;

/** Times outside these years are taken for mistakes. */
const FIRST_YEAR = 1970;
const LAST_YEAR = 2100;

/** Numbers below this are seconds since 1970, others milliseconds. */
const MAX_SECONDS = 1e11;

/** Returns the first of these columns that is present and not NULL or a word for it. */
export function cellOf(cells: Cells, ...columns: readonly string[]): Cell {
  for (const column of columns) {
    const cell = cells.get(column) ?? null;
    if (cell !== null && !isNullWord(cell)) return cell;
  }
  return null;
}

/** Whether a cell holds the word that SQL or Python writes for nothing. */
function isNullWord(cell: Cell): boolean {
  return cell === "NULL" || cell === "None";
}

/**
 * Returns the text of a cell of any type. NULL is empty. Bytes that are not UTF-8 are read as
 * windows-1252.
 */
export function textOf(cell: Cell): string {
  if (cell instanceof Uint8Array) {
    return new TextDecoder(isUtf8(cell) ? "utf-8" : "windows-1252").decode(cell);
  }
  return cell === null ? "" : String(cell);
}

/** Whether bytes are valid UTF-8. */
export function isUtf8(bytes: Uint8Array<ArrayBuffer>): boolean {
  return decoded(() => {
    new TextDecoder("utf-8", { fatal: true }).decode(bytes);
    return bytes;
  }) !== undefined;
}

/** Remarks on texts that could not be read as they are, by column. */
export function remarksOnTexts(cells: Cells, columns: readonly string[]): string[] {
  return columns.flatMap((column) => {
    const cell = cells.get(column) ?? null;
    if (column !== "username" && isNullWord(cell)) {
      return [`${column}: the word ${cell} was read as empty`];
    }
    const isLegacy = cell instanceof Uint8Array && !isUtf8(cell);
    return isLegacy ? [`${column}: is not UTF-8 and was read as windows-1252`] : [];
  });
}

/**
 * Returns the key of a row as text, so that `7` and `"7"` are equal. `undefined` if there is none.
 */
export function keyOf(cell: Cell): string | undefined {
  return textOf(cell).trim() || undefined;
}

/** Reads a whole number from a cell of any type. `undefined` if it holds none. */
export function wholeOf(cell: Cell): number | undefined {
  const text = textOf(cell).trim();
  return /^[+-]?\d{1,18}(\.0*)?$/.test(text) ? Number(text) : undefined;
}

/** Reads bytes that PostgreSQL writes as `\x6869`. `undefined` for other text. */
export function postgresBytes(text: string): Uint8Array<ArrayBuffer> | undefined {
  return text.startsWith("\\x") ? decoded(() => Uint8Array.fromHex(text.slice(2))) : undefined;
}

/** Decodes base64. `undefined` for other text. */
export function base64Bytes(text: string): Uint8Array<ArrayBuffer> | undefined {
  return decoded(() => Uint8Array.fromBase64(text));
}

function decoded(decode: () => Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> | undefined {
  try {
    return decode();
  } catch {
    return undefined;
  }
}

/**
 * Reads a time: `2026-11-23 02:32:31.377347` (UTC unless it has an offset), or seconds or
 * milliseconds since 1970. `undefined` for anything else, and outside the years above.
 */
export function timeOf(cell: Cell): Date | undefined {
  const number = wholeOf(cell);
  const time = number === undefined
    ? parseTime(textOf(cell).trim())
    : new Date(Math.abs(number) < MAX_SECONDS ? number * 1_000 : number);
  const year = time?.getUTCFullYear() ?? NaN;
  return year >= FIRST_YEAR && year <= LAST_YEAR ? time : undefined;
}

/**
 * Reads a time as databases write it: with a space instead of RFC 3339's `T`, and with several
 * forms of offsets.
 */
function parseTime(text: string): Date | undefined {
  const parts =
    /^(\d{4}-\d\d-\d\d)(?:[ T](\d\d:\d\d(?::\d\d)?)(\.\d{1,9})?\s*(Z|[+-]\d\d(?::?\d\d)?)?)?$/i
      .exec(text);
  if (!parts) return undefined;
  const [, day, clock = "00:00", fraction = "", zone = "Z"] = parts;
  return parseInstant(`${day}T${withSeconds(clock)}${fraction}${isoZone(zone)}`);
}

function withSeconds(clock: string): string {
  return clock.length === "00:00".length ? `${clock}:00` : clock;
}

/** PostgreSQL writes `+00`, ISO 8601 wants `+00:00`. */
function isoZone(zone: string): string {
  if (/^z$/i.test(zone)) return "Z";
  return `${zone.slice(0, 3)}:${zone.slice(3).replace(":", "") || "00"}`;
}
