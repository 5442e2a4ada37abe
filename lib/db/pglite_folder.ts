import { chmod, mkdir, readdir, rm, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { PGlite } from "@electric-sql/pglite";
import { assertRoom } from "./disk_space.ts";
import { FolderLock, type FolderOwner, lockFileOf } from "./folder_lock.ts";
import { createPGlite } from "./pglite.ts";
import { makeSocketFolder } from "./socket_folder.ts";

/** A database folder that this thread owns. */
export interface OwnedFolder {
  readonly pglite: PGlite;
  /** Folder of the socket that lets other processes in. Windows has none. */
  readonly socketFolder: string | undefined;
  /** Tells other processes that they can come in. */
  announce(): Promise<void>;
  /** Releases the folder. PGlite must be closed. */
  release(): Promise<void>;
}

/**
 * Opens the database in the folder `path`, and creates it if there is none. Two processes on one
 * folder would damage it, so one owns it and serves the others. Returns `undefined` if another
 * process owns it.
 *
 * The thread that works on the folder holds the lock, so it is free once that thread has gone.
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
  // A killed owner leaves its socket.
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

/** Opens or creates the database. The lock file remembers a creation that a crash cut short. */
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
      `${path} holds something other than a database: empty it, or name another folder`,
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
 * Closes the folder to other accounts, because PGlite makes its files writable for everybody. An
 * existing folder, such as a mounted volume, may be open to all.
 */
async function closeToOthers(path: string): Promise<void> {
  if (Deno.build.os === "windows") return;
  try {
    const { mode } = await stat(path);
    if ((mode & 0o077) !== 0) await chmod(path, 0o700);
  } catch (error) {
    // There is no folder yet, or another account owns it and has decided who may enter.
    if (!["ENOENT", "EPERM"].some((code) => isCode(error, code))) throw error;
  }
}

/** Keeps the folder itself: a volume may be mounted there. */
async function empty(path: string): Promise<void> {
  for (const name of await list(path)) await rm(join(path, name), { recursive: true });
}

/** Lists the names in a folder. A missing folder has none. */
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
