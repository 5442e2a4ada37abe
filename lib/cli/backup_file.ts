import { TaskError } from "./errors.ts";

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
