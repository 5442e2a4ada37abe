import type { Db, Tx } from "./database.ts";
import { isSerializationFailure } from "./errors.ts";

const MAX_ATTEMPTS = 4;
const FIRST_PAUSE_MS = 20;

/**
 * Runs `work` in a transaction: committed when it returns, rolled back when it throws. Inside a
 * transaction already, `work` joins that one. When the database broke off a deadlock, `work` runs
 * again, so it must do nothing outside the database.
 *
 * Inside `work` use `tx` alone: the embedded database has one connection, for which a query through
 * `db` would wait for ever.
 */
export async function inTransaction<T>(db: Db, work: (tx: Tx) => Promise<T>): Promise<T> {
  if (isTransaction(db)) return await work(db);
  for (let attempt = 1;; attempt++) {
    try {
      return await db.transaction().execute(work);
    } catch (error) {
      if (attempt === MAX_ATTEMPTS || !isSerializationFailure(error)) throw error;
      await pause(FIRST_PAUSE_MS * 2 ** attempt * Math.random());
    }
  }
}

function isTransaction(db: Db): db is Tx {
  return db.isTransaction;
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
