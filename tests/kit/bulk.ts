import assert from "node:assert/strict";
import { type RawBuilder, sql } from "kysely";
import { inTransaction } from "@/lib/db/transaction.ts";
import { bulkStep } from "@/lib/domain/users/bulk_step.ts";
import { insertUsers } from "@/lib/repo/users.ts";
import type { BulkJobView } from "@/lib/shared/bulk_views.ts";
import type { AppOptions, TestApp } from "./app.ts";
import type { TestClient } from "./client.ts";

/** Bulk jobs go on only when the test says so. */
export const BY_HAND: AppOptions = {
  everyDatabase: true,
  adapt: ({ jobs }) => ({ jobs: { ...jobs, wake() {} } }),
};

/** Adds users with the names `crowd1`, `crowd2` and so on, each with a session. Returns their ids. */
export async function addCrowd({ services: { db } }: TestApp, size: number): Promise<number[]> {
  const users = Array.from({ length: size }, (_, index) => ({
    username: `crowd${index + 1}`,
    email: `crowd${index + 1}@example.org`,
    password_hash: "!",
  }));
  const ids = await inTransaction(db, (tx) => insertUsers(tx, users));
  await sql`
    insert into sessions (user_id, token_hash, ip, user_agent)
    select id, username, '', '' from users where username like 'crowd%'
  `.execute(db);
  return ids;
}

/** Sends a request, and returns the answer if it has the status. */
export async function ask<T = BulkJobView>(
  client: TestClient,
  [method, path]: readonly ["POST" | "PUT" | "DELETE", string],
  fields: Record<string, unknown>,
  status = 200,
): Promise<T> {
  const answer = await client.sendJson(method, path, fields);
  assert.equal(answer.status, status, answer.text);
  return JSON.parse(answer.text);
}

/** Chooses the users of a bulk job. */
export function prepare(client: TestClient, fields: Record<string, unknown>) {
  return ask(client, ["POST", "/bulk_jobs"], fields, 201);
}

/** Chooses the users of a bulk job, and starts it. Returns its id. */
export async function begin(client: TestClient, fields: Record<string, unknown>): Promise<number> {
  const { job_id } = await prepare(client, fields);
  await ask(client, ["POST", "/bulk_job"], { job_id });
  return job_id;
}

/** Reads a bulk job. */
export async function read(client: TestClient, job_id: number): Promise<BulkJobView> {
  return JSON.parse((await client.getJson(`/bulk_job?job_id=${job_id}`)).text);
}

/** Waits until a bulk job is over, which the server may do in the background. */
export async function finish(app: TestApp, client: TestClient, job_id: number) {
  while (true) {
    await app.services.jobs.drain("bulk");
    const job = await read(client, job_id);
    if (job.state !== "running") return job;
  }
}

/** Does one batch of the bulk job that waits, see {@linkcode BY_HAND}. */
export async function doBatch({ services }: TestApp): Promise<void> {
  await inTransaction(services.db, async (tx) => {
    const job = await tx.selectFrom("jobs").selectAll().where("kind", "=", "bulk").orderBy("id")
      .executeTakeFirstOrThrow();
    await tx.deleteFrom("jobs").where("id", "=", job.id).execute();
    await bulkStep(() => services).run(tx, job);
  });
}

/** The reasons for which users were left out, with their numbers. */
export function leftOut({ left_out }: BulkJobView): Record<string, number> {
  return Object.fromEntries(left_out.map(({ reason, count }) => [reason, count]));
}

/** A bulk action on all who were added by {@linkcode addCrowd}. */
export const CROWD = { action: "suspend_user", filter: "q=crowd" };

/** Counts users of the crowd, as `u`, by a condition. */
export async function countUsers(
  { services: { db } }: TestApp,
  condition: RawBuilder<unknown>,
): Promise<number> {
  const { rows } = await sql<{ id: number }>`
    select id from users as u where username like 'crowd%' and (${condition})
  `.execute(db);
  return rows.length;
}

/** Counts the entries of an action in the audit log. */
export async function countEntries({ services: { db } }: TestApp, action: string): Promise<number> {
  const { rows } = await sql`select id from audit_events where action = ${action}`.execute(db);
  return rows.length;
}
