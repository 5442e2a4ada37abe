import { type FileHandle, open, rm } from "node:fs/promises";
import { basename, dirname, extname, join } from "node:path";
import { TaskError } from "@/lib/cli/errors.ts";

/** A file for the report, which exists already, so that writing it cannot fail for its place. */
export interface ReportFile {
  readonly path: string;
  write(text: string): Promise<void>;
  /** Takes the empty file away again. */
  discard(): Promise<void>;
}

/** The names in it are personal data. */
const OWNER_ONLY = 0o600;

/**
 * Makes the file `path`, or, without it, one in the current folder or, where that may not be written,
 * beside `input`. No existing file is written over.
 *
 * @throws {TaskError} if the file exists or cannot be made.
 */
export async function openReport(path: string | undefined, input: string): Promise<ReportFile> {
  if (path !== undefined) return reportIn(await create(path), path);
  for (const folder of [".", dirname(input)]) {
    try {
      return await openNumbered(folder, basename(input, extname(input)));
    } catch (error) {
      if (!isDenied(error)) throw error;
    }
  }
  throw new TaskError("Neither this folder nor that of the file can be written: give --report");
}

async function openNumbered(folder: string, name: string): Promise<ReportFile> {
  for (let count = 1;; count++) {
    const path = join(folder, `${name}-import${count === 1 ? "" : `-${count}`}.csv`);
    try {
      return reportIn(await open(path, "wx", OWNER_ONLY), path);
    } catch (error) {
      if (codeOf(error) !== "EEXIST") throw error;
    }
  }
}

async function create(path: string): Promise<FileHandle> {
  try {
    return await open(path, "wx", OWNER_ONLY);
  } catch (error) {
    const exists = codeOf(error) === "EEXIST";
    throw new TaskError(
      exists
        ? `${path} exists already: name another file for the report`
        : `Cannot write ${path}: name another file for the report`,
      { cause: error },
    );
  }
}

function reportIn(file: FileHandle, path: string): ReportFile {
  return {
    path,
    async write(text) {
      await file.writeFile(text);
      await file.close();
    },
    async discard() {
      await file.close();
      await rm(path);
    },
  };
}

function isDenied(error: unknown): boolean {
  return ["EACCES", "EPERM", "EROFS"].some((code) => code === codeOf(error));
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && "code" in error ? error.code : undefined;
}
