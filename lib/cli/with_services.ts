import { DomainError } from "@/lib/domain/errors.ts";
import { closeServices, openServices } from "@/lib/domain/open_services.ts";
import type { Services } from "@/lib/domain/services.ts";
import { createSilentLogger } from "@/lib/log.ts";
import type { Settings } from "@/lib/settings.ts";
import { TaskError } from "./errors.ts";
import { withMigratedDatabase } from "./with_database.ts";

/**
 * Runs `work` with the services of the settings and closes them. Nothing is logged: tasks print
 * what they have to say.
 *
 * @throws {TaskError} if a rule is broken, in the words of the pages; if the database is not
 * migrated or does not answer.
 */
export function withServices<T>(
  settings: Settings,
  work: (services: Services) => Promise<T>,
): Promise<T> {
  return withMigratedDatabase(settings, async (open) => {
    const services = await openServices(settings, open, createSilentLogger());
    try {
      return await work(services);
    } catch (error) {
      if (!(error instanceof DomainError)) throw error;
      throw new TaskError(error.message, { cause: error });
    } finally {
      await closeServices(services);
    }
  });
}
