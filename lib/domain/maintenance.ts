import { deleteExpiredEmailTokens } from "@/lib/repo/email_tokens.ts";
import { deleteEventsDoneBefore } from "@/lib/repo/user_events.ts";
import type { Db } from "@/lib/db/database.ts";
import { inTransaction } from "@/lib/db/transaction.ts";
import { findUnsearchedUsers, refreshUserSearch } from "@/lib/repo/user_search.ts";
import { purgeDeletedUsers } from "./delete_user.ts";
import { trimCopies } from "./images.ts";
import { purgeSessions } from "./sessions.ts";
import { liftSuspensions } from "./update_status.ts";
import type { Services } from "./services.ts";

const MINUTE_MS = 60_000;
/** The first requests should not wait behind it: it keeps an embedded database busy for a while. */
const FIRST_AFTER_MS = 1000;
/** Done events are of use only to somebody who looks for the reason of a fault. */
const EVENTS_KEPT_DAYS = 7;

/**
 * Does in a second, and then every minute, what no request does: runs the hooks of events that a
 * crash or failure left open, sends avatars that wait, and forgets what is over.
 *
 * @returns a function that ends it and waits for the round that is under way
 */
export function startMaintenance(services: Services): () => Promise<void> {
  let round = Promise.resolve();
  const run = () => {
    round = maintain(services).catch((error: unknown) => {
      services.log.error({ err: error }, "Maintenance failed; it is tried again in a minute");
    });
  };
  const first = setTimeout(run, FIRST_AFTER_MS);
  const timer = setInterval(run, MINUTE_MS);
  return () => {
    clearTimeout(first);
    clearInterval(timer);
    return round;
  };
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
  await completeUserSearch(db);
  // So that the dashboard has an answer at hand.
  await images.health.findFailure();
}

async function completeUserSearch(db: Db): Promise<void> {
  await inTransaction(db, async (tx) => refreshUserSearch(tx, await findUnsearchedUsers(tx)));
}
