import { mkdir, rm } from "node:fs/promises";
import { join } from "node:path";

/** PostgreSQL clients look for a socket of this name, which includes the port. */
export const SOCKET_PORT = 5432;
export const SOCKET_NAME = `.s.PGSQL.${SOCKET_PORT}`;

/** Longest path of a socket. macOS has the lowest limit: 104 bytes with the final zero. */
const MAX_PATH_BYTES = 103;

/**
 * Makes an empty folder for a socket that only this account can open. It lies beside `path`, or
 * among the temporary files if that path is too long.
 */
export async function makeSocketFolder(path: string): Promise<string> {
  const beside = `${path}.sock`;
  const { length } = new TextEncoder().encode(join(beside, SOCKET_NAME));
  if (length > MAX_PATH_BYTES) return await Deno.makeTempDir({ prefix: "roster_" });
  await rm(beside, { recursive: true, force: true });
  await mkdir(beside, { mode: 0o700 });
  return beside;
}
