import type { PostgresPool } from "kysely";
import pg from "pg";
import { READ_ONLY } from "./errors.ts";

const CONNECT_TIMEOUT_MS = 5_000;
const INT8_OID = 20;

/**
 * Pools connections to the first working one of several servers, or of several ways to reach one.
 * {@linkcode renew} retires all existing connections.
 */
export class ServerPool implements PostgresPool {
  /** Kysely reads it to open connections that cancel statements. */
  readonly options: pg.PoolConfig;
  readonly #pools: readonly pg.Pool[];
  readonly #openedAt = new WeakMap<pg.PoolClient, number>();
  #active = 0;
  #renewedAt = -Infinity;

  /** @param routes at least one, tried in this order */
  constructor(routes: readonly pg.PoolConfig[]) {
    this.options = routes[0] ?? {};
    this.#pools = routes.map((route) => this.#open(route));
  }

  /**
   * Returns a connection. When a route fails, the next one is used until it fails too.
   *
   * @throws the first error that is not only about missing TLS, or else the first.
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

  /** Retires all connections, each as soon as it is released, and tries all routes again. */
  renew(): void {
    this.#renewedAt = performance.now();
    this.#active = 0;
  }

  async end(): Promise<void> {
    // Kysely ends a pool only if it has used it.
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
    // An idle connection that the server ends has already left the pool. Without a listener the
    // event would end the process.
    pool.on("error", ignore);
    pool.on("connect", (client) => {
      this.#openedAt.set(client, performance.now());
      // If it ends between two queries of a transaction, the second query fails.
      client.on("error", ignore);
    });
    return pool;
  }
}

function ignore(): void {}

/**
 * Whether the pool works but has no free connection. pg-pool uses this message for nothing else.
 * That the pool has clients is not enough: they may all be about to fail too.
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

/** Refuses a connection to a read-only server. For the `verify` of a route. */
export const refuseReadOnly: NonNullable<pg.PoolConfig["verify"]> = (client, done) => {
  client.query("select current_setting('transaction_read_only') as read_only").then(
    ({ rows: [row] }) => {
      const fault = new Error("The server takes no changes");
      done(row.read_only === "on" ? Object.assign(fault, { code: READ_ONLY }) : undefined);
    },
    done,
  );
};
