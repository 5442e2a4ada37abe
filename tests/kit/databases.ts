import { postgres } from "./programs.ts";
import { startPostgres } from "./postgres.ts";

/** Name of the variable with the address of the run's PostgreSQL. */
const POSTGRES_URL = "TEST_POSTGRES_URL";

/** The databases of a test run, gone when they are disposed. */
export interface Databases extends AsyncDisposable {
  /** What tells the tests of them. */
  readonly env: Record<string, string>;
}

/** Starts what {@linkcode postgresUrl} tells of. */
export async function prepareDatabases(): Promise<Databases> {
  const stack = new AsyncDisposableStack();
  const env: Record<string, string> = {};
  if (postgres.find()) {
    env[POSTGRES_URL] = stack.use(await startPostgres()).url;
  }
  return { env, [Symbol.asyncDispose]: () => stack.disposeAsync() };
}

/** The PostgreSQL of this run: absent if the machine has none or `deno test` was called by hand. */
export function postgresUrl(): string | undefined {
  return Deno.env.get(POSTGRES_URL);
}
