import { type FileHandle, open } from "node:fs/promises";
import { hashOfLine } from "@/lib/hash_line.ts";
import type { Logger } from "@/lib/log.ts";

/** Passwords that were published after data breaches. */
export interface BreachedPasswords {
  /** Whether a password is in the list. If the list cannot be read, that is logged and no match. */
  has(password: string): Promise<boolean>;
}

/** What a look at some lines of a list has found. */
export interface ListSample {
  /** About how many hashes there are. */
  readonly count: number;
  readonly isSorted: boolean;
}

/** Longer than any line. */
const LINE_BYTES = 128;
/** A part of the list that is read at once. */
const BLOCK_BYTES = 4096;
const SAMPLES = 100;

/**
 * Uses a list of hashes that is sorted, as the downloader of Have I Been Pwned makes it. It stays on
 * the disk: a look-up in 40 GB reads about 25 short pieces.
 *
 * @param path of a file with one hash per line, as {@linkcode hashOfLine} reads it, all hashes equally long
 * @see https://haveibeenpwned.com/Passwords
 */
export function openBreachedPasswords(path: string, log: Pick<Logger, "error">): BreachedPasswords {
  return {
    async has(password) {
      try {
        await using file = await open(path);
        return await hasHash(file, await sha1Of(password));
      } catch (error) {
        log.error({ err: error }, "BREACHED_PASSWORDS_FILE cannot be read");
        return false;
      }
    },
  };
}

/**
 * Looks at some lines of a list.
 *
 * @throws if the file cannot be read.
 */
export async function sampleBreachedPasswords(path: string): Promise<ListSample> {
  await using file = await open(path);
  const { size } = await file.stat();
  const hashes: string[] = [];
  let bytes = 0;
  for (let place = 0; place < SAMPLES; place++) {
    const line = await lineFrom(file, Math.floor(size * place / SAMPLES));
    if (line === undefined) break;
    hashes.push(hashOfLine(line.text));
    bytes += line.text.length + 1;
  }
  return {
    count: Math.round(size * hashes.length / Math.max(bytes, 1)),
    isSorted: hashes.every((hash, at) => hash !== "" && (at === 0 || hashes[at - 1]! <= hash)),
  };
}

async function sha1Of(password: string): Promise<string> {
  const hash = await crypto.subtle.digest("SHA-1", new TextEncoder().encode(password));
  return new Uint8Array(hash).toHex().toUpperCase();
}

/** Searches a sorted file by halves. The line begins at `from` or later, and before `to`. */
async function hasHash(file: FileHandle, wanted: string): Promise<boolean> {
  let from = 0;
  let to = (await file.stat()).size;
  while (to - from > BLOCK_BYTES) {
    const middle = Math.floor((from + to) / 2);
    const line = await lineFrom(file, middle);
    if (line && line.start < to && hashOfLine(line.text) <= wanted) from = line.start;
    else to = middle + 1;
  }
  const text = await read(file, from, to - from + LINE_BYTES);
  const end = text.indexOf("\n", to - from - 1);
  const lines = text.slice(0, end < 0 ? undefined : end).split("\n");
  return lines.map(hashOfLine).some((hash) => hash !== "" && wanted.startsWith(hash));
}

/** Reads the first line that begins after an offset, or at 0. */
async function lineFrom(
  file: FileHandle,
  offset: number,
): Promise<{ readonly start: number; readonly text: string } | undefined> {
  const text = await read(file, offset, 2 * LINE_BYTES);
  const start = offset === 0 ? 0 : text.indexOf("\n") + 1;
  if ((offset > 0 && start === 0) || start === text.length) return undefined;
  return { start: offset + start, text: text.slice(start).split("\n", 1)[0]! };
}

async function read(file: FileHandle, position: number, length: number): Promise<string> {
  const { buffer, bytesRead } = await file.read(new Uint8Array(length), 0, length, position);
  return new TextDecoder("latin1").decode(buffer.subarray(0, bytesRead));
}
