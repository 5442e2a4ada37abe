import { deleteExpiredEmailTokens } from "@/lib/repo/email_tokens.ts";
import { deleteEventsDoneBefore } from "@/lib/repo/user_events.ts";
import { purgeDeletedUsers } from "./delete_user.ts";
import { trimCopies } from "./images.ts";
import { purgeSessions } from "./sessions.ts";
import { liftSuspensions } from "./update_status.ts";
import type { Services } from "./services.ts";

const MINUTE_MS = 60_000;
/** Done events are of use only to somebody who looks for the reason of a fault. */
const EVENTS_KEPT_DAYS = 7;

/**
 * Does at once and then every minute what no request does: runs the hooks of events that a crash
 * or failure left open, sends avatars that wait, and forgets what is over.
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
  const { db, hooks, images } = services;
  images.outbox?.kick();
  await hooks.runOpenEvents();
  await liftSuspensions(services, { kind: "task", name: "maintenance" });
  await purgeSessions(services);
  await deleteExpiredEmailTokens(db);
  await deleteEventsDoneBefore(db, new Date(Date.now() - EVENTS_KEPT_DAYS * 24 * 60 * MINUTE_MS));
  await purgeDeletedUsers(services);
  await trimCopies(db);
  // So that the dashboard has an answer at hand.
  await images.health.findFailure();
}
