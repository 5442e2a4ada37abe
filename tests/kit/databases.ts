import type { OpenDatabase } from "@/lib/db/database.ts";
import { migrateUp } from "@/lib/db/migrator.ts";
import { openDatabase } from "@/lib/db/open_database.ts";
import { readSettings } from "@/lib/settings.ts";
import type { DatabaseSettings } from "@/lib/settings/database.ts";
import { makeSnapshot, SNAPSHOT_VARIABLE, withEmbedded } from "./embedded.ts";
import { createPostgresDatabase, startPostgres } from "./postgres.ts";
import { withCopy } from "./postgres_copies.ts";
import { startPgBouncer } from "./pgbouncer.ts";
import { pgbouncer, postgres } from "./programs.ts";
import { tempFolder } from "./temp.ts";

/** Returns the settings for the PostgreSQL database at `url`. */
export function postgresAt(url: string): DatabaseSettings {
  return readSettings({ DATABASE_URL: url }).database;
}

/** Variables in which `deno task test` passes its databases to the tests. */
const VARIABLES = {
  /** Address of the run's PostgreSQL server. */
  server: "TEST_POSTGRES_URL",
  /** Name of its migrated database, of which each test gets a copy. */
  template: "TEST_POSTGRES_TEMPLATE",
  /** Port of the PgBouncer in front of it. */
  pooler: "TEST_PGBOUNCER_PORT",
  /** `1` lets all tests on PostgreSQL connect through PgBouncer. */
  poolAll: "TEST_THROUGH_PGBOUNCER",
} as const;

/** The databases of a test run. Disposing them deletes them. */
export interface Databases extends AsyncDisposable {
  /** Environment variables for the tests. */
  readonly env: Record<string, string>;
}

/** Starts PostgreSQL, if it is installed, and migrates both databases once for all tests. */
export async function prepareDatabases(): Promise<Databases> {
  await using stack = new AsyncDisposableStack();
  const folder = stack.use(await tempFolder());
  const snapshot = `${folder.path}/pglite.tar`;
  await Deno.writeFile(snapshot, await makeSnapshot());
  const env: Record<string, string> = { [SNAPSHOT_VARIABLE]: snapshot };
  if (postgres.find()) {
    const cluster = stack.use(await startPostgres());
    env[VARIABLES.server] = cluster.url;
    env[VARIABLES.template] = await makeTemplate(cluster.url);
    if (pgbouncer.find()) {
      env[VARIABLES.pooler] = String(stack.use(await startPgBouncer(cluster.url)).port);
    }
  }
  const kept = stack.move();
  return { env, [Symbol.asyncDispose]: () => kept.disposeAsync() };
}

async function makeTemplate(clusterUrl: string): Promise<string> {
  // It is deleted with the cluster.
  const { name, url } = await createPostgresDatabase(clusterUrl);
  const { db, close } = await openDatabase(postgresAt(url));
  await migrateUp(db);
  await close();
  return name;
}

/** A test's own database, migrated and empty. */
export interface TestDatabase extends OpenDatabase {
  /** Address for further connections, such as those of another instance. Only on PostgreSQL. */
  readonly url: string | undefined;
}

/** The same on PostgreSQL. */
export interface PostgresTestDatabase extends TestDatabase {
  readonly url: string;
}

/** Requirements of a test besides its database. */
export interface TestNeeds {
  /** Skips the test, because this machine lacks something. */
  readonly ignore?: boolean;
  /** The test does not depend on the database: PostgreSQL is enough, or the embedded one without it. */
  readonly anyDatabase?: boolean;
  /** Poolers matter: the test also runs through PgBouncer. */
  readonly pooled?: boolean;
  /** Why the test cannot use a pooler. It is skipped if all tests use one. */
  readonly unpooled?: string;
}

/**
 * Registers a test once for each kind of database, each with its own migrated and empty one.
 * Without a PostgreSQL server, as with a plain `deno test`, that half is skipped.
 *
 * Tests of statements, races, errors of the database and the last migration run on both. A race of
 * many rounds or kinds runs on PostgreSQL, whose transactions overlap: those of the embedded database
 * wait for each other. Tests of older migrations ran on both once, and what has landed never changes.
 * With `anyDatabase` a test runs on PostgreSQL, where it takes two thirds of the time; without a
 * server it runs on the embedded database.
 */
export function databaseTest(
  name: string,
  fn: (database: TestDatabase) => unknown,
  { anyDatabase = false, pooled = false, ...needs }: TestNeeds = {},
): void {
  const { ignore = false } = needs;
  const isOneEnough = anyDatabase && !pooled;
  if (!isOneEnough || !hasPostgres()) {
    embeddedTest(name, fn, ignore);
  }
  if (isOneEnough && !hasPostgres()) return;
  postgresTest(name, fn, needs);
  if (!pooled) return;
  Deno.test({
    name: `${name} (PgBouncer)`,
    ignore: ignore || !Deno.env.has(VARIABLES.pooler),
    fn: () => throughPgBouncer(fn),
  });
}

/** Registers a test of what only PostgreSQL has: roles, schemas, further connections. */
export function postgresTest(
  name: string,
  fn: (database: PostgresTestDatabase) => unknown,
  { ignore = false, unpooled }: Pick<TestNeeds, "ignore" | "unpooled"> = {},
): void {
  const poolAll = Deno.env.get(VARIABLES.poolAll) === "1";
  const leftOut = poolAll && unpooled !== undefined;
  Deno.test({
    name: `${name} (PostgreSQL${leftOut ? `, not through PgBouncer: ${unpooled}` : ""})`,
    ignore: ignore || leftOut || !hasPostgres(),
    fn: () => (poolAll ? throughPgBouncer : withPostgres)(fn),
  });
}

/** Registers a test on the embedded database. */
export function embeddedTest(
  name: string,
  fn: (database: TestDatabase) => unknown,
  ignore: boolean,
): void {
  Deno.test({
    name: `${name} (PGlite)`,
    ignore,
    fn: () => withEmbedded((database) => fn({ ...database, url: undefined })),
  });
}

/** Whether the run has a PostgreSQL server. */
export function hasPostgres(): boolean {
  return Deno.env.has(VARIABLES.server);
}

/** Calls `fn` with a migrated and empty database, and empties it for the next test. */
export async function withPostgres(
  fn: (database: PostgresTestDatabase) => unknown,
): Promise<void> {
  await withCopy(...template(), (url) => open(url, fn));
}

/** PgBouncer keeps sessions, so that a database behind it is used once. */
async function throughPgBouncer(
  fn: (database: PostgresTestDatabase) => unknown,
): Promise<void> {
  await using copy = await createPostgresDatabase(...template());
  const address = new URL(copy.url);
  address.port = Deno.env.get(VARIABLES.pooler) ?? "";
  await open(address.href, fn);
}

/** Returns the run's PostgreSQL server and the name of its migrated database. */
function template(): [clusterUrl: string, name: string] {
  return [Deno.env.get(VARIABLES.server) ?? "", Deno.env.get(VARIABLES.template) ?? ""];
}

async function open(
  url: string,
  fn: (database: PostgresTestDatabase) => unknown,
): Promise<void> {
  const database = await openDatabase(postgresAt(url));
  try {
    await fn({ ...database, url });
  } finally {
    await database.close();
  }
}
