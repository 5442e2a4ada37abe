/** The process that owns an embedded database. */
export interface FolderOwner {
  readonly pid: number;
  /** The folder of the socket for other processes, once it listens. */
  readonly socket?: string;
  /** Set until it can let others in: it creates the files, or opens existing ones. */
  readonly state?: "creating" | "starting";
}

/** Returns the path of the lock for the database folder `path`. */
export function lockFileOf(path: string): string {
  return `${path}.lock`;
}

/** Returns the owner that a lock names. That process may have ended. */
export async function readFolderOwner(lockFile: string): Promise<FolderOwner | undefined> {
  try {
    return parseOwner(await Deno.readTextFile(lockFile));
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}

/**
 * Locks an embedded database through a file beside its folder. The kernel releases the lock when
 * the holder ends, even by a signal. The file is never deleted, because that could let two
 * processes in.
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

  /** Takes the lock if it is free. Returns whether it did. */
  tryAcquire(): Promise<boolean> {
    return this.#file.tryLock(true);
  }

  /** Releases the lock, if taken, and closes the file. */
  release(): void {
    this.#file.close();
  }

  /** Returns the owner that the lock names. That process may have ended. */
  readOwner(): Promise<FolderOwner | undefined> {
    return readFolderOwner(this.#path);
  }

  /** Writes who holds the lock, for other processes to read. `undefined` clears it. */
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
    // The file is empty or being written.
    return undefined;
  }
  return isOwner(value) ? value : undefined;
}

function isOwner(value: unknown): value is FolderOwner {
  return typeof value === "object" && value !== null && "pid" in value &&
    typeof value.pid === "number" && (!("socket" in value) || typeof value.socket === "string");
}
