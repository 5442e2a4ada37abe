import { basename, dirname, join } from "node:path";
import { inTransaction } from "@/lib/db/transaction.ts";
import { type AuditEvent, findNewestBackupEvent } from "@/lib/repo/audit_events.ts";
import type { OutsideWork } from "@/lib/repo/job_runner.ts";
import { extendLease, insertJobs, type Job, listJobs } from "@/lib/repo/jobs.ts";
import type { BackupsView, BackupView } from "@/lib/shared/operation_views.ts";
import {
  type BackupFile,
  BackupFileError,
  backupName,
  listBackupFiles,
  trimBackupFiles,
  writeBackupFile,
} from "@/lib/storage/backup_folder.ts";
import type { TaskActor, UserActor } from "@/lib/domain/actor.ts";
import { audit } from "@/lib/domain/audit.ts";
import { authorise, confirmSession } from "@/lib/domain/authorise.ts";
import { DomainError } from "@/lib/domain/errors.ts";
import type { Services } from "@/lib/domain/services.ts";
import { Backup } from "./backup.ts";

/** A backup that was made. */
interface MadeBackup {
  readonly bytes: number;
  readonly users: number;
  readonly rows: number;
  /** Avatars that profiles name, but that are nowhere. */
  readonly missing: readonly string[];
}

/**
 * Makes a backup in a new file.
 *
 * @throws {BackupFileError} if the file exists, or its folder does not take it
 * @throws {StoreUnavailableError} if the FTP server does not work
 * @throws the reason of `signal`
 */
export async function makeBackup(
  services: Services,
  actor: TaskActor,
  path: string,
  signal?: AbortSignal,
): Promise<MadeBackup> {
  const backup = new Backup(services);
  const bytes = await writeBackupFile(path, backup.lines(), signal);
  const { users, rows, missing } = backup;
  await audit(services.db, actor, "make_backup", undefined, {
    folder: dirname(path),
    file: basename(path),
    bytes,
    users,
    missing_pictures: missing.length,
  });
  return { bytes, users, rows, missing };
}

const SERVER: TaskActor = { kind: "task", name: "server" };

/** A process that is killed keeps the others from making a backup for so long. */
const LEASE_SECONDS = 120;
const RENEW_MS = 30_000;

/** Makes the backups of `BACKUP_FOLDER`, one at a time. Old ones go once the new one is whole. */
export function backupWork(
  open: () => Services,
): Pick<OutsideWork, "leaseSeconds" | "run" | "finish"> {
  return {
    leaseSeconds: LEASE_SECONDS,
    async run({ id }) {
      const services = open();
      const { db, log, settings } = services;
      const renewal = setInterval(() => {
        extendLease(db, id, LEASE_SECONDS).catch((error: unknown) =>
          log.warn({ err: error }, "The lease of a backup was not renewed")
        );
      }, RENEW_MS);
      try {
        const folder = settings.backupFolder!;
        await makeBackup(services, SERVER, join(folder, backupName(new Date())), services.ending);
        await trimBackupFiles(folder, settings.backupsKept);
      } catch (error) {
        if (!services.ending.aborted) throw error;
        throw new Error("The server was stopped before the backup was whole", { cause: error });
      } finally {
        clearInterval(renewal);
      }
    },
    finish: () => Promise.resolve(),
  };
}

/** One backup is made at a time. */
const SUBJECT = "folder";

/** Adds a backup to the work that waits if its time has come. */
export async function scheduleBackup(services: Services): Promise<void> {
  const { db, jobs, settings } = services;
  if (settings.backupFolder === undefined) return;
  const last = await findNewestBackupEvent(db, settings.backupFolder);
  if (last && last.at >= turnBefore(settings.backupHours, new Date())) return;
  if (await findJob(services)) return;
  await addJob(services);
  jobs.wake("backup");
}

async function addJob({ db }: Services): Promise<void> {
  await inTransaction(db, (tx) => insertJobs(tx, [{ kind: "backup", subject: SUBJECT }]));
}

