/**
 * A line of a list of passwords: the SHA-1 of one in hex, or at least its first 10 digits, and
 * perhaps how often it was seen.
 */
const HASH_LINE = /^([0-9a-f]{10,40})(:\d*)?\r?$/i;

/** Returns the hash of a line in capitals, or "" if it has none. */
export function hashOfLine(line: string): string {
  return HASH_LINE.exec(line)?.[1]?.toUpperCase() ?? "";
}
