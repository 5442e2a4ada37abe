import { statfs } from "node:fs/promises";
import { dirname } from "node:path";
import type { DatabaseSettings } from "@/lib/settings/database.ts";

/**
 * Room for two files of the write-ahead log. PostgreSQL stops when it cannot create the next one.
 */
const MIN_FREE_BYTES = 32 * 1024 * 1024;
const MIB = 1024 * 1024;

/**
 * Checks that an embedded database has room to grow.
 *
 * @throws {Error} that says how much is left.
 */
export async function assertRoom(settings: DatabaseSettings): Promise<void> {
  if (settings.kind !== "pglite" || settings.path === "memory") return;
  const free = await freeBytes(settings.path);
  if (free >= MIN_FREE_BYTES) return;
  const left = Math.floor(free / MIB);
  throw new Error(
    `The disk of ${settings.path} is full (${left} MiB left, ${
      MIN_FREE_BYTES / MIB
    } MiB needed): make room`,
  );
}

async function freeBytes(path: string): Promise<number> {
  try {
    const { bavail, bsize } = await statfs(path);
    return bavail * bsize;
  } catch (error) {
    if (dirname(path) === path) throw error;
    return await freeBytes(dirname(path));
  }
}
