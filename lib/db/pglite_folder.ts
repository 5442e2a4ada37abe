import { chmod, mkdir, readdir, rm, stat } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import type { PGlite } from "@electric-sql/pglite";
import type { DatabaseUser, OpenDatabase } from "./database.ts";
import { FolderLock, type FolderOwner } from "./folder_lock.ts";
import { createPGlite, databaseOf } from "./pglite.ts";
import { type PGliteServer, servePGlite } from "./pglite_server.ts";
import { openPool } from "./postgres.ts";
import { makeSocketFolder, SOCKET_NAME, SOCKET_PORT } from "./socket_folder.ts";
import { keepLogShort } from "./write_ahead_log.ts";

/** How long to wait for another process to let go of the folder, or to let us in. */
const WAIT_MS = 10_000;
const POLL_MS = 100;

/** Another process has the embedded database. */
export class FolderInUseError extends Error {
  override readonly name = "FolderInUseError";

  constructor(folder: string, owner: FolderOwner | undefined) {
    super(
      `Process ${owner?.pid ?? "unknown"} has the database in ${folder} for itself: ` +
        "wait for it to end, or stop it",
    );
  }
}

/**
 * Opens the embedded database in `folder`, which is made if there is none. Two processes on one
 * folder would damage it, so one owns it and serves the others.
 *
 * @throws {FolderInUseError}
 */
export async function openFolder(folder: string, user: DatabaseUser): Promise<OpenDatabase> {
  const path = resolve(folder);
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  const lock = await FolderLock.open(`${path}.lock`);
  try {
    const deadline = performance.now() + WAIT_MS;
    while (!await lock.tryAcquire()) {
      const owner = await lock.readOwner();
      const guest = user === "task" && owner?.socket && await enter(owner.socket);
      if (guest) {
        lock.release();
        return guest;
      }
      if (performance.now() > deadline) throw new FolderInUseError(folder, owner);
      await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    }
    return await own(path, lock, user);
  } catch (error) {
    lock.release();
    throw error;
  }
}

/** Connects to the process that owns the folder; `undefined` if it does not answer. */
async function enter(host: string): Promise<OpenDatabase | undefined> {
  const guest = openPool({
    host,
    port: SOCKET_PORT,
    user: "postgres",
    database: "postgres",
    ssl: false,
    // PGlite has one session: further connections would wait for each other.
    max: 1,
    // An owner that ends waits for guests who are connected, not for those who may come back.
    idleTimeoutMillis: 0,
  });
  try {
    await guest.ping();
    return guest;
  } catch {
    await guest.close();
  }
}

async function own(path: string, lock: FolderLock, user: DatabaseUser): Promise<OpenDatabase> {
  const before = await lock.readOwner();
  const pglite = await openOrCreate(path, lock, before);
  const database = databaseOf(pglite);
  const server = await serve(pglite, path, before);
  await lock.writeOwner({ pid: Deno.pid, ...(server && { socket: server.folder }) });
  const stopKeeping = keepLogShort(pglite);
  return {
    ...database,
    async close() {
      stopKeeping();
      // A task that other tasks work through lets them finish; a server is told to stop at once.
      if (user === "task") await server?.idle();
      await server?.close();
      await database.close();
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
  if (before?.creating) await empty(path);
  await closeToOthers(path);
  const names = await list(path);
  if (names.includes("PG_VERSION")) return await createPGlite({ dataDir: path });
  if (names.length > 0) {
    throw new Error(
      `${path} holds something else than a database: empty it, or name another folder`,
    );
  }
  await lock.writeOwner({ pid: Deno.pid, creating: true });
  await mkdir(path, { recursive: true, mode: 0o700 });
  return await createPGlite({ dataDir: path });
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

async function serve(
  pglite: PGlite,
  path: string,
  before: FolderOwner | undefined,
): Promise<PGliteServer & { folder: string } | undefined> {
  if (Deno.build.os === "windows") return undefined;
  // What a killed owner has left.
  if (before?.socket) await rm(before.socket, { recursive: true, force: true });
  const folder = await makeSocketFolder(path);
  const server = servePGlite(pglite, join(folder, SOCKET_NAME));
  return {
    folder,
    idle: server.idle,
    async close() {
      await server.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
