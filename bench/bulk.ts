import { sql } from "kysely";
import type { Db } from "@/lib/db/database.ts";
import { inTransaction } from "@/lib/db/transaction.ts";
import type { BulkJobView } from "@/lib/shared/bulk_views.ts";
import { percentile, sampleLatencies } from "./kit/latency.ts";
import { APP_URL, type BenchRoster, cookieOf, listActiveUsers, serveRoster } from "./kit/roster.ts";
import { processorSeconds } from "./kit/processor_time.ts";
import type { Suite } from "./kit/suite.ts";

const USERS = 20_000;
const BATCH = 500;
const PACE_MS = 25;
const POLL_MS = 200;
const USUAL_MS = 5_000;
const PAGES = [{ path: "/login" }];

/** All users suspended at once, and taken back. */
export const bulk: Suite = {
  summary: "20,000 users suspended in bulk and taken back, against the bare SQL of the same " +
    "writes, and GET /login meanwhile",
  async run(tell) {
    await using roster = await serveRoster({ users: USERS });
    const { db } = roster.services;
    const [boss] = await listActiveUsers(db, 1);
    await sql`update users set role = 'admin' where id = ${boss!.id}`.execute(db);
    await activateAll(db);
    const before = processorSeconds(Deno.pid) + roster.databaseSeconds();
    await suspendBare(db, boss!.id);
    const bare = processorSeconds(Deno.pid) + roster.databaseSeconds() - before;
    await activateAll(db);
    const admin = new Admin(roster, await cookieOf(roster.services, boss!.id));
    const usual = new Promise((resolve) => setTimeout(resolve, USUAL_MS));
    const calm = await slowestOf(roster, usual);
    const job = await admin.ask("POST", "/bulk_jobs", { action: "suspend_user", reason: "Spam" });
    const { spent, slowest } = await watch(
      roster,
      async () => {
        await admin.ask("POST", "/bulk_job", { job_id: job.job_id });
        return job.job_id;
      },
      admin,
    );
    const of = "the bare SQL of the same writes, users per second of processor time";
    tell({ name: "bulk: suspend", value: bare / spent, unit: "ratio", of });
    // The server would send the e-mails of the suspension meanwhile, which is other work.
    await sql`update jobs set expires_at = now() where kind = 'letter'`.execute(db);
    const undone = await watch(
      roster,
      async () => (await admin.ask("PUT", "/bulk_job", { job_id: job.job_id })).job_id,
      admin,
    );
    tell({ name: "bulk: take back", value: bare / undone.spent, unit: "ratio", of });
    tell({
      name: "bulk: 95th percentile of GET /login meanwhile",
      value: slowest / calm,
      unit: "ratio",
      of: "the usual one",
      target: { atMost: 2 },
    });
  },
};

/** An admin who sends JSON. */
class Admin {
  constructor(private readonly roster: BenchRoster, private readonly cookie: string) {}

  async ask(method: string, path: string, fields?: Record<string, unknown>): Promise<BulkJobView> {
    const { cookie, roster } = this;
    const accept = "application/json";
    const response = await fetch(`http://127.0.0.1:${roster.server.port}${path}`, {
      method,
      headers: { origin: APP_URL, accept, cookie, ...(fields && { "content-type": accept }) },
      ...(fields && { body: JSON.stringify(fields) }),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${path} was answered with ${text}`);
    return JSON.parse(text);
  }
}

/** Starts a bulk job and waits for its end, with the processor time that it takes. */
async function watch(roster: BenchRoster, start: () => Promise<number>, admin: Admin) {
  const seconds = () => roster.server.spentSeconds() + roster.databaseSeconds();
  const begin = seconds();
  const id = await start();
  const end = (async () => {
    while ((await admin.ask("GET", `/bulk_job?job_id=${id}`)).state === "running") {
      await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    }
    return seconds() - begin;
  })();
  const slowest = await slowestOf(roster, end);
  return { spent: await end, slowest };
}

async function slowestOf({ server }: BenchRoster, end: Promise<unknown>): Promise<number> {
  const times = await sampleLatencies(server.port, PAGES, { everyMs: PACE_MS, end });
  return percentile(times["/login"] ?? [], 0.95);
}

async function activateAll(db: Db): Promise<void> {
  await sql`update users set status = 'active', status_reason = null, suspended_until = null`
    .execute(db);
  await sql`vacuum analyze`.execute(db);
}

/** Suspends all users but one with the rows that the application writes, and nothing else. */
async function suspendBare(db: Db, admin: number): Promise<void> {
  const { rows } = await sql<{ id: number }>`
    select id from users where id <> ${admin} order by id
  `.execute(db);
  for (let start = 0; start < rows.length; start += BATCH) {
    const ids = rows.slice(start, start + BATCH).map(({ id }) => id);
    await inTransaction(db, async (tx) => {
      await sql`
        update users set status = 'suspended', status_reason = 'Spam', updated_at = now(),
          version = version + 1
        where id = any(${ids}::bigint[])
      `.execute(tx);
      for (const table of ["sessions", "api_keys", "devices", "one_time_tokens"]) {
        await sql`delete from ${sql.table(table)} where user_id = any(${ids}::bigint[])`
          .execute(tx);
      }
      await sql`
        insert into jobs (kind, user_id, payload, expires_at)
        select 'letter', id, jsonb_build_object('about', 'suspended', 'to', email), now()
        from users where id = any(${ids}::bigint[])
      `.execute(tx);
      await sql`
        with entries as (
          insert into audit_events (actor_id, actor_name, action, target_id, target_name, details)
          select ${admin}::bigint, 'boss', 'suspend_user', id, username, ${CHANGES}::jsonb
          from users where id = any(${ids}::bigint[]) returning id, target_id
        )
        insert into undo_log (entry, user_id, action, before, after)
        select id, target_id, 'suspend_user', ${CHANGES}::jsonb, ${CHANGES}::jsonb from entries
      `.execute(tx);
    });
  }
}

const CHANGES = JSON.stringify({
  account: { status: "suspended", status_reason: "Spam", suspended_until: null },
  profile: {},
});
