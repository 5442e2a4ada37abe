import { TaskError } from "./errors.ts";

/**
 * Writes lines into a new compressed file that only its owner can read. If that fails, no file is
 * left.
 *
 * @throws {TaskError} if the file exists.
 */
export async function writeBackupFile(path: string, lines: AsyncIterable<string>): Promise<void> {
  const file = await create(path);
  try {
    await ReadableStream.from(lines)
      .pipeThrough(
        new TransformStream<string, string>({
          transform: (line, controller) => controller.enqueue(`${line}\n`),
        }),
      )
      .pipeThrough(new TextEncoderStream())
      .pipeThrough(new CompressionStream("gzip"))
      .pipeTo(file.writable);
  } catch (error) {
    await Deno.remove(path);
    throw error;
  }
}

async function create(path: string): Promise<Deno.FsFile> {
  try {
    return await Deno.open(path, { write: true, createNew: true, mode: 0o600 });
  } catch (error) {
    if (!(error instanceof Deno.errors.AlreadyExists)) throw error;
    throw new TaskError(`${path} exists: name another file`, { cause: error });
  }
}

/**
 * Reads the lines of a compressed file.
 *
 * @throws {TaskError} if it cannot be read.
 */
export async function* readBackupFile(path: string): AsyncGenerator<string> {
  let rest = "";
  try {
    const file = await Deno.open(path);
    const text = file.readable
      .pipeThrough(new DecompressionStream("gzip"))
      .pipeThrough(new TextDecoderStream("utf-8", { fatal: true }));
    for await (const chunk of text) {
      const lines = (rest + chunk).split("\n");
      rest = lines.pop() ?? "";
      yield* lines;
    }
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) {
      throw new TaskError(`${path} does not exist`, { cause: error });
    }
    if (error instanceof TypeError) {
      throw new TaskError(`${path} is damaged, or no backup`, { cause: error });
    }
    throw error;
  }
}
