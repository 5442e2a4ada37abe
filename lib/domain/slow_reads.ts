import type { Db, OpenDatabase } from "@/lib/db/database.ts";
import { inTransaction } from "@/lib/db/transaction.ts";
import { limitStatements } from "@/lib/repo/server.ts";
import { WorkQueue } from "@/lib/work_queue.ts";

/** A search or a count that takes longer would take too much from everybody else. */
const STATEMENT_LIMIT_MS = 5_000;
const MAX_WAITING = 100;

/** What one process reads slowly at a time; the embedded database computes in one thread. */
const AT_ONCE: Readonly<Record<OpenDatabase["kind"], number>> = { postgres: 2, pglite: 1 };

/**
 * Runs reads that may take long: a few at a time in this process, so that connections are left for
 * all others.
 *
 * @throws {QueueFullError} when too many wait already; on PostgreSQL the database's error for a
 * statement that takes longer than 5 seconds.
 */
export type ReadSlowly = <T>(read: (db: Db) => Promise<T>) => Promise<T>;

/** Lets the slow reads of a process take turns. */
export function createSlowReader({ db, kind }: Pick<OpenDatabase, "db" | "kind">): ReadSlowly {
  const queue = new WorkQueue(AT_ONCE[kind], MAX_WAITING);
  // The embedded database has no time limits, and no turns for others within a transaction.
  if (kind === "pglite") return (read) => queue.run(() => read(db));
  return (read) =>
    queue.run(() =>
      inTransaction(db, async (tx) => {
        await limitStatements(tx, STATEMENT_LIMIT_MS);
        return await read(tx);
      })
    );
}
