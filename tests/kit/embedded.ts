/** The embedded database of the tests of a module, which have it in turn. */
import type { PGlite } from "@electric-sql/pglite";
import { connectionOf, PortSocket } from "@/lib/db/connection.ts";
import type { OpenDatabase } from "@/lib/db/database.ts";
import { migrateUp } from "@/lib/db/migrator.ts";
import { createPGlite } from "@/lib/db/pglite.ts";
import { PGliteServer } from "@/lib/db/pglite_server.ts";
import { openPortPool } from "@/lib/db/pglite_thread.ts";

/** Where a migrated and empty database lies that each module gets a copy of. */
export const SNAPSHOT_VARIABLE = "TEST_PGLITE_SNAPSHOT";

/** Makes the file for {@linkcode SNAPSHOT_VARIABLE}. */
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
 * As an application meets it, except that it runs in the thread of the test: a thread for each
 * module would have to compile PGlite once more.
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

/** A database that no test has at the moment; to open one takes as long as many a test. */
interface Idle {
  readonly pglite: PGlite;
  /** What {@linkcode describe} says of a new one. */
  readonly asNew: string;
}

let idle: Idle | undefined;

Deno.test.afterAll(async () => await idle?.pglite.close());

/** Calls `fn` with a migrated and empty database, which is emptied for the next test. */
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

let snapshot: Promise<Uint8Array<ArrayBuffer>> | undefined;

/** Reads the snapshot of the run, or makes one where there is no such run; once a module. */
function loadSnapshot(): Promise<Uint8Array<ArrayBuffer>> {
  const file = Deno.env.get(SNAPSHOT_VARIABLE);
  return snapshot ??= file ? Deno.readFile(file) : makeSnapshot();
}

/** Makes the folder `path` with a migrated and empty database: a new one takes seconds to make. */
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

/** Faster than `truncate`, which makes new files. */
async function empty(pglite: PGlite): Promise<void> {
  await pglite.exec(`
    set session_replication_role = replica;
    do $$
    declare name text;
    begin
      for name in select tablename from pg_tables
        where schemaname = 'public' and tablename not like 'kysely_%'
      loop execute format('delete from %I', name); end loop;
      perform setval(format('%I', sequencename)::regclass, start_value, false)
        from pg_sequences where schemaname = 'public';
    end $$`);
  await pglite.exec("discard all");
}

/** Beyond it, scans would notice the rows that were there before. */
const REUSABLE_MAX_BYTES = 4 * 1024 * 1024;

/**
 * What a test may change beside rows: the schema, which migrations have run, the statistics of the
 * planner, and how much room is taken.
 */
async function describe(pglite: PGlite): Promise<string> {
  const { rows } = await pglite.query(`
    select
      (select string_agg(concat(oid, '.', xmin, '.', reltuples), ' ' order by oid)
        from pg_class where oid >= 16384) as classes,
      (select string_agg(concat(attrelid, '.', xmin), ' ' order by attrelid, attnum)
        from pg_attribute where attrelid >= 16384) as columns,
      (select string_agg(concat(oid, '.', xmin), ' ' order by oid)
        from pg_constraint where oid >= 16384) as constraints,
      (select string_agg(concat(oid, '.', xmin), ' ' order by oid)
        from pg_trigger where oid >= 16384) as triggers,
      (select string_agg(concat(oid, '.', xmin), ' ' order by oid)
        from pg_proc where oid >= 16384) as functions,
      (select string_agg(name, ' ' order by name) from kysely_migration) as migrations,
      (select sum(pg_total_relation_size(oid)) > ${REUSABLE_MAX_BYTES}
        from pg_class where oid >= 16384 and relkind = 'r') as large`);
  return JSON.stringify(rows);
}
