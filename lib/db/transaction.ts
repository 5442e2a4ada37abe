import { setTimeout as pause } from "node:timers/promises";
import type { Db, Tx } from "./database.ts";
import { isSerializationFailure } from "./errors.ts";

const MAX_ATTEMPTS = 4;
const FIRST_PAUSE_MS = 20;

/**
 * Runs `work` in a transaction: commits when it returns, rolls back when it throws. Within another
 * transaction, `work` joins that one. After a deadlock `work` runs again, so it must do nothing
 * outside the database.
 *
 * Inside `work` use only `tx`: the embedded database has one session, so a query through `db` would
 * wait forever.
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
