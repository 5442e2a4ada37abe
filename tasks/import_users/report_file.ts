import { type FileHandle, open, rm } from "node:fs/promises";
import { basename, dirname, extname, join } from "node:path";
import { TaskError } from "@/lib/cli/errors.ts";

/** A file for the report. It is created first, so that the report can certainly be written. */
export interface ReportFile {
  readonly path: string;
  write(text: string): Promise<void>;
  /** Deletes the empty file. */
  discard(): Promise<void>;
}

/** The report contains personal data. */
const OWNER_ONLY = 0o600;

/**
 * Creates the file `path`. Without a path, creates one in the current folder or, if that is not
 * writable, beside `input`. Never overwrites a file.
 *
 * @throws {TaskError} if the file exists or cannot be created.
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
  throw new TaskError("Cannot write to this folder or the file's folder: give --report");
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
