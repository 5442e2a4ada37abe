import { type BatchLimits, inBatches } from "@/lib/batches.ts";
import { deleteExpiredJobs } from "@/lib/repo/jobs.ts";
import { takeLease } from "@/lib/repo/leases.ts";
import { deleteClosedUsers } from "@/lib/repo/open_users.ts";
import { deleteExpiredOneTimeTokens } from "@/lib/repo/one_time_tokens.ts";
import { deleteOldBulkItems } from "@/lib/repo/bulk_jobs.ts";
import { deleteFullBuckets } from "@/lib/repo/rate_limits.ts";
import { deleteOldUndoEntries } from "@/lib/repo/undo_log.ts";
import { deleteOldImports } from "@/lib/repo/user_imports.ts";
import type { Db } from "@/lib/db/database.ts";
import { inTransaction } from "@/lib/db/transaction.ts";
import { findUnsearchedUsers, refreshUserSearch } from "@/lib/repo/user_search.ts";
import { purgeDeletedUsers } from "@/lib/domain/users/deleted_users.ts";
import { DORMANCY_STEPS } from "@/lib/domain/users/dormancy.ts";
import { purgeRegistrations } from "@/lib/domain/users/registrations.ts";
import { trimCopies } from "@/lib/domain/images/images.ts";
import { purgeApiKeys } from "@/lib/domain/accounts/api_keys.ts";
import { purgeDevices } from "@/lib/domain/accounts/devices.ts";
import { purgeInvitations } from "@/lib/domain/accounts/invitations.ts";
import { purgeSessions } from "@/lib/domain/accounts/sessions.ts";
import { liftSuspensions } from "@/lib/domain/users/update_status.ts";
import { expireAuditLog, sealAuditLog } from "./audit_seals.ts";
import { scheduleBackup } from "./backups.ts";
import { keepFigures } from "./dashboard.ts";
import { WRITTEN_EMAILS_KEPT_DAYS } from "@/lib/shared/limits.ts";
import type { TaskActor } from "@/lib/domain/actor.ts";
import type { Services } from "@/lib/domain/services.ts";

const ACTOR: TaskActor = { kind: "task", name: "maintenance" };

const MINUTE_MS = 60_000;
/**
 * Lets the first requests go first, because maintenance keeps an embedded database busy for a
 * while.
 */
const FIRST_AFTER_MS = 1000;
/** A little less than a minute, so that the same process may take the next turn too. */
const TURN_SECONDS = 55;
/**
 * Per kind of work. A batch is one transaction, during which an embedded database serves nobody
 * else.
 */
const ROUND: BatchLimits = { size: 500, count: 40 };

/** Entries are sealed within a minute, also after bulk work. */
const SEALING: BatchLimits = { size: 1_000, count: 200 };

/** Each of these users is a transaction of its own. */
const DORMANCY: BatchLimits = { size: 100, count: 10 };

/** Stops maintenance. Resolves when the current batch has ended. */
export type StopMaintenance = () => Promise<void>;

/**
 * Runs background maintenance after one second and then every minute. Only one process at a time
 * maintains the database, but each does jobs that are due, writes down whom it has refused, and
 * removes old e-mails from its outbox.
 */
export function startMaintenance(services: Services): StopMaintenance {
  const stop = new AbortController();
  let running: Promise<void> | undefined;
  const start = () => {
    running ??= runRound(services, stop.signal).catch((error: unknown) => {
      services.log.error({ err: error }, "Maintenance failed; it is tried again in a minute");
    }).finally(() => running = undefined);
  };
  const first = setTimeout(start, FIRST_AFTER_MS);
  const timer = setInterval(start, MINUTE_MS);
  return async () => {
    clearTimeout(first);
    clearInterval(timer);
    stop.abort();
    await running;
  };
}

async function runRound(services: Services, signal: AbortSignal): Promise<void> {
  const { db, images, jobs, mail, refusals } = services;
  jobs.wake();
  await mail.forget?.(new Date(Date.now() - WRITTEN_EMAILS_KEPT_DAYS * 24 * 60 * MINUTE_MS));
  await refusals.write();
  if (await takeLease(db, "maintenance", TURN_SECONDS)) await maintain(services, signal);
  // Keeps the state of the image store fresh for the dashboard.
  if (!signal.aborted) await images.health.findFailure();
}

/** Deletes what has expired. */
export async function maintain(
  services: Services,
  signal: AbortSignal = new AbortController().signal,
): Promise<void> {
  const { db } = services;
  const works: ((limit: number) => Promise<number>)[] = [
    (limit) => liftSuspensions(services, ACTOR, limit),
    (limit) => purgeSessions(services, limit),
    (limit) => purgeDevices(services, limit),
    (limit) => purgeApiKeys(services, limit),
    (limit) => deleteExpiredOneTimeTokens(db, limit),
    (limit) => purgeInvitations(services, limit),
    (limit) => purgeRegistrations(services, limit),
    (limit) => deleteExpiredJobs(db, limit),
    (limit) => deleteFullBuckets(db, limit),
    (limit) => deleteClosedUsers(db, limit),
    (limit) => deleteOldUndoEntries(db, limit),
    (limit) => deleteOldBulkItems(db, limit),
    (limit) => deleteOldImports(db, limit),
    (limit) => purgeDeletedUsers(services, ACTOR, limit),
    (limit) => expireAuditLog(services, ACTOR, limit),
  ];
  await inBatches(SEALING, signal, (limit) => sealAuditLog(services, limit));
  for (const work of works) await inBatches(ROUND, signal, work);
  for (const step of DORMANCY_STEPS) {
    await inBatches(DORMANCY, signal, (limit) => step(services, ACTOR, limit));
  }
  if (!signal.aborted) await scheduleBackup(services);
  if (!signal.aborted) await trimCopies(db);
  if (!signal.aborted) await completeUserSearch(db);
  if (!signal.aborted) await keepFigures(services);
}

async function completeUserSearch(db: Db): Promise<void> {
  await inTransaction(db, async (tx) => refreshUserSearch(tx, await findUnsearchedUsers(tx)));
}
