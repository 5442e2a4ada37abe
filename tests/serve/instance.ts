import { serverOptions } from "@/lib/serve/permissions.ts";
import { readSettings } from "@/lib/settings.ts";
import type { ProductionBuild } from "@/tests/kit/build.ts";
import { TestClient } from "@/tests/kit/client.ts";
import { freePort } from "@/tests/kit/free_port.ts";
import { PASSWORD } from "@/tests/kit/people.ts";
import { asServerRole } from "@/tests/kit/server_role.ts";
import { type ServerProcess, startServer } from "@/tests/kit/server_process.ts";

/** A server of the production build in its own process. */
export interface Instance extends AsyncDisposable {
  readonly origin: string;
  readonly port: number;
  readonly process: ServerProcess;
  client(): TestClient;
}

/** The command of an instance. */
export interface InstanceOptions {
  readonly build: ProductionBuild;
  readonly databaseUrl: string;
  /** `run` can stop listening, `serve` cannot. */
  readonly command?: "run" | "serve";
  readonly env?: Readonly<Record<string, string>>;
}

/**
 * Starts a server on a free port, with the permissions that `deno task start` gives it, on PostgreSQL
 * as the role that only serves, and with two threads where it can have several.
 */
export async function startInstance(
  { build, databaseUrl, command = "run", env = {} }: InstanceOptions,
): Promise<Instance> {
  const port = freePort();
  const origin = `http://127.0.0.1:${port}`;
  const isPostgres = databaseUrl.startsWith("postgres");
  const variables = {
    APP_ENV: "test",
    APP_URL: origin,
    PORT: String(port),
    DATABASE_URL: isPostgres ? await asServerRole(databaseUrl) : databaseUrl,
    DENO_JOBS: "2",
    LOG_LEVEL: "error",
    TRUST_PROXY: "127.0.0.1",
    ...env,
  };
  const permissions = serverOptions(readSettings(variables), build.folder);
  const process = await startServer({
    program: Deno.execPath(),
    args: command === "run" ? ["run", ...permissions, ...build.runArgs] : [
      "serve",
      ...permissions,
      ...(isPostgres ? ["--parallel"] : []),
      "--host=127.0.0.1",
      `--port=${port}`,
      ...build.args,
    ],
    env: variables,
    ready: { url: `${origin}/healthz` },
  });
  return {
    origin,
    port,
    process,
    client: () => new TestClient(origin),
    [Symbol.asyncDispose]: () => process.kill("SIGKILL"),
  };
}

/** Registers a user, whom {@linkcode signInMany} signs in. */
export async function registerUser({ client }: Pick<Instance, "client">): Promise<void> {
  const account = { username: "grace", email: "grace@example.org", password: PASSWORD };
  const answer = await client().sendJson("POST", "/register", { ...account, password2: PASSWORD });
  if (answer.status !== 201) throw new Error(answer.text);
}

/** Signs the same user in with this many simultaneous requests. Returns the result of each. */
export function signInMany({ client }: Pick<Instance, "client">, count: number): Promise<string>[] {
  const body = JSON.stringify({ username: "grace", password: PASSWORD });
  return Array.from({ length: count }, async (_, index) => {
    const headers = {
      "accept": "application/json",
      "content-type": "application/json",
      "sec-fetch-site": "same-origin",
      // Each as a different client, with its own limit.
      "x-forwarded-for": `203.0.113.${index}`,
    };
    try {
      return String((await client().send("/login", { method: "POST", headers, body })).status);
    } catch (error) {
      return String(error);
    }
  });
}

/** Counts each value. */
export function tally(outcomes: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const outcome of outcomes) counts[outcome] = (counts[outcome] ?? 0) + 1;
  return counts;
}
