import type { Db } from "@/lib/db/database.ts";
import { jobKinds } from "@/lib/domain/jobs.ts";
import { createSilentLogger } from "@/lib/log.ts";
import { createMailer } from "@/lib/mail/mailer.ts";
import type { Hook } from "@/lib/repo/hooks.ts";
import { createJobRunner, type JobRunner } from "@/lib/repo/job_runner.ts";
import type { Job } from "@/lib/repo/jobs.ts";
import { readSettings } from "@/lib/settings.ts";
import { DatabaseStore } from "@/lib/storage/database_store.ts";

/** Creates a runner for an application with these hooks and without an FTP server. */
export function runnerOf(db: Db, hooks: readonly Hook[]): JobRunner {
  const images = { keptIn: "database", store: new DatabaseStore(db) } as const;
  const log = createSilentLogger();
  const settings = readSettings({});
  const mail = createMailer(settings, log);
  return createJobRunner(db, log, jobKinds({ db, images, mail, settings, hooks }));
}

/** Returns all jobs in the order of insertion. */
export function jobsOf(db: Db): Promise<Job[]> {
  return db.selectFrom("jobs").selectAll().orderBy("id").execute();
}
