import { inTransaction } from "@/lib/db/transaction.ts";
import type { Services } from "@/lib/domain/services.ts";
import type { ReadSlowly } from "@/lib/domain/slow_reads.ts";

/** Thrown to roll a transaction back. Carries its result. */
class Rehearsed<T> extends Error {
  constructor(readonly value: T) {
    super("Rolled back");
  }
}

/**
 * Runs use cases with all their rules and rolls back everything that they changed in the database.
 * Only for use cases without other effects.
 */
export async function rehearse<T>(
  services: Services,
  work: (services: Services) => Promise<T>,
): Promise<T> {
  try {
    return await inTransaction(services.db, async (tx): Promise<never> => {
      // Jobs wait for a commit, which never comes.
      const jobs = { ...services.jobs, runOf: () => Promise.resolve(), wake() {} };
      const readSlowly: ReadSlowly = (read) => read(tx);
      throw new Rehearsed(await work({ ...services, db: tx, jobs, readSlowly }));
    });
  } catch (error) {
    if (error instanceof Rehearsed) return error.value;
    throw error;
  }
}
