import type { Db } from "@/lib/db/database.ts";
import { type Hook, stepsOf } from "@/lib/repo/hooks.ts";
import type { DatabaseWork, JobKinds } from "@/lib/repo/job_runner.ts";
import { letterDelivery } from "@/lib/domain/accounts/letter_delivery.ts";
import type { Services } from "@/lib/domain/services.ts";
import { bulkStep } from "@/lib/domain/users/bulk_step.ts";
import type { Mailer } from "@/lib/mail/mail.ts";
import type { Settings } from "@/lib/settings.ts";
import { eraseTrail } from "@/lib/domain/users/erase_users.ts";
import { backupWork } from "@/lib/domain/operation/backups.ts";
import { importRowsStep } from "@/lib/domain/operation/import_rows_step.ts";
import { importStep } from "@/lib/domain/operation/import_portion.ts";
import type { Images } from "@/lib/storage/images.ts";
import { imageTransfer } from "@/lib/storage/image_transfer.ts";

const SECOND_MS = 1_000;
const MINUTE_MS = 60 * SECOND_MS;

/** A batch is a transaction, which on the embedded database keeps others waiting. */
const HOOKS = {
  batch: 100,
  batches: 50,
  firstPauseMs: 10 * SECOND_MS,
  longestPauseMs: 60 * MINUTE_MS,
  failuresPerRound: Infinity,
} as const;

/** What is done after the commit: how each kind of job is done, how much at a time, and when again. */
export function jobKinds(
  { db, images, mail, settings, hooks, services }: {
    db: Db;
    images: Pick<Images, "keptIn" | "store">;
    mail: Mailer;
    settings: Settings;
    hooks: readonly Hook[];
    /** All services, once they are open. Without them no bulk job is done and no backup made. */
    services?: () => Services;
  },
): Required<JobKinds> {
  const runHooks = (on: Hook["on"]): DatabaseWork => ({ ...HOOKS, steps: stepsOf(hooks, on) });
  return {
    user_created: runHooks("created"),
    user_deleted: runHooks("deleted"),
    erase_trail: {
      steps: [eraseTrail],
      batch: 1,
      batches: 200,
      firstPauseMs: 10 * SECOND_MS,
      longestPauseMs: 60 * MINUTE_MS,
      failuresPerRound: 5,
    },
    import_users: {
      steps: [importStep(images, hooks)],
      batch: 1,
      batches: 20,
      firstPauseMs: SECOND_MS,
      longestPauseMs: 60 * MINUTE_MS,
      failuresPerRound: 1,
    },
    bulk: services && {
      steps: [bulkStep(services)],
      batch: 1,
      batches: 200,
      firstPauseMs: SECOND_MS,
      longestPauseMs: MINUTE_MS,
      failuresPerRound: 3,
    },
    user_import: {
      steps: [importRowsStep(images, hooks)],
      batch: 1,
      batches: 1_000,
      firstPauseMs: SECOND_MS,
      longestPauseMs: MINUTE_MS,
      failuresPerRound: 3,
    },
    backup: services && settings.backupFolder !== undefined
      ? {
        ...backupWork(services),
        batch: 1,
        batches: 1,
        firstPauseMs: MINUTE_MS,
        longestPauseMs: 60 * MINUTE_MS,
        failuresPerRound: 1,
      }
      : undefined,
    letter: {
      ...letterDelivery({ db, mail, settings }),
      batch: 5,
      batches: 100,
      firstPauseMs: 5 * SECOND_MS,
      longestPauseMs: 15 * MINUTE_MS,
      failuresPerRound: 5,
    },
    image: images.keptIn === "database" ? undefined : {
      ...imageTransfer(db, images.store),
      // Half of the connections to the FTP server, so that readers always find one.
      batch: 2,
      batches: 500,
      firstPauseMs: SECOND_MS,
      longestPauseMs: MINUTE_MS,
      failuresPerRound: 3,
    },
  };
}
