import assert from "node:assert/strict";
import { sql } from "kysely";
import type { Db } from "@/lib/db/database.ts";
import { inTransaction } from "@/lib/db/transaction.ts";
import { createSilentLogger } from "@/lib/log.ts";
import { readSettings } from "@/lib/settings.ts";
import { findAccountSecurity } from "@/lib/repo/account_security.ts";
import { listApiKeysOfUser } from "@/lib/repo/api_keys.ts";
import {
  findNewestAuditEvent,
  findNewestBackupEvent,
  listAuditEventsOfUser,
  listRecentAuditEvents,
} from "@/lib/repo/audit_events.ts";
import { listBulkJobs, listWaitingItems } from "@/lib/repo/bulk_jobs.ts";
import { listDevicesOfUser } from "@/lib/repo/devices.ts";
import { findFigures } from "@/lib/repo/figures.ts";
import { listInvitations, listInvitationsOfUser } from "@/lib/repo/invitations.ts";
import { listJobs } from "@/lib/repo/jobs.ts";
import { findPerson } from "@/lib/repo/persons.ts";
import { findSession, listSessionsOfUser } from "@/lib/repo/sessions.ts";
import { countImportRows, listImportsBy } from "@/lib/repo/user_imports.ts";
import { databaseTest } from "@/tests/kit/databases.ts";
import {
  believeInMillions,
  explain,
  type PlanNode,
  planOf,
  watchStatements,
} from "@/tests/kit/plans.ts";
import { maintain } from "./maintenance.ts";
import { openServices } from "@/lib/domain/open_services.ts";

/** Rows of each table, which the planner takes for a million. */
const ROWS = 5_000;

/** Of every kind: many that go on, and ten that are over. */
async function fill(db: Db): Promise<void> {
  const statements = [
    sql`insert into users (username, username_key, email, email_key, password_hash)
        select 'u' || n, 'u' || n, n || '@example.com', n || '@example.com', 'x'
        from generate_series(1, ${ROWS}::int) n`,
    sql`insert into user_profiles (user_id) select id from users`,
    sql`insert into user_notes (user_id, author_id, text) select id, id, '' from users`,
    sql`update users set status = 'suspended', suspended_until = now() - interval '1 day'
        where id in (select id from users order by id limit 10)`,
    sql`insert into sessions (user_id, token_hash, ip, user_agent, last_seen_at)
        select id, id::text, '', '', now() - case when id % 500 = 0 then interval '1 year'
        else interval '1 second' end from users`,
    sql`insert into devices (user_id, token_hash, browser, ip, last_login_at)
        select id, id::text, '', '', now() - case when id % 500 = 0 then interval '2 years'
        else interval '1 second' end from users`,
    sql`insert into one_time_tokens (kind, user_id, token_hash, email, expires_at)
        select 'verify_email', id, id::text, '', now() + case when id % 500 = 0 then interval '-1 day'
        else interval '1 day' end from users`,
    sql`insert into invitations (email, email_key, role, invited_by_name, expires_at)
        select email, email_key, 'user', '', now() - case when id % 500 = 0 then interval '1 year'
        else interval '1 second' end from users`,
    sql`insert into held_usernames (username_key, look, created_at)
        select 'h' || id, 'h' || id, now() - case when id % 500 = 0 then interval '1 year'
        else interval '1 second' end from users`,
    sql`insert into api_keys (user_id, name, prefix, token_hash, scopes, expires_at)
        select id, '', '', id::text, '{self}', now() - case when id % 500 = 0 then interval '1 year'
        else interval '1 second' end from users`,
    sql`insert into jobs (user_id, kind, run_at)
        select id, 'user_created', now() + interval '1 hour' from users`,
    sql`update jobs set run_at = now() where id in (select id from jobs order by id limit 10)`,
    sql`update jobs set expires_at = now() - case when id % 500 = 0 then interval '1 day'
        else interval '-1 day' end`,
    sql`insert into rate_limits (key, full_at)
        select n, now() + case when n % 500 = 0 then interval '-1 day' else interval '1 hour' end
        from generate_series(1, ${ROWS}::int) n`,
    sql`insert into deleted_users (user_id, username, email, snapshot, deleted_by, deleted_at)
        select id, '', '', '{}', '', now() - case when id % 500 = 0 then interval '1 year'
        else interval '1 second' end from users`,
    sql`insert into undo_log (entry, user_id, action, before, after, at)
        select n, n, 'suspend_user', '{}', '{}', now() - interval '100 days' * (n <= 10)::int
        from generate_series(1, ${ROWS}::int) n`,
    sql`insert into open_users (user_id, viewer_id, seen_at)
        select id, 1, now() - interval '1 day' * (id % 500 = 0)::int from users`,
    sql`insert into user_imports (by_id, source, header, columns, state, created_at)
        select id, '{}', '[]', '{}', 'done', now() - interval '2 days' * (id % 500 = 0)::int
        from users`,
    sql`insert into user_import_rows (import_id, line, cells) select id, 2, '[]' from user_imports`,
    sql`insert into dormancy_warnings (user_id) select id from users`,
    sql`insert into bulk_jobs (action, input, source, by_id, started_at, created_at)
        select 'unlock_user', '{}', '{}', 1, case when n % 1000 = 0 then now() end,
        now() - case when n % 500 = 0 then interval '40 days' else interval '1 hour' end
        from generate_series(1, ${ROWS}::int) n`,
    sql`insert into audit_events (actor_name, action, target_id)
        select 'ada', 'edit_user', id from users`,
    sql`insert into figures (name, period, start, count)
        select 'sign_ins', 'day', current_date - n, n from generate_series(1, 1000) n`,
    sql`insert into second_factors (user_id, secret, used_step) select id, '', 0 from users`,
    sql`insert into recovery_codes (user_id, code_hash) select id, '' from users`,
    sql`insert into passkeys
        (user_id, credential_id, public_key, counter, transports, name, synced)
        select id, id::text, '', 0, '', '', false from users`,
    sql`insert into former_usernames (name_key, user_id) select 'former' || id, id from users`,
    sql`insert into user_tags (user_id, tag) select id, 'vip' from users`,
    sql`insert into user_notes (user_id, text) select id, '' from users`,
    sql`insert into bulk_items (job_id, user_id) select id, id from bulk_jobs`,
  ];
  for (const statement of statements) await statement.execute(db);
  await believeInMillions(db, ROWS);
}

