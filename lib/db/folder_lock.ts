/** Who owns an embedded database. */
export interface FolderOwner {
  readonly pid: number;
  /** The folder of the socket for other processes, once it listens. */
  readonly socket?: string;
  /** What it does before it can let others in: it makes the files, or opens those that are there. */
  readonly state?: "creating" | "starting";
}

/** The lock of the database in the folder `path`. */
export function lockFileOf(path: string): string {
  return `${path}.lock`;
}

/** Who wrote their name into a lock last; they may be gone. */
export async function readFolderOwner(lockFile: string): Promise<FolderOwner | undefined> {
  try {
    return parseOwner(await Deno.readTextFile(lockFile));
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}

/**
 * The lock of an embedded database: a file beside it. The kernel gives the lock back when its holder
 * ends, by whatever signal; the file stays, since deleting it would let two in.
 */
export class FolderLock {
  readonly #path: string;
  readonly #file: Deno.FsFile;

  private constructor(path: string, file: Deno.FsFile) {
    this.#path = path;
    this.#file = file;
  }

  /** Opens the file, without taking the lock. */
  static async open(path: string): Promise<FolderLock> {
    const options = { read: true, write: true, create: true, mode: 0o600 };
    return new FolderLock(path, await Deno.open(path, options));
  }

  /** Takes the lock if nobody has it; says whether it did. */
  tryAcquire(): Promise<boolean> {
    return this.#file.tryLock(true);
  }

  /** Lets go of the lock, if it was taken, and of the file. */
  release(): void {
    this.#file.close();
  }

  /** Who wrote their name last; they may be gone. */
  readOwner(): Promise<FolderOwner | undefined> {
    return readFolderOwner(this.#path);
  }

  /** Writes who holds the lock, for the others to read; `undefined` when nobody will. */
  async writeOwner(owner: FolderOwner | undefined): Promise<void> {
    const bytes = new TextEncoder().encode(owner ? JSON.stringify(owner) : "");
    await this.#file.truncate(0);
    await this.#file.seek(0, Deno.SeekMode.Start);
    await this.#file.write(bytes);
  }
}

function parseOwner(text: string): FolderOwner | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    // Empty, or being written at this moment.
    return undefined;
  }
  return isOwner(value) ? value : undefined;
}

function isOwner(value: unknown): value is FolderOwner {
  return typeof value === "object" && value !== null && "pid" in value &&
    typeof value.pid === "number" && (!("socket" in value) || typeof value.socket === "string");
}
