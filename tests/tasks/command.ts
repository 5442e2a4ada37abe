import assert from "node:assert/strict";
import { resolve } from "node:path";
import { openDatabase } from "@/lib/db/open_database.ts";
import type { Db } from "@/lib/db/database.ts";
import { databaseTest, type TestNeeds } from "../kit/databases.ts";
import { makeDatabaseFolder } from "../kit/embedded.ts";
import { tempFolder } from "../kit/temp.ts";

/** Output and exit code of a command. */
export interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs commands with their own database. */
export interface Shell {
  /** A folder for the test's files. */
  readonly folder: string;
  /** What leads commands to the database. */
  readonly env: Readonly<Record<string, string>>;
  /** Runs `deno task NAME ARGS`. */
  run(command: readonly string[], options?: RunOptions): Promise<Ended>;
  /** The same database, to inspect it between commands. */
  readonly db: Db;
}

/** Options of a command besides its arguments. */
export interface RunOptions {
  readonly stdin?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Folder to run in. */
  readonly cwd?: string;
}

/**
 * Registers a test of real commands, once per database: on a PGlite folder that the test holds open
 * like a server, and on a PostgreSQL server. All commands reach the database by the same code, so one
 * test of each kind of command runs on both, and the others have `anyDatabase`.
 */
export function commandTest(
  name: string,
  fn: (shell: Shell) => Promise<void>,
  needs: TestNeeds = {},
): void {
  databaseTest(name, async ({ url, db }) => {
    await using folder = await tempFolder();
    if (url !== undefined) return await fn(shellOn(url, db, folder.path));
    const path = `${folder.path}/db`;
    await makeDatabaseFolder(path);
    const served = await openDatabase({ kind: "pglite", path }, "server");
    try {
      await fn(shellOn(`pglite:${path}`, served.db, folder.path));
    } finally {
      await served.close();
    }
  }, needs);
}

function shellOn(databaseUrl: string, db: Db, folder: string): Shell {
  const own = { APP_ENV: "test", DATABASE_URL: databaseUrl };
  return {
    folder,
    db,
    env: own,
    run: (command, { stdin = "", env = {}, cwd = "." } = {}) =>
      runTask(command, stdin, { ...own, ...env }, cwd),
  };
}

/** Runs a task like `deno task`, without a terminal. */
export async function runTask(
  [name = "", ...args]: readonly string[],
  stdin: string,
  env: Record<string, string>,
  cwd = ".",
): Promise<Ended> {
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--no-check", resolve(`tasks/${name}.ts`), ...args],
    cwd,
    env: { NO_COLOR: "1", ...env },
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const writer = child.stdin.getWriter();
  // A command that does not read its input may have ended.
  await writer.write(new TextEncoder().encode(stdin)).then(() => writer.close()).catch(() => {});
  const { code, stdout, stderr } = await child.output();
  const decode = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  return { code, stdout: decode(stdout), stderr: decode(stderr) };
}

/** The password of admins that tasks make. */
export const ADMIN_PASSWORD = "correct horse battery staple";

/** The command that makes an admin, with the password from stdin. */
export function makeAdmin(name: string): string[] {
  const email = `${name}@example.com`;
  return ["create-admin", "--username", name, "--email", email, "--password-stdin"];
}

/** Checks for exit code 1 and one sentence on stderr. */
export function assertFailed({ code, stdout, stderr }: Ended, sentence: RegExp): void {
  assert.deepEqual({ code, stdout }, { code: 1, stdout: "" }, stderr);
  assert.match(stderr, sentence);
  assert.equal(stderr.trim().split("\n").length, 1);
}
