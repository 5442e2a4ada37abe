import { resolve } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { TaskError } from "@/lib/cli/errors.ts";
import { messageOf } from "@/lib/message_of.ts";
import { FolderLock, lockFileOf } from "@/lib/db/folder_lock.ts";
import { describeProcess } from "./processes.ts";

/** How long to wait for another process to release an embedded database. */
const WAIT_MS = 10_000;
const POLL_MS = 100;

/**
 * Creates the folders and checks that the server can write there.
 *
 * @throws {TaskError} that says what is in the way.
 */
export async function assertWritable(folders: readonly string[]): Promise<void> {
  for (const folder of folders) {
    try {
      await Deno.mkdir(folder, { recursive: true, mode: 0o700 });
      await Deno.remove(await Deno.makeTempFile({ dir: folder }));
    } catch (error) {
      const reason = messageOf(error);
      throw new TaskError(
        `Cannot write to the folder ${folder} (${reason}): let this account write there`,
        { cause: error },
      );
    }
  }
}

/**
 * Checks that no other process has the embedded database in `path`. Waits for one that may be about
 * to end.
 *
 * @param say told which process it waits for
 * @throws {TaskError} that names the process.
 */
export async function assertFolderFree(path: string, say: (text: string) => void): Promise<void> {
  const lock = await FolderLock.open(lockFileOf(resolve(path)));
  try {
    const deadline = performance.now() + WAIT_MS;
    for (let round = 0; !await lock.tryAcquire(); round++) {
      const owner = await lock.readOwner();
      const who = owner ? await describeProcess(owner.pid) : "another process";
      if (round === 0) say(`Waiting for ${who}, which has the database in ${path}`);
      if (performance.now() > deadline) {
        throw new TaskError(
          `The database in ${path} belongs to ${who}: stop it, or name another folder in DATABASE_URL`,
        );
      }
      await pause(POLL_MS);
    }
  } finally {
    lock.release();
  }
}
