import { Kysely, type LogEvent, sql } from "kysely";
import type pg from "pg";
import type { PostgresSettings } from "@/lib/settings/postgres.ts";
import { ChannelBoundClient } from "./channel_bound_client.ts";
import type { DatabaseUser, Db, OpenDatabase } from "./database.ts";
import { forgetValues, isReadOnly } from "./errors.ts";
import { TransactionalPostgresDialect, type TransactionLimits } from "./postgres_dialect.ts";
import type { Database } from "./schema.ts";
import { refuseReadOnly, ServerPool } from "./server_pool.ts";

/** Connections of one process; a server runs one process a core. */
const POOL_SIZE = 10;
/** A page never needs as long; a task (an import, an index on a large table) may. */
const SERVER_STATEMENT_TIMEOUT_MS = 30_000;
const IDLE_TRANSACTION_TIMEOUT_MS = 60_000;
/** After a failover the spare connection is soon one to the new server. */
const SPARE_LIFETIME_SECONDS = 10;

/** Connects to a PostgreSQL server, with the first query. */
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
  };
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

/** Opens an embedded database, of this process or another, by PostgreSQL's wire protocol. */
export function openPool(config: pg.PoolConfig): OpenDatabase {
  const pool = new ServerPool([config]);
  // It has no clock to break a statement off with, and a limit of its own for idle transactions.
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

/** @param onReadOnly called when the server takes no changes: another one may be the primary */
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
