import { type CompiledQuery, Kysely, PostgresDialect } from "kysely";
import pg from "pg";
import type { Db } from "@/lib/db/database.ts";
import type { Database } from "@/lib/db/schema.ts";

/** Records the statements that `work` sends to the database, with their values. */
export async function statementsOf(
  pool: pg.Pool,
  work: (db: Db) => Promise<unknown>,
): Promise<CompiledQuery[]> {
  const statements: CompiledQuery[] = [];
  const db = new Kysely<Database>({
    dialect: new PostgresDialect({ pool }),
    log: ({ query }) => void statements.push(query),
  });
  await work(db);
  return statements;
}

/** Sends statements at the same time, directly through the driver. */
export function sendStatements(pool: pg.Pool, statements: readonly CompiledQuery[]) {
  return Promise.all(statements.map(({ sql, parameters }) => pool.query(sql, [...parameters])));
}
