import { deleteDeletedUsersBefore } from "@/lib/repo/deleted_users.ts";
import { deleteExpiredEmailTokens } from "@/lib/repo/email_tokens.ts";
import { purgeSessions } from "./sessions.ts";
import type { Services } from "./services.ts";

/** How long a deleted user can be brought back. */
export const DELETED_USERS_KEPT_DAYS = 30;

const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;

/**
 * Does at once and then every minute what no request does: runs the hooks of events that a crash
 * or failure left open, and forgets what is over.
 *
 * @returns a function that ends it
 */
export function startMaintenance(services: Services): () => void {
  const run = () => {
    maintain(services).catch((error: unknown) => {
      services.log.error({ err: error }, "Maintenance failed; it is tried again in a minute");
    });
  };
  run();
  const timer = setInterval(run, MINUTE_MS);
  return () => clearInterval(timer);
}

/** One round of it. */
export async function maintain(services: Services): Promise<void> {
  await services.hooks.runOpenEvents();
  await purgeSessions(services);
  await deleteExpiredEmailTokens(services.db);
  await deleteDeletedUsersBefore(
    services.db,
    new Date(Date.now() - DELETED_USERS_KEPT_DAYS * DAY_MS),
  );
}
