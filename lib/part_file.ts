/** Added to the name of a file until it is whole. */
export const PART = ".part";

/**
 * A new file that only its owner can read. It gets its name when it is whole and on the disk. Until
 * then it is the file `NAME.part`, which a process leaves only if it is killed.
 */
export class PartFile implements AsyncDisposable {
  #bytes = 0;
  #isWhole = false;

  private constructor(private readonly path: string, private readonly file: Deno.FsFile) {}

  /** @throws {Deno.errors.AlreadyExists} if the file or its part exists: says what to do. */
  static async create(path: string): Promise<PartFile> {
    if (await exists(path)) throw new Deno.errors.AlreadyExists(taken(path));
    const part = path + PART;
    const file = await createNew(
      part,
      `${part} exists: somebody is writing it, or was stopped. Remove it, or name another file`,
    );
    return new PartFile(path, file);
  }

  /** How many bytes were written. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Appends bytes. */
  async write(chunk: Uint8Array): Promise<void> {
    for (let start = 0; start < chunk.length;) {
      start += await this.file.write(chunk.subarray(start));
    }
    this.#bytes += chunk.length;
  }

  /**
   * Gives the file its name.
   *
   * @throws {Deno.errors.AlreadyExists} if somebody has made a file of this name meanwhile.
   */
  async finish(): Promise<void> {
    await this.file.sync();
    // Renaming would replace a file of somebody else. This one is ours.
    (await createNew(this.path, taken(this.path))).close();
    await Deno.rename(this.path + PART, this.path);
    this.#isWhole = true;
  }

  /** Closes the file, and removes it if it is not finished. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.file.close();
    // Where that fails, the error that led here says more.
    if (!this.#isWhole) await Deno.remove(this.path + PART).catch(() => {});
  }
}

const taken = (path: string) => `${path} exists: name another file`;

async function createNew(path: string, ifTaken: string): Promise<Deno.FsFile> {
  try {
    return await Deno.open(path, { write: true, createNew: true, mode: 0o600 });
  } catch (cause) {
    if (!(cause instanceof Deno.errors.AlreadyExists)) throw cause;
    throw new Deno.errors.AlreadyExists(ifTaken, { cause });
  }
}

async function exists(path: string): Promise<boolean> {
  try {
    await Deno.lstat(path);
    return true;
  } catch (error) {
    // Creating it says what is wrong with the folder.
    if (error instanceof Error && "code" in error) return false;
    throw error;
  }
}
