import { closeSync, openSync, readSync } from "node:fs";
import { hashOfLine } from "@/lib/hash_line.ts";
import { type Parser, Refusal } from "./parsers.ts";

/** Longer than the first line. */
const START_BYTES = 128;

/** Reads the path of a list of hashes, which stays on the disk. */
export const hashFile: Parser<string> = (path) => {
  try {
    if (hashOfLine(firstLine(path)) !== "") return path;
  } catch {
    // It says the same as of a file of something else.
  }
  return new Refusal("the path of a file that can be read is allowed, with a SHA-1 hash per line");
};

function firstLine(path: string): string {
  const file = openSync(path, "r");
  try {
    const start = new Uint8Array(START_BYTES);
    const length = readSync(file, start);
    return new TextDecoder("latin1").decode(start.subarray(0, length)).split("\n", 1)[0]!;
  } finally {
    closeSync(file);
  }
}
