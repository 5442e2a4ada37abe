import { inTransaction } from "@/lib/db/transaction.ts";
import type { Services } from "@/lib/domain/services.ts";
import type { ReadSlowly } from "@/lib/domain/slow_reads.ts";

/** Thrown to take a transaction back; carries what was found out in it. */
class Rehearsed<T> extends Error {
  constructor(readonly value: T) {
    super("Taken back");
  }
}

/**
 * Runs use cases as they would run, with all their rules, and takes everything back that they have
 * changed in the database. For use cases that do nothing outside of it.
 */
export async function rehearse<T>(
  services: Services,
  work: (services: Services) => Promise<T>,
): Promise<T> {
  try {
    return await inTransaction(services.db, async (tx): Promise<never> => {
      // The hooks wait for a commit, which does not come.
      const hooks = {
        ...services.hooks,
        runEventsOf: () => Promise.resolve(),
        runOpenEvents: () => Promise.resolve(),
      };
      const readSlowly: ReadSlowly = (read) => read(tx);
      throw new Rehearsed(await work({ ...services, db: tx, hooks, readSlowly }));
    });
  } catch (error) {
    if (error instanceof Rehearsed) return error.value;
    throw error;
  }
}
