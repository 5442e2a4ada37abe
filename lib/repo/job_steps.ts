import { sql } from "kysely";
import type { Tx } from "@/lib/db/database.ts";
import type { Logger } from "@/lib/log.ts";
import type { Job } from "./jobs.ts";

/** A step of a job in the database. */
export interface JobStep {
  readonly name: string;
  /** Runs again after a failure of any step, so a second run must change nothing. */
  run(tx: Tx, job: Job): Promise<void>;
}

/** Runs all steps of a job. Returns the messages of those that failed. */
export async function runJobSteps(
  tx: Tx,
  log: Logger,
  steps: readonly JobStep[],
  job: Job,
): Promise<string[]> {
  const failures: string[] = [];
  for (const step of steps) {
    const error = await runStep(tx, step, job);
    if (error === undefined) continue;
    log.error({ err: error, step: step.name, job: job.id }, "A job failed; it is tried again");
    failures.push(`${step.name}: ${error.message}`);
  }
  return failures;
}

/** Runs a step. If it fails, reverts its work and returns the error. */
async function runStep(tx: Tx, step: JobStep, job: Job): Promise<Error | undefined> {
  await sql`savepoint step`.execute(tx);
  try {
    await step.run(tx, job);
    await sql`release savepoint step`.execute(tx);
  } catch (error) {
    await sql`rollback to savepoint step`.execute(tx);
    return error instanceof Error ? error : new Error(String(error));
  }
}
