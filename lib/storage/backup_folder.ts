import { dirname, join } from "node:path";
import { messageOf } from "@/lib/message_of.ts";
import { PART, PartFile } from "@/lib/part_file.ts";

/** A backup in the folder. */
export interface BackupFile {
  readonly name: string;
  readonly bytes: number;
  readonly madeAt: Date;
}

/** The folder or the file cannot be used. The message is a sentence that says what to do. */
export class BackupFileError extends Error {
  override readonly name = "BackupFileError";
}

/** The names that {@linkcode backupName} makes. Other files of the folder are not ours. */
const NAME = /^roster-\d{4}-\d\d-\d\dT\d{6}\.jsonl\.gz$/;

/** Nobody has written to a part for this long: its process was killed. */
const ABANDONED_MS = 60 * 60_000;

/** Returns the name of a backup that is made at `time`, in UTC. Names sort by time. */
export function backupName(time: Date): string {
  return `roster-${time.toISOString().slice(0, 19).replaceAll(":", "")}.jsonl.gz`;
}

/**
 * Writes lines into a new compressed file that only its owner can read. It gets its name when it is
 * whole and on the disk. If that fails, no file is left. Returns its size in bytes.
 *
 * @throws {BackupFileError} if the file exists, or the folder does not take it
 * @throws the reason of `signal`, and errors of `lines`
 */
export async function writeBackupFile(
  path: string,
  lines: AsyncIterable<string>,
  signal?: AbortSignal,
): Promise<number> {
  const folder = dirname(path);
  await using part = await inFolder(folder, () => PartFile.create(path));
  await writeLines(part, { folder, lines, signal });
  await inFolder(folder, () => part.finish());
  return part.bytes;
}

async function writeLines(
  part: PartFile,
  { folder, lines, signal }: {
    readonly folder: string;
    readonly lines: AsyncIterable<string>;
    readonly signal: AbortSignal | undefined;
  },
): Promise<void> {
  const gzip = new CompressionStream("gzip");
  const encoder = new TextEncoder();
  const writer = gzip.writable.getWriter();
  const written = (async () => {
    for await (const chunk of gzip.readable) await inFolder(folder, () => part.write(chunk));
  })();
  const compressed = (async () => {
    for await (const line of lines) {
      signal?.throwIfAborted();
      await writer.write(encoder.encode(`${line}\n`));
    }
    await writer.close();
  })().catch(async (error: unknown) => {
    await writer.abort(error);
    throw error;
  });
  // If the disk is full, writing says so, and compressing fails after it.
  const failed = (await Promise.allSettled([written, compressed]))
    .find((outcome) => outcome.status === "rejected");
  if (failed) throw failed.reason;
}

/** Lists the backups of a folder, the newest first. @throws {BackupFileError} */
export async function listBackupFiles(folder: string): Promise<BackupFile[]> {
  const names = await inFolder(folder, () => Array.fromAsync(Deno.readDir(folder)));
  const ours = names.map(({ name }) => name).filter((name) => NAME.test(name)).sort().reverse();
  return await Promise.all(ours.map(async (name) => {
    const { size, mtime } = await Deno.stat(join(folder, name));
    return { name, bytes: size, madeAt: mtime ?? new Date(0) };
  }));
}

/** Removes all but the newest backups of a folder, and what killed processes left. */
export async function trimBackupFiles(folder: string, kept: number): Promise<void> {
  for (const { name } of (await listBackupFiles(folder)).slice(kept)) {
    await Deno.remove(join(folder, name));
  }
  for await (const { name } of Deno.readDir(folder)) {
    if (!name.endsWith(PART) || !NAME.test(name.slice(0, -PART.length))) continue;
    const { mtime } = await Deno.stat(join(folder, name));
    if (Date.now() - (mtime?.getTime() ?? 0) > ABANDONED_MS) await Deno.remove(join(folder, name));
  }
}

/** Turns what the system says of a folder into a sentence for operators. */
async function inFolder<T>(folder: string, use: () => Promise<T>): Promise<T> {
  try {
    return await use();
  } catch (error) {
    const advice = adviceFor(folder, error);
    if (advice === undefined) throw error;
    throw new BackupFileError(advice, { cause: error });
  }
}

function adviceFor(folder: string, error: unknown): string | undefined {
  if (error instanceof Deno.errors.AlreadyExists) return error.message;
  switch (codeOf(error)) {
    case undefined:
      return undefined;
    case "ENOENT":
    case "ENOTDIR":
      return `The folder ${folder} does not exist: create it, or mount its disk`;
    case "EACCES":
    case "EPERM":
      return `The server may not use ${folder}: give the folder to its account`;
    case "EROFS":
      return `The disk of ${folder} is read-only: mount it for writing`;
    case "ENOSPC":
    case "EDQUOT":
      return `The disk of ${folder} is full: make room there`;
    default:
      return `The folder ${folder} cannot be used: ${messageOf(error)}`;
  }
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && "code" in error ? error.code : undefined;
}
