import { existsSync } from "node:fs";
import { open, rm, statfs } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { Db } from "@/lib/db/database.ts";
import { findDatabaseTime } from "@/lib/repo/server.ts";

/**
 * Returns the free bytes where a folder is or will be created.
 *
 * @throws {Error} if nothing can be written there.
 */
export async function findFreeSpace(folder: string): Promise<number> {
  const existing = nearestFolder(folder);
  const trial = join(existing, `.roster-${crypto.randomUUID()}`);
  const file = await open(trial, "wx");
  try {
    await file.writeFile("x");
    await file.sync();
  } finally {
    await file.close();
    await rm(trial);
  }
  const { bavail, bsize } = await statfs(existing);
  return bavail * bsize;
}

function nearestFolder(folder: string): string {
  return existsSync(folder) || folder === dirname(folder) ? folder : nearestFolder(dirname(folder));
}

/**
 * Returns how far the database's clock is ahead of ours, in milliseconds. The round trip makes it
 * uncertain.
 */
export async function findClockSkew(db: Db): Promise<{ aheadMs: number; uncertaintyMs: number }> {
  const before = Date.now();
  const there = await findDatabaseTime(db);
  const after = Date.now();
  return {
    aheadMs: Math.round(there.getTime() - (before + after) / 2),
    uncertaintyMs: Math.ceil((after - before) / 2),
  };
}
