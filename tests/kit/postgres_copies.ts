/** The copy of a PostgreSQL database that the tests of a module use in turn. */
import pg from "pg";
import { DESCRIBE, EMPTY } from "./emptying.ts";
import { createPostgresDatabase, type PostgresDatabase } from "./postgres.ts";

/** A database that no test is using. Creating one costs more than most tests. */
interface Idle {
  readonly copy: PostgresDatabase;
  /** Its own connection: a new one would read all catalogues again. */
  readonly client: pg.Client;
  /** The answer to {@linkcode DESCRIBE} of a new one. */
  readonly asNew: string;
}

let idle: Idle | undefined;

Deno.test.afterAll(async () => {
  if (idle) await dispose(idle);
});

async function dispose({ client, copy }: Idle): Promise<void> {
  await client.end();
  await copy[Symbol.asyncDispose]();
}

/**
 * Calls `fn` with the address of a copy of `template`, and empties the copy for the next test.
 * Sessions that the test leaves behind are ended.
 */
export async function withCopy(
  clusterUrl: string,
  template: string,
  fn: (url: string) => unknown,
): Promise<void> {
  const used = idle ?? await create(clusterUrl, template);
  idle = undefined;
  let isAsNew = false;
  try {
    await fn(used.copy.url);
    isAsNew = await renew(used.client) === used.asNew;
  } finally {
    if (isAsNew) idle = used;
    else await dispose(used);
  }
}

async function create(clusterUrl: string, template: string): Promise<Idle> {
  const copy = await createPostgresDatabase(clusterUrl, template);
  // Compiling what describes a database takes longer than describing it.
  const client = new pg.Client({ connectionString: copy.url, options: "-c jit=off" });
  // A test may end all connections.
  client.on("error", () => {});
  await client.connect();
  return { copy, client, asNew: await ask(client, DESCRIBE) };
}

/** A session that is being ended could still write. */
const END_OTHERS = `
  select pg_terminate_backend(pid, 60000) from pg_stat_activity
  where datname = current_database() and pid <> pg_backend_pid()
    and backend_type = 'client backend'`;

/** Returns what a database is like after it was emptied, or `undefined` if it does not answer. */
async function renew(client: pg.Client): Promise<string | undefined> {
  try {
    return await ask(client, END_OTHERS, EMPTY, DESCRIBE);
  } catch {
    // A test may have made it read-only, or taken tables away.
    return undefined;
  }
}

/** Runs statements in turn, and returns the rows of the last. */
async function ask(client: pg.Client, ...statements: string[]): Promise<string> {
  let answer = "";
  for (const statement of statements) {
    const { rows } = await client.query(statement);
    answer = JSON.stringify(rows);
  }
  return answer;
}
