/** The embedded database that the tests of a module use in turn. */
import type { PGlite } from "@electric-sql/pglite";
import { connectionOf, PortSocket } from "@/lib/db/connection.ts";
import type { OpenDatabase } from "@/lib/db/database.ts";
import { migrateUp } from "@/lib/db/migrator.ts";
import { createPGlite } from "@/lib/db/pglite.ts";
import { PGliteServer } from "@/lib/db/pglite_server.ts";
import { openPortPool } from "@/lib/db/pglite_thread.ts";
import { DESCRIBE, EMPTY } from "./emptying.ts";

/** File of a migrated and empty database, of which each module gets a copy. */
export const SNAPSHOT_VARIABLE = "TEST_PGLITE_SNAPSHOT";

/** Creates the file for {@linkcode SNAPSHOT_VARIABLE}. */
export async function makeSnapshot(): Promise<Uint8Array<ArrayBuffer>> {
  const pglite = await createPGlite();
  const { db, close } = serve(pglite);
  await migrateUp(db);
  await close();
  const dump = await pglite.dumpDataDir("none");
  await pglite.close();
  return await dump.bytes();
}

/**
 * As in the application, except that it runs in the thread of the test: each further thread would
 * have to compile PGlite again.
 */
function serve(pglite: PGlite): OpenDatabase {
  const crashed = Promise.withResolvers<Error>();
  const server = new PGliteServer(pglite, (reason) => crashed.resolve(new Error(reason)));
  const pool = openPortPool(() => PortSocket.open((port) => server.serve(connectionOf(port))));
  return {
    ...pool,
    lost: crashed.promise,
    async close() {
      await pool.close();
      await server.close();
    },
  };
}

/** A database that no test is using. Opening one takes as long as a test. */
interface Idle {
  readonly pglite: PGlite;
  /** The answer to {@linkcode DESCRIBE} of a new one. */
  readonly asNew: string;
}

let idle: Idle | undefined;

Deno.test.afterAll(async () => await idle?.pglite.close());

/** Calls `fn` with a migrated and empty database, and empties it for the next test. */
export async function withEmbedded(fn: (database: OpenDatabase) => unknown): Promise<void> {
  const { pglite, asNew } = idle ?? await open();
  idle = undefined;
  const database = serve(pglite);
  let passed = false;
  try {
    await fn(database);
    passed = true;
  } finally {
    await database.close();
    if (passed) await empty(pglite);
    if (passed && await describe(pglite) === asNew) idle = { pglite, asNew };
    else await pglite.close();
  }
}

async function open(): Promise<Idle> {
  const pglite = await createPGlite({ loadDataDir: new Blob([await loadSnapshot()]) });
  return { pglite, asNew: await describe(pglite) };
}

async function empty(pglite: PGlite): Promise<void> {
  await pglite.exec(EMPTY);
  await pglite.exec("discard all");
}

async function describe(pglite: PGlite): Promise<string> {
  return JSON.stringify((await pglite.query(DESCRIBE)).rows);
}

let snapshot: Promise<Uint8Array<ArrayBuffer>> | undefined;

/** Reads the snapshot of the run, or creates one if there is none, once per module. */
function loadSnapshot(): Promise<Uint8Array<ArrayBuffer>> {
  const file = Deno.env.get(SNAPSHOT_VARIABLE);
  return snapshot ??= file ? Deno.readFile(file) : makeSnapshot();
}

/** Creates the folder `path` with a migrated and empty database. A new one would take seconds. */
export async function makeDatabaseFolder(path: string): Promise<void> {
  await Deno.mkdir(path, { mode: 0o700 });
  const tar = new Deno.Command("tar", {
    args: ["-xf", "-", "-C", path],
    stdin: "piped",
    stdout: "null",
    stderr: "piped",
  }).spawn();
  const [{ success, stderr }] = await Promise.all([
    tar.output(),
    ReadableStream.from([await loadSnapshot()]).pipeTo(tar.stdin),
  ]);
  if (!success) throw new Error(`Cannot unpack a database: ${new TextDecoder().decode(stderr)}`);
}