const STILL_OVER = sql<{ count: number }>`
  select (select count(*) from users where suspended_until < now())
    + (select count(*) from sessions where last_seen_at < now() - interval '100 days')
    + (select count(*) from devices where last_login_at < now() - interval '500 days')
    + (select count(*) from one_time_tokens where expires_at < now())
    + (select count(*) from invitations where expires_at < now() - interval '100 days')
    + (select count(*) from held_usernames where created_at < now() - interval '100 days')
    + (select count(*) from api_keys where expires_at < now() - interval '100 days')
    + (select count(*) from jobs where run_at <= now() or expires_at <= now())
    + (select count(*) from rate_limits where full_at <= now())
    + (select count(*) from open_users where seen_at < now() - interval '20 minutes')
    + (select count(*) from user_imports where created_at < now() - interval '1 day')
    + (select count(*) from undo_log where at < now() - interval '50 days')
    + (select count(*) from bulk_jobs where created_at < now() - interval '2 days')
    + (select count(*) from deleted_users where deleted_at < now() - interval '100 days') as count
`;

/** Imports are gone after a day, and there are few figures a day. */
const SMALL: readonly unknown[] = ["user_imports", "figures"];

/** Whether a step reads a whole large table, or sorts more than a page of rows. */
function isSlow({ type, rows, table }: PlanNode): boolean {
  return (type === "Seq Scan" && !SMALL.includes(table)) || (type.includes("Sort") && rows > 100);
}

const PAGE = { limit: 25 };
const LIFETIME = { idleMinutes: 60, maxHours: 24 };

/** What pages and requests read of one user, job or import, and the newest of all. */
const READS: Readonly<Record<string, (db: Db) => Promise<unknown>>> = {
  "a session": (db) => findSession(db, "77", LIFETIME),
  "the sessions of a user": (db) =>
    listSessionsOfUser(db, 77, { lifetime: LIFETIME, firstId: 7, limit: 25 }),
  "the browsers of a user": (db) => listDevicesOfUser(db, 77),
  "the API keys of a user": (db) => listApiKeysOfUser(db, 77),
  "the page of a user": (db) => findPerson(db, 77),
  "what protects an account": (db) => findAccountSecurity(db, 77),
  "the invitations of a user": (db) => listInvitationsOfUser(db, 77),
  "the history of a user": (db) => listAuditEventsOfUser(db, 77, PAGE),
  "an older page of it": (db) => listAuditEventsOfUser(db, 77, { ...PAGE, after: 999 }),
  "the newest entries": (db) => listRecentAuditEvents(db, PAGE),
  "the last removal of entries": (db) => findNewestAuditEvent(db, "expire_audit_log"),
  "the last backup": (db) => findNewestBackupEvent(db, "/backups"),
  "the next users of a bulk job": (db) =>
    inTransaction(db, (tx) => listWaitingItems(tx, { id: 77, reached: 7 }, 100)),
  "the last bulk jobs": (db) => listBulkJobs(db, 25),
  "the imports of an admin": (db) => listImportsBy(db, 77, 25),
  "the counts of an import": (db) => countImportRows(db, 77),
  "the figures of the dashboard": (db) => findFigures(db, "day"),
  "the e-mails that wait": (db) => listJobs(db, "letter", PAGE),
  "the invitations": (db) => listInvitations(db, PAGE),
};

databaseTest(
  "maintenance and pages find their rows by indexes among a million",
  async (database) => {
    const { db } = database;
    await fill(db);
    const slow: Record<string, readonly PlanNode[]> = {};
    for (const [name, read] of Object.entries(READS)) {
      const steps = await planOf(db, read);
      assert.ok(steps.length > 0, name);
      if (steps.some(isSlow)) slow[name] = steps;
    }
    assert.deepEqual(slow, {});
    assert.equal((await STILL_OVER.execute(db)).rows[0]?.count, 150);
    const { watched, asked } = watchStatements(db);
    const settings = readSettings({ APP_ENV: "test" });
    const services = await openServices(
      settings,
      { ...database, db: watched },
      createSilentLogger(),
    );
    await maintain(services);
    await services.jobs.runDue();
    await services.images.close();
    assert.equal((await STILL_OVER.execute(db)).rows[0]?.count, 0);
    const changes = asked.filter(({ sql }) => /^(update|delete)/.test(sql));
    assert.ok(changes.length >= 5);
    for (const change of [...changes, ...asked.filter(({ sql }) => sql.endsWith("skip locked"))]) {
      assert.deepEqual((await explain(db, change)).filter(isSlow), [], change.sql);
    }
  },
  // Both databases have the same planner.
  { anyDatabase: true },
);
