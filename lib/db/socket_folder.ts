import { createHash } from "node:crypto";
import { mkdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

/** PostgreSQL clients look for a socket of this name, which includes the port. */
export const SOCKET_PORT = 5432;
export const SOCKET_NAME = `.s.PGSQL.${SOCKET_PORT}`;

/** Longest path of a socket. macOS has the lowest limit: 104 bytes with the final zero. */
const MAX_PATH_BYTES = 103;

/** Makes an empty folder for the socket of the database in `path`. Only this account can open it. */
export async function makeSocketFolder(path: string): Promise<string> {
  const folder = socketFolderOf(path);
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { mode: 0o700 });
  return folder;
}

/**
 * The folder for the socket of the database in `path`: beside it, or where temporary files are if
 * that is too long.
 */
export function socketFolderOf(path: string): string {
  const beside = `${resolve(path)}.sock`;
  const { length } = new TextEncoder().encode(join(beside, SOCKET_NAME));
  if (length <= MAX_PATH_BYTES) return beside;
  const digest = createHash("sha256").update(beside).digest("hex");
  return join(tmpdir(), `roster_${digest.slice(0, 16)}`);
}
