import {
  CompiledQuery,
  type DatabaseConnection,
  PostgresAdapter,
  PostgresDialect,
  type PostgresDialectConfig,
  PostgresDriver,
  type TransactionSettings,
} from "kysely";

/** Settings of each transaction. Times are in milliseconds. */
export interface TransactionLimits {
  /** For one statement. */
  readonly statement_timeout?: number;
  /** For the pause between two statements. A forgotten transaction must not keep its locks. */
  readonly idle_in_transaction_session_timeout?: number;
  /** PostgreSQL would compile what it takes for costly. That takes longer than our statements run. */
  readonly jit?: "off";
  /** Processes that help with a statement. They take longer to start than our statements run. */
  readonly max_parallel_workers_per_gather?: 0;
}

/**
 * PostgreSQL, directly or through a pooler such as PgBouncer that gives each transaction another
 * session. So limits are set per transaction, in the statement that begins it.
 */
export class TransactionalPostgresDialect extends PostgresDialect {
  readonly #config: PostgresDialectConfig;
  readonly #limits: TransactionLimits;

  constructor(config: PostgresDialectConfig, limits: TransactionLimits) {
    super(config);
    this.#config = config;
    this.#limits = limits;
  }

  override createDriver(): PostgresDriver {
    return new LimitingDriver(this.#config, this.#limits);
  }

  override createAdapter(): PostgresAdapter {
    return new UnlockedAdapter();
  }
}

class LimitingDriver extends PostgresDriver {
  readonly #limits: string;

  constructor(config: PostgresDialectConfig, limits: TransactionLimits) {
    super(config);
    this.#limits = Object.entries(limits).map(([name, value]) => `; set local ${name} = ${value}`)
      .join("");
  }

  override async beginTransaction(
    connection: DatabaseConnection,
    { isolationLevel, accessMode }: TransactionSettings,
  ): Promise<void> {
    const modes = [isolationLevel && `isolation level ${isolationLevel}`, accessMode];
    const begin = ["begin", ...modes.filter(Boolean)].join(" ");
    await connection.executeQuery(CompiledQuery.raw(begin + this.#limits));
  }
}

/** Skips Kysely's migration lock, which belongs to a session. The migrator takes its own. */
class UnlockedAdapter extends PostgresAdapter {
  override async acquireMigrationLock(): Promise<void> {}
  override async releaseMigrationLock(): Promise<void> {}
}
