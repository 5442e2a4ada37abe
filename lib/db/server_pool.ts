import type { PostgresPool } from "kysely";
import pg from "pg";
import { READ_ONLY } from "./errors.ts";

const CONNECT_TIMEOUT_MS = 5_000;
const INT8_OID = 20;

/**
 * A pool of connections to the first of several servers, or ways to reach one, that works. After
 * {@linkcode renew} it uses no connection that was made before.
 */
export class ServerPool implements PostgresPool {
  /** Kysely asks for it, to open connections that cancel statements. */
  readonly options: pg.PoolConfig;
  readonly #pools: readonly pg.Pool[];
  readonly #openedAt = new WeakMap<pg.PoolClient, number>();
  #active = 0;
  #renewedAt = -Infinity;

  /** @param routes at least one; tried in this order */
  constructor(routes: readonly pg.PoolConfig[]) {
    this.options = routes[0] ?? {};
    this.#pools = routes.map((route) => this.#open(route));
  }

  /**
   * A connection. A route that fails gives way to the next, and is used again when that one fails.
   *
   * @throws what the first route said that says most.
   */
  async connect(): Promise<pg.PoolClient> {
    const failures: unknown[] = [];
    const first = this.#active;
    for (let step = 0; step < this.#pools.length; step++) {
      const index = (first + step) % this.#pools.length;
      const pool = this.#pools[index]!;
      try {
        const client = await this.#connectTo(pool);
        this.#active = index;
        return client;
      } catch (error) {
        failures.push(error);
        if (areAllBusy(error)) break;
      }
    }
    throw failures.find((error) => !isRefusalOfTls(error)) ?? failures[0];
  }

  /** Gives up all connections, each as soon as nobody uses it, and tries all routes again. */
  renew(): void {
    this.#renewedAt = performance.now();
    this.#active = 0;
  }

  async end(): Promise<void> {
    // Kysely ends a pool, but not one that it has never used.
    await Promise.all(this.#pools.filter((pool) => !pool.ending).map((pool) => pool.end()));
  }

  async #connectTo(pool: pg.Pool): Promise<pg.PoolClient> {
    while (true) {
      const client = await pool.connect();
      if ((this.#openedAt.get(client) ?? 0) > this.#renewedAt) return client;
      client.release(true);
    }
  }

  #open(route: pg.PoolConfig): pg.Pool {
    const pool = new pg.Pool({
      application_name: "roster",
      connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
      keepAlive: true,
      types: { getTypeParser },
      ...route,
    });
    // An idle connection that the server ends has left the pool already: nobody waits for it.
    // Without a listener the event would end the process.
    pool.on("error", ignore);
    pool.on("connect", (client) => {
      this.#openedAt.set(client, performance.now());
      // One that ends between two queries of a transaction: the second query hears of it.
      client.on("error", ignore);
    });
    return pool;
  }
}

function ignore(): void {}

/**
 * Whether a pool works and has no connection to spare: these are pg-pool's words for nothing else.
 * That the pool has clients says less, for they may all be about to fail as this one did.
 */
function areAllBusy(error: unknown): boolean {
  return error instanceof Error && error.message === "timeout exceeded when trying to connect";
}

function isRefusalOfTls(error: unknown): boolean {
  return error instanceof Error && error.message.includes("does not support SSL");
}

/** Reads `bigint` as a number: identities and counts stay far below 2^53. */
const getTypeParser: typeof pg.types.getTypeParser = (oid: number, format?: "text" | "binary") =>
  oid === INT8_OID && format !== "binary" ? Number : pg.types.getTypeParser(oid, format);

/** For a route: refuses a connection to a server that only reads. */
export const refuseReadOnly: NonNullable<pg.PoolConfig["verify"]> = (client, done) => {
  client.query("select current_setting('transaction_read_only') as read_only").then(
    ({ rows: [row] }) => {
      const fault = new Error("The server takes no changes");
      done(row.read_only === "on" ? Object.assign(fault, { code: READ_ONLY }) : undefined);
    },
    done,
  );
};
