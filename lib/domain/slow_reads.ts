import type { Db, OpenDatabase } from "@/lib/db/database.ts";
import { isTimeout } from "@/lib/db/errors.ts";
import { inTransaction } from "@/lib/db/transaction.ts";
import { limitReads } from "@/lib/repo/server.ts";
import { WorkQueue } from "@/lib/work_queue.ts";
import { DomainError } from "./errors.ts";

/** A longer search or count would take too much from everybody else. */
const STATEMENT_LIMIT_MS = 5_000;
const MAX_WAITING = 100;

/** Slow reads at a time in one process. The embedded database computes in one thread. */
const AT_ONCE: Readonly<Record<OpenDatabase["kind"], number>> = { postgres: 2, pglite: 1 };

/**
 * Runs reads that may take long, a few at a time per process, so that other work finds free
 * connections.
 *
 * @throws {QueueFullError} when too many are waiting; on PostgreSQL the database's error for a
 * statement that takes longer than 5 seconds.
 */
export type ReadSlowly = <T>(read: (db: Db) => Promise<T>) => Promise<T>;

/** Creates a reader in which slow reads take turns. */
export function createSlowReader({ db, kind }: Pick<OpenDatabase, "db" | "kind">): ReadSlowly {
  const queue = new WorkQueue(AT_ONCE[kind], MAX_WAITING);
  // The embedded database has no time limits, and a transaction would block everybody else.
  if (kind === "pglite") return (read) => queue.run(() => read(db));
  return (read) =>
    queue.run(() =>
      inTransaction(db, async (tx) => {
        await limitReads(tx, STATEMENT_LIMIT_MS);
        return await read(tx);
      })
    );
}

/**
 * Reads, and asks for a narrower search if that takes too long.
 *
 * @throws {DomainError} `search_too_broad`
 * @throws {QueueFullError} when too many searches are waiting.
 */
export async function readInTime<T>(
  readSlowly: ReadSlowly,
  read: (db: Db) => Promise<T>,
): Promise<T> {
  try {
    return await readSlowly(read);
  } catch (error) {
    if (!isTimeout(error)) throw error;
    throw new DomainError("search_too_broad", { cause: error, retryAfterSeconds: 5 });
  }
}
