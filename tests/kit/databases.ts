import type { OpenDatabase } from "@/lib/db/database.ts";
import { migrateUp } from "@/lib/db/migrator.ts";
import { openDatabase } from "@/lib/db/open_database.ts";
import { readSettings } from "@/lib/settings.ts";
import type { DatabaseSettings } from "@/lib/settings/database.ts";
import { makeSnapshot, SNAPSHOT_VARIABLE, withEmbedded } from "./embedded.ts";
import { createPostgresDatabase, startPostgres } from "./postgres.ts";
import { startPgBouncer } from "./pgbouncer.ts";
import { pgbouncer, postgres } from "./programs.ts";
import { tempFolder } from "./temp.ts";

/** The settings for the PostgreSQL database at `url`. */
export function postgresAt(url: string): DatabaseSettings {
  return readSettings({ DATABASE_URL: url }).database;
}

/** How `deno task test` tells the tests of the databases that it prepared. */
const VARIABLES = {
  /** Address of the run's PostgreSQL server. */
  server: "TEST_POSTGRES_URL",
  /** Name of the migrated database in it that each test gets a copy of. */
  template: "TEST_POSTGRES_TEMPLATE",
  /** Port of the PgBouncer in front of it. */
  pooler: "TEST_PGBOUNCER_PORT",
  /** `1` has all tests on PostgreSQL go through PgBouncer. */
  poolAll: "TEST_THROUGH_PGBOUNCER",
} as const;

/** The databases of a test run, gone when they are disposed. */
export interface Databases extends AsyncDisposable {
  /** What tells the tests of them. */
  readonly env: Record<string, string>;
}

/** Starts PostgreSQL, if the machine has it, and migrates both databases once for all tests. */
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
  // It goes with the cluster.
  const { name, url } = await createPostgresDatabase(clusterUrl);
  const { db, close } = await openDatabase(postgresAt(url));
  await migrateUp(db);
  await close();
  return name;
}

/** A migrated, empty database of a test's own. */
export interface TestDatabase extends OpenDatabase {
  /** Where further connections go, as those of another instance; PostgreSQL alone has it. */
  readonly url: string | undefined;
}

/** What a test needs beside its database. */
export interface TestNeeds {
  /** This machine lacks something: the test is skipped. */
  readonly ignore?: boolean;
  /** What is tested does not depend on the database: the embedded one will do. */
  readonly anyDatabase?: boolean;
  /** It says something of poolers, too: it runs once more through PgBouncer. */
  readonly pooled?: boolean;
  /** Why it says nothing through a pooler: it is left out where all tests go through one. */
  readonly unpooled?: string;
}

/**
 * Registers a test once for each database, each with a migrated and empty one of its own. Without
 * a PostgreSQL server, as under a plain `deno test`, that half is skipped.
 */
export function databaseTest(
  name: string,
  fn: (database: TestDatabase) => unknown,
  { ignore = false, anyDatabase = false, pooled = false, unpooled }: TestNeeds = {},
): void {
  Deno.test({
    name: `${name} (PGlite)`,
    ignore,
    fn: () => withEmbedded((database) => fn({ ...database, url: undefined })),
  });
  if (anyDatabase) return;
  const poolAll = Deno.env.get(VARIABLES.poolAll) === "1";
  const leftOut = poolAll && unpooled !== undefined;
  Deno.test({
    name: `${name} (PostgreSQL${leftOut ? `, not through PgBouncer: ${unpooled}` : ""})`,
    ignore: ignore || leftOut || !Deno.env.has(VARIABLES.server),
    fn: () => onPostgres(fn, poolAll ? "pooled" : "direct"),
  });
  if (!pooled) return;
  Deno.test({
    name: `${name} (PgBouncer)`,
    ignore: ignore || !Deno.env.has(VARIABLES.pooler),
    fn: () => onPostgres(fn, "pooled"),
  });
}

async function onPostgres(
  fn: (database: TestDatabase) => unknown,
  way: "direct" | "pooled",
): Promise<void> {
  const server = Deno.env.get(VARIABLES.server) ?? "";
  await using copy = await createPostgresDatabase(server, Deno.env.get(VARIABLES.template));
  const address = new URL(copy.url);
  if (way === "pooled") address.port = Deno.env.get(VARIABLES.pooler) ?? "";
  const url = address.href;
  const database = await openDatabase(postgresAt(url));
  try {
    await fn({ ...database, url });
  } finally {
    await database.close();
  }
}
