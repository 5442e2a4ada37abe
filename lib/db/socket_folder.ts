import { mkdir, rm } from "node:fs/promises";
import { join } from "node:path";

/** PostgreSQL's clients look in a folder for a socket of this name; the port is part of it. */
export const SOCKET_PORT = 5432;
export const SOCKET_NAME = `.s.PGSQL.${SOCKET_PORT}`;

/** The kernel refuses longer paths; macOS, with 104 and a zero, has the lowest limit. */
const MAX_PATH_BYTES = 103;

/**
 * Makes an empty folder for a socket that the owner of the process alone can open: beside `path`, or
 * where temporary files are if that is too long.
 */
export async function makeSocketFolder(path: string): Promise<string> {
  const beside = `${path}.sock`;
  const { length } = new TextEncoder().encode(join(beside, SOCKET_NAME));
  if (length > MAX_PATH_BYTES) return await Deno.makeTempDir({ prefix: "roster_" });
  await rm(beside, { recursive: true, force: true });
  await mkdir(beside, { mode: 0o700 });
  return beside;
}
