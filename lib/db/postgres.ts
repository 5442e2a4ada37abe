import { Kysely, PostgresDialect, sql } from "kysely";
import pg from "pg";
import type { DatabaseUser, OpenDatabase } from "./database.ts";
import { forgetValues } from "./errors.ts";
import type { Database } from "./schema.ts";

/** Connections of one process; a server runs one process a core. */
const POOL_SIZE = 10;
const CONNECT_TIMEOUT_MS = 5_000;
/** A page never needs as long; a task (an import, an index on a large table) may. */
const SERVER_STATEMENT_TIMEOUT_MS = 30_000;
/** A transaction that is forgotten must not hold its locks for ever. */
const IDLE_TRANSACTION_TIMEOUT_MS = 60_000;

const INT8_OID = 20;

/**
 * Connects to the PostgreSQL server at `url`; what the URL leaves out, or all of it, comes from the
 * `PG*` names of the environment. Connects with the first query.
 */
export function openPostgres(url: string | undefined, user: DatabaseUser): OpenDatabase {
  return openPool({
    ...(url !== undefined && { connectionString: withLibpqSslModes(url) }),
    max: POOL_SIZE,
    ...(user === "server" && { statement_timeout: SERVER_STATEMENT_TIMEOUT_MS }),
    idle_in_transaction_session_timeout: IDLE_TRANSACTION_TIMEOUT_MS,
  }, "postgres");
}

/** Opens a pool of connections that speak PostgreSQL's wire protocol. */
export function openPool(config: pg.PoolConfig, kind: OpenDatabase["kind"]): OpenDatabase {
  const pool = new pg.Pool({
    application_name: "roster",
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    keepAlive: true,
    types: { getTypeParser },
    ...config,
  });
  // An idle connection that the server ends has left the pool already: nobody waits for it. Without
  // a listener the event would end the process.
  pool.on("error", ignore);
  // One that ends between two queries of a transaction: the second query hears of it.
  pool.on("connect", (client) => void client.on("error", ignore));
  const db = new Kysely<Database>({ dialect: new PostgresDialect({ pool }), log: forgetValues });
  return {
    db,
    kind,
    ping: async () => void await sql`select 1`.execute(db),
    async close() {
      await db.destroy();
      // Kysely leaves a pool open that it has never used.
      if (!pool.ended) await pool.end();
    },
  };
}

function ignore(): void {}

/** Reads `bigint` as a number: identities and counts stay far below 2^53. */
const getTypeParser: typeof pg.types.getTypeParser = (oid: number, format?: "text" | "binary") =>
  oid === INT8_OID && format !== "binary" ? Number : pg.types.getTypeParser(oid, format);

/**
 * `pg` reads `sslmode=require` as `verify-full`, with a warning; everybody else, and the hosting
 * provider that hands out the URL, means what libpq does.
 *
 * @see https://www.postgresql.org/docs/current/libpq-ssl.html#LIBPQ-SSL-PROTECTION
 */
function withLibpqSslModes(url: string): string {
  const parsed = URL.parse(url);
  const mode = parsed?.searchParams.get("sslmode");
  if (!parsed || !mode || mode === "verify-full") return url;
  if (mode === "verify-ca" && !parsed.searchParams.has("sslrootcert")) return url;
  parsed.searchParams.set("uselibpqcompat", "true");
  return parsed.href;
}
