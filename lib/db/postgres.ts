import { Kysely, type LogEvent, sql } from "kysely";
import type pg from "pg";
import type { PostgresSettings } from "@/lib/settings/postgres.ts";
import { ChannelBoundClient } from "./channel_bound_client.ts";
import type { DatabaseUser, Db, OpenDatabase } from "./database.ts";
import { forgetValues, isReadOnly } from "./errors.ts";
import { TransactionalPostgresDialect, type TransactionLimits } from "./postgres_dialect.ts";
import type { Database } from "./schema.ts";
import { refuseReadOnly, ServerPool } from "./server_pool.ts";

/** Connections per process. A server runs one process per core. */
const POOL_SIZE = 10;
/**
 * Pages never need this long. Tasks (an import, an index on a large table) may, so they have no
 * limit.
 */
const SERVER_STATEMENT_TIMEOUT_MS = 30_000;
const IDLE_TRANSACTION_TIMEOUT_MS = 60_000;
/** After a failover the spare connection soon reaches the new server. */
const SPARE_LIFETIME_SECONDS = 10;

/** Opens a PostgreSQL server. It connects with the first query. */
export function openPostgres(server: PostgresSettings, user: DatabaseUser): OpenDatabase {
  const routes = server.routes.map((route) => ({
    ...route,
    ...(server.primaryOnly && { verify: refuseReadOnly }),
    enableChannelBinding: server.channelBinding !== "disable" && route.ssl !== false,
    ...(server.channelBinding === "require" && { Client: ChannelBoundClient }),
  }));
  const limits = {
    ...(user === "server" && { statement_timeout: SERVER_STATEMENT_TIMEOUT_MS }),
    idle_in_transaction_session_timeout: IDLE_TRANSACTION_TIMEOUT_MS,
    jit: "off",
    max_parallel_workers_per_gather: 0,
  } as const;
  const pools = {
    main: new ServerPool(routes.map((route) => ({ ...route, max: POOL_SIZE }))),
    spare: new ServerPool(
      routes.map((route) => ({ ...route, max: 1, maxLifetimeSeconds: SPARE_LIFETIME_SECONDS })),
    ),
  };
  const renewAll = () => Object.values(pools).forEach((pool) => pool.renew());
  const db = createDb(pools.main, limits, renewAll);
  const spareDb = createDb(pools.spare, limits, renewAll);
  return {
    db,
    spareDb,
    kind: "postgres",
    ping: () => ping(db),
    lost: NEVER,
    async close() {
      await Promise.all([db.destroy(), spareDb.destroy()]);
      await Promise.all(Object.values(pools).map((pool) => pool.end()));
    },
  };
}

const NEVER: Promise<never> = new Promise(() => {});

/** Opens an embedded database, in this process or another, through PostgreSQL's wire protocol. */
export function openPool(config: pg.PoolConfig): OpenDatabase {
  const pool = new ServerPool([config]);
  // PGlite cannot time statements out, and its server has its own limit for idle transactions.
  const db = createDb(pool, {}, () => pool.renew());
  return {
    db,
    spareDb: db,
    kind: "pglite",
    ping: () => ping(db),
    lost: NEVER,
    async close() {
      await db.destroy();
      await pool.end();
    },
  };
}

/** @param onReadOnly called when the server is read-only, so another one may be the primary */
function createDb(pool: ServerPool, limits: TransactionLimits, onReadOnly: () => void): Db {
  return new Kysely<Database>({
    dialect: new TransactionalPostgresDialect({ pool }, limits),
    log(event: LogEvent) {
      if (event.level === "error" && isReadOnly(event.error)) onReadOnly();
      forgetValues(event);
    },
  });
}

async function ping(db: Db): Promise<void> {
  await sql`select 1`.execute(db);
}
