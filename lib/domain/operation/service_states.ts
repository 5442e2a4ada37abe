import { assertRoom } from "@/lib/db/disk_space.ts";
import { type Outage, outageOf } from "@/lib/db/errors.ts";
import { isMigratedAndWritable } from "@/lib/db/migrator.ts";
import type { JobQueue } from "@/lib/repo/jobs.ts";
import type { BackupsView, ServiceStateView } from "@/lib/shared/operation_views.ts";
import { inTime } from "@/lib/time_limit.ts";
import { RULES } from "@/lib/domain/errors.ts";
import { describeImages } from "@/lib/domain/images/images.ts";
import type { Services } from "@/lib/domain/services.ts";
import { describeBackups } from "./backups.ts";
import { messageOf } from "@/lib/message_of.ts";

const WAIT_MS = 3_000;
const MINUTE_MS = 60_000;

/** Checks database, image store, mail server and backups at the same time, with a time limit. */
export function checkServices(
  services: Services,
  backups = describeBackups(services),
): Promise<ServiceStateView[]> {
  const { spareDb, mail, settings } = services;
  const { database, ftp, smtp, backupFolder } = settings;
  return Promise.all([
    check(
      "Database",
      database.kind === "postgres" ? "PostgreSQL" : "PGlite, embedded",
      async () => {
        if (!await isMigratedAndWritable(spareDb)) {
          throw new Error("Migrations are missing: run deno task migrate");
        }
        await assertRoom(database);
      },
    ),
    ftp
      ? check(
        "FTP",
        `${ftp.host}, ${ftp.tls === "none" ? "not encrypted" : "encrypted"}`,
        () => checkFtp(services),
      )
      : { name: "FTP", state: "off", detail: "Images are kept in the database" },
    smtp
      ? check("Mail", smtp.host, () => mail.check())
      : { name: "Mail", state: "off", detail: "E-mails are written to .data/outbox" },
    backupFolder
      ? check("Backups", backupFolder, () => checkBackups(backups))
      : { name: "Backups", state: "off", detail: "BACKUP_FOLDER names no folder" },
  ]);
}

/** Describes what waits for the server. Throws if the server does not work. */
async function checkFtp({ db, images }: Services): Promise<string> {
  const { failure, ...queue } = await describeImages(db, images);
  if (failure === undefined) return queueText(queue);
  throw new Error(`${failure}; ${queueText({ ...queue, lastError: undefined })}`);
}

/** Says when the last backup was made. Throws if it is not whole, or none can be made. */
async function checkBackups(backups: Promise<BackupsView>): Promise<string> {
  const { problem, last } = await backups;
  if (problem !== null) throw new Error(problem);
  return last ? `the last one is of ${last.made_at.slice(0, 16)}Z` : "none is made yet";
}

function queueText({ waiting, oldest, lastError }: JobQueue): string {
  if (waiting === 0 || oldest === undefined) return "nothing waits";
  const minutes = Math.floor((Date.now() - oldest.getTime()) / MINUTE_MS);
  const files = `${waiting} ${waiting === 1 ? "file waits" : "files wait"}`;
  const since = `the oldest for ${minutes} min`;
  return [files, since, ...(lastError === undefined ? [] : [lastError])].join(", ");
}

/**
 * Whether the process should get requests: it is not ending, and the database answers, is writable
 * and has all migrations.
 */
export async function isReady({ spareDb, settings, log, ending }: Services): Promise<boolean> {
  if (ending.aborted) return false;
  try {
    const migrated = await isMigratedAndWritable(spareDb);
    await assertRoom(settings.database);
    return migrated;
  } catch (error) {
    log.warn({ err: error }, "The database does not answer, or takes no changes");
    return false;
  }
}

/** Messages for a database that cannot do its work for now. */
const OUTAGES: Readonly<Record<Outage, string>> = {
  unreachable: "The database does not answer at the moment, try again in a few seconds",
  read_only: "Nothing can be saved at the moment, try again in a few seconds",
  disk_full: "Nothing can be saved: the disk of the database is full. Ask an admin to make room",
  busy: RULES.busy,
};

/** Returns the message for `error` if the database cannot work for now. Otherwise `undefined`. */
export function databaseOutage(error: unknown): string | undefined {
  const outage = outageOf(error);
  return outage && OUTAGES[outage];
}

/** @param ask returns details, and throws if the service does not work */
async function check(
  name: string,
  detail: string,
  ask: () => Promise<string | void>,
): Promise<ServiceStateView> {
  try {
    const more = await inTime(WAIT_MS, ask());
    return { name, state: "ok", detail: more === undefined ? detail : `${detail}; ${more}` };
  } catch (error) {
    return { name, state: "failed", detail: `${detail}: ${messageOf(error)}` };
  }
}
