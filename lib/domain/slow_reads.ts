import type { Tx } from "@/lib/db/database.ts";
import { inTransaction } from "@/lib/db/transaction.ts";
import { limitStatements } from "@/lib/repo/server.ts";
import type { Services } from "./services.ts";

/** A search or a count that takes longer would take too much from everybody else. */
const STATEMENT_LIMIT_MS = 5_000;

/**
 * Runs reads that may take long: a few at a time in this process, so that connections are left for
 * all others, and none for longer than 5 seconds a statement.
 *
 * @throws {QueueFullError} when too many wait already; the database's error after 5 seconds.
 */
export function readSlowly<T>(
  { db, slowReads }: Pick<Services, "db" | "slowReads">,
  read: (tx: Tx) => Promise<T>,
): Promise<T> {
  return slowReads.run(() =>
    inTransaction(db, async (tx) => {
      await limitStatements(tx, STATEMENT_LIMIT_MS);
      return await read(tx);
    })
  );
}
