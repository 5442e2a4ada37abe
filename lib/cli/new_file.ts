import { TaskError } from "./errors.ts";

/**
 * Writes a new file that only its owner can read. If that fails, no file is left.
 *
 * @param content is called once the file is open: an unread stream would keep its source open
 * @throws {TaskError} if the file exists.
 */
export async function writeNewFile(
  path: string,
  content: () => ReadableStream<Uint8Array<ArrayBuffer>>,
): Promise<void> {
  const file = await create(path);
  try {
    await content().pipeTo(file.writable);
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
