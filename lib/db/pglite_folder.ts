import { chmod, mkdir, readdir, rm, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { PGlite } from "@electric-sql/pglite";
import { assertRoom } from "./disk_space.ts";
import { FolderLock, type FolderOwner, lockFileOf } from "./folder_lock.ts";
import { createPGlite } from "./pglite.ts";
import { makeSocketFolder } from "./socket_folder.ts";

/** A folder with a database in it that this thread has for itself. */
export interface OwnedFolder {
  readonly pglite: PGlite;
  /** A folder for the socket that lets others in; Windows has none. */
  readonly socketFolder: string | undefined;
  /** Says that others may come in now. */
  announce(): Promise<void>;
  /** Lets go of the folder, once PGlite is closed. */
  release(): Promise<void>;
}

/**
 * Opens the database in the folder `path`, which is made if there is none. Two processes on one
 * folder would damage it, so one owns it and serves the others. `undefined`: another one has it.
 *
 * The thread that works on the folder holds the lock itself: it is free once that thread is gone.
 */
export async function ownFolder(path: string): Promise<OwnedFolder | undefined> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  const lock = await FolderLock.open(lockFileOf(path));
  try {
    if (await lock.tryAcquire()) return await own(path, lock);
  } catch (error) {
    lock.release();
    throw error;
  }
  lock.release();
}

async function own(path: string, lock: FolderLock): Promise<OwnedFolder> {
  const before = await lock.readOwner();
  const pglite = await openOrCreate(path, lock, before);
  // What a killed owner has left.
  if (before?.socket) await rm(before.socket, { recursive: true, force: true });
  const socketFolder = Deno.build.os === "windows" ? undefined : await makeSocketFolder(path);
  return {
    pglite,
    socketFolder,
    announce: () =>
      lock.writeOwner({ pid: Deno.pid, ...(socketFolder && { socket: socketFolder }) }),
    async release() {
      if (socketFolder) await rm(socketFolder, { recursive: true, force: true });
      await lock.writeOwner(undefined);
      lock.release();
    },
  };
}

/** A crash while the files are made leaves half of them: the lock file says so. */
async function openOrCreate(
  path: string,
  lock: FolderLock,
  before: FolderOwner | undefined,
): Promise<PGlite> {
  if (before?.state === "creating") await empty(path);
  await closeToOthers(path);
  const names = await list(path);
  if (names.includes("PG_VERSION")) {
    await lock.writeOwner({ pid: Deno.pid, state: "starting" });
    return await start(path);
  }
  if (names.length > 0) {
    throw new Error(
      `${path} holds something else than a database: empty it, or name another folder`,
    );
  }
  await lock.writeOwner({ pid: Deno.pid, state: "creating" });
  await mkdir(path, { recursive: true, mode: 0o700 });
  return await start(path);
}

async function start(path: string): Promise<PGlite> {
  try {
    return await createPGlite({ dataDir: path });
  } catch (error) {
    await assertRoom({ kind: "pglite", path });
    throw new Error(`Cannot open the database in ${path}: ${String(error)}`, { cause: error });
  }
}

/**
 * PGlite makes files that everybody may write to, so the folder must let nobody in: one that was
 * there before, such as a mounted volume, may be open to all.
 */
async function closeToOthers(path: string): Promise<void> {
  if (Deno.build.os === "windows") return;
  try {
    const { mode } = await stat(path);
    if ((mode & 0o077) !== 0) await chmod(path, 0o700);
  } catch (error) {
    // None yet; or somebody else's, who has decided who may enter.
    if (!["ENOENT", "EPERM"].some((code) => isCode(error, code))) throw error;
  }
}

/** Not the folder itself: it may be where a volume is mounted. */
async function empty(path: string): Promise<void> {
  for (const name of await list(path)) await rm(join(path, name), { recursive: true });
}

/** The names in a folder; none if there is no such folder. */
async function list(path: string): Promise<string[]> {
  try {
    return await readdir(path);
  } catch (error) {
    if (isCode(error, "ENOENT")) return [];
    throw error;
  }
}

function isCode(error: unknown, code: string): boolean {
  return error instanceof Error && "code" in error && error.code === code;
}
