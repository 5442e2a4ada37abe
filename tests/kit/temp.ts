import { statfs } from "node:fs/promises";

/** A temporary folder. Disposing it deletes it. */
export interface TempFolder extends AsyncDisposable {
  readonly path: string;
}

/**
 * Creates an empty folder for the account `owner`, by default that of the test run, in `parent`, by
 * default where the system keeps temporary files.
 */
export async function tempFolder(
  owner?: { readonly uid: number; readonly gid: number },
  parent?: string,
): Promise<TempFolder> {
  const path = await Deno.makeTempDir({
    prefix: "roster_test_",
    ...(parent !== undefined && { dir: parent }),
  });
  if (owner) await Deno.chown(path, owner.uid, owner.gid);
  return { path, [Symbol.asyncDispose]: () => Deno.remove(path, { recursive: true }) };
}

const MEMORY = "/dev/shm";

/** Returns a folder whose files are in memory, if it has room for `bytes`. */
export async function folderInMemory(bytes: number): Promise<string | undefined> {
  const found = await statfs(MEMORY).catch(() => undefined);
  return found && found.bavail * found.bsize >= bytes ? MEMORY : undefined;
}