/**
 * Lets a backup be made now. Returns whether it begins, or one is being made already.
 *
 * @throws {DomainError} `not_signed_in`, `forbidden`, `step_up_required`, `backup_impossible`
 */
export async function requestBackup(
  services: Services,
  actor: UserActor,
): Promise<"begun" | "running"> {
  const { db, jobs, settings } = services;
  authorise(actor, "request_backup");
  await inTransaction(db, async (tx) => {
    await confirmSession(tx, actor, "request_backup");
    await audit(tx, actor, "request_backup", undefined);
  });
  const reason = settings.backupFolder === undefined
    ? OFF
    : (await filesIn(settings.backupFolder)).problem;
  if (reason !== null) throw new DomainError("backup_impossible", { values: { reason } });
  if (isRunning(await findJob(services))) return "running";
  await addJob(services);
  jobs.wake("backup");
  return "begun";
}

const OFF = "BACKUP_FOLDER names no folder. Set it, or run deno task backup by a timer; where " +
  "there is no disk, as on Deno Deploy, use the backups of the database's provider";

/** Returns the backups of the folder, whether the last is whole, and when the next is made. */
export async function describeBackups(services: Services): Promise<BackupsView> {
  const { backupFolder: folder, backupHours, backupsKept: kept } = services.settings;
  if (folder === undefined) {
    const none = { next_at: null, last: null, files: [], is_running: false };
    return { ...none, folder: null, kept, problem: OFF };
  }
  const job = await findJob(services);
  const { files, problem } = await filesIn(folder);
  const last = await findNewestBackupEvent(services.db, folder);
  const made = last && madeBackupIn(last);
  return {
    folder,
    kept,
    is_running: isRunning(job),
    next_at: turnAfter(backupHours, new Date()).toISOString(),
    problem: problem ?? job?.last_error ?? (made ? faultOf(made, files) : null),
    last: made ?? null,
    files: files.map(({ name, bytes, madeAt }) => ({ name, bytes, made_at: madeAt.toISOString() })),
  };
}

async function findJob({ db }: Services): Promise<Job | undefined> {
  const { rows: [job] } = await listJobs(db, "backup", { limit: 1 });
  return job;
}

/** A job that has failed waits for its next attempt. */
function isRunning(job: Job | undefined): boolean {
  if (job === undefined) return false;
  return job.last_error === null || job.leased_until !== null && job.leased_until > new Date();
}

async function filesIn(
  folder: string,
): Promise<{ readonly files: readonly BackupFile[]; readonly problem: string | null }> {
  try {
    return { files: await listBackupFiles(folder), problem: null };
  } catch (error) {
    if (!(error instanceof BackupFileError)) throw error;
    return { files: [], problem: error.message };
  }
}

function madeBackupIn({ at, details }: AuditEvent): BackupView {
  return {
    name: String(details.file),
    bytes: Number(details.bytes),
    made_at: at.toISOString(),
    users: Number(details.users),
    missing_pictures: Number(details.missing_pictures),
  };
}

/** Says what has happened to the last backup since it was made. */
function faultOf({ name, bytes }: BackupView, files: readonly BackupFile[]): string | null {
  const file = files.find((one) => one.name === name);
  if (file === undefined) return `The last backup, ${name}, is not in the folder any more`;
  if (file.bytes === bytes) return null;
  return `The last backup, ${name}, is damaged: it has ${file.bytes} bytes instead of ${bytes}`;
}

const HOUR_MS = 60 * 60_000;

/** Returns the last time up to `now` at which the hours of the day ask for a backup. */
export function turnBefore(hours: readonly number[], now: Date): Date {
  return turnFrom(hours, now, -HOUR_MS);
}

/** Returns the next such time. */
export function turnAfter(hours: readonly number[], now: Date): Date {
  return turnFrom(hours, new Date(now.getTime() + HOUR_MS), HOUR_MS);
}

function turnFrom(hours: readonly number[], start: Date, stepMs: number): Date {
  let time = Math.floor(start.getTime() / HOUR_MS) * HOUR_MS;
  while (!hours.includes(new Date(time).getUTCHours())) time += stepMs;
  return new Date(time);
}
