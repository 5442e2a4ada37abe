import { sql } from "kysely";
import type { Db, OpenDatabase } from "@/lib/db/database.ts";
import { migrateUp } from "@/lib/db/migrator.ts";
import { SERVER_V8_FLAGS } from "@/lib/cli/v8_flags.ts";
import { openDatabase } from "@/lib/db/open_database.ts";
import { closeServices, openServices } from "@/lib/domain/open_services.ts";
import { seedUsers } from "@/lib/domain/operation/seed_users.ts";
import type { Services } from "@/lib/domain/services.ts";
import { insertNewSession } from "@/lib/domain/accounts/new_session.ts";
import { createSilentLogger } from "@/lib/log.ts";
import { readSettings } from "@/lib/settings.ts";
import { sessionCookie } from "@/lib/web/cookies.ts";
import { prepareProduction, type ProductionBuild } from "@/tests/kit/build.ts";
import { freePort } from "@/tests/kit/free_port.ts";
import { type PostgresCluster, startPostgres } from "@/tests/kit/postgres.ts";
import type { Pressure } from "./load.ts";
import { familySeconds, processorSeconds } from "./processor_time.ts";
import { type BenchServer, startOnServerCore } from "./server.ts";

/** Public origin of the application. Changes must come from it. */
export const APP_URL = "https://people.example.com";

/** The application in production on its own PostgreSQL server. */
export interface BenchRoster extends AsyncDisposable {
  readonly server: BenchServer;
  /** Starts another server of the same build on the same database. */
  readonly serveAgain: () => Promise<BenchServer>;
  readonly databaseUrl: string;
  /** Services with which this process reads and prepares the database. */
  readonly services: Services;
  /** Returns the database's processor time so far, in seconds. */
  databaseSeconds(): number;
}

/** What is served. */
export interface RosterOptions {
  /** Number of made-up users. */
  readonly users: number;
  /** Settings besides those of every benchmark. */
  readonly environment?: Readonly<Record<string, string>>;
}

/** Serves the production build. */
export async function serveRoster(options: RosterOptions): Promise<BenchRoster> {
  await using stack = new AsyncDisposableStack();
  const cluster = stack.use(await startPostgres());
  const environment = { ...environmentOf(cluster), ...options.environment };
  const settings = readSettings(environment);
  const database = await openDatabase(settings.database);
  stack.defer(() => database.close());
  const services = await openServices(settings, database, createSilentLogger());
  stack.defer(() => closeServices(services));
  await fill(database, services, options.users);
  const build = stack.use(await prepareProduction());
  const serveAgain = () => serveBuild(build, environment);
  const server = stack.use(await serveAgain());
  const kept = stack.move();
  return {
    server,
    serveAgain,
    databaseUrl: cluster.url,
    services,
    databaseSeconds: () => familySeconds(cluster.pid),
    [Symbol.asyncDispose]: () => kept.disposeAsync(),
  };
}

function environmentOf({ url }: PostgresCluster): Record<string, string> {
  return {
    APP_ENV: "production",
    // As behind a TLS proxy, where cookies and headers are longest.
    APP_URL,
    DATABASE_URL: url,
    TRUST_PROXY: "127.0.0.1",
  };
}

async function fill({ db }: OpenDatabase, services: Services, users: number): Promise<void> {
  await migrateUp(db);
  await seedUsers(services, { kind: "task", name: "bench" }, { count: users, seed: 1 });
  // As after some use, when the planner knows the tables.
  await sql`vacuum analyze`.execute(db);
}

function serveBuild(build: ProductionBuild, env: Record<string, string>) {
  const port = freePort();
  const where = ["--host=127.0.0.1", `--port=${port}`];
  const args = ["serve", "-A", SERVER_V8_FLAGS, ...where, ...build.args];
  return startOnServerCore(args, { port, env });
}

/** Returns the cookie of a new session of a user. */
export async function cookieOf({ db, settings }: Services, userId: number): Promise<string> {
  const source = { requestId: "bench", ip: "127.0.0.1", userAgent: "bench" };
  const token = await insertNewSession(db, { kind: "anonymous", source }, userId);
  return sessionCookie({ services: { settings }, stays: false }, token).split(";")[0]!;
}

/** Lists the first active made-up users by id. */
export function listActiveUsers(db: Db, count: number) {
  return db.selectFrom("users").select(["id", "username"]).where("status", "=", "active")
    .orderBy("id").limit(count).execute();
}

/** Returns the server with its database's processor time included. */
export function withDatabase({ server, databaseSeconds }: BenchRoster): BenchServer {
  return { ...server, spentSeconds: () => server.spentSeconds() + databaseSeconds() };
}

/**
 * Returns how often `work` runs per second of processor time, including the database's, with as
 * many callers as connections.
 */
export async function timesPerCpuSecond(
  { databaseSeconds }: BenchRoster,
  work: () => Promise<unknown>,
  { connections: callers, durationMs }: Pressure,
): Promise<number> {
  const spent = () => processorSeconds(Deno.pid) + databaseSeconds();
  const before = spent();
  const end = performance.now() + durationMs;
  let times = 0;
  const keepWorking = async () => {
    for (; performance.now() < end; times++) await work();
  };
  await Promise.all(Array.from({ length: callers }, keepWorking));
  return times / (spent() - before);
}
