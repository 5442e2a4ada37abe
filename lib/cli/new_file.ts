import { PartFile } from "@/lib/part_file.ts";
import { TaskError } from "./errors.ts";

/**
 * Writes a new file that only its owner can read. It gets its name when it is whole. If that fails, no
 * file is left.
 *
 * @param content is called once the file is open: an unread stream would keep its source open
 * @throws {TaskError} if the file exists.
 */
export async function writeNewFile(
  path: string,
  content: () => ReadableStream<Uint8Array>,
): Promise<void> {
  try {
    await using part = await PartFile.create(path);
    for await (const chunk of content()) await part.write(chunk);
    await part.finish();
  } catch (error) {
    if (!(error instanceof Deno.errors.AlreadyExists)) throw error;
    throw new TaskError(error.message, { cause: error });
  }
}
