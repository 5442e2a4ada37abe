import assert from "node:assert/strict";
import { sql } from "kysely";
import { inTransaction } from "@/lib/db/transaction.ts";
import type { Db } from "@/lib/db/database.ts";
import { databaseTest } from "@/tests/kit/databases.ts";
import { planOf } from "@/tests/kit/plans.ts";
import { insertAuditEvents, listRecentAuditEvents } from "./audit_events.ts";
import { countFigures, findFigures, upsertFigures } from "./figures.ts";
import { insertUsers, type NewUser } from "./users.ts";

function user(name: string, more: Partial<NewUser> = {}): NewUser {
  return { username: name, email: `${name}@example.com`, password_hash: "x", ...more };
}

const DAY_MS = 86_400_000;
const daysAgo = (days: number) => new Date(Date.now() - days * DAY_MS);

const counted = async (db: Db) => (await Array.fromAsync(countFigures(db))).flat();

async function keep(db: Db) {
  for await (const figures of countFigures(db)) await upsertFigures(db, figures);
}

databaseTest("figures count users and jobs as they are now", async ({ db }) => {
  await keep(db);
  const empty = await findFigures(db, "day");
  assert.equal(Object.values(empty!.counts).every((count) => count === 0), true);
  await inTransaction(db, (tx) =>
    insertUsers(tx, [
      user("a", { role: "admin", email_verified_at: new Date() }),
      user("b", { status: "suspended", last_login_at: daysAgo(91) }),
      user("c", { locked_until: new Date(Date.now() + 60_000), last_login_at: daysAgo(89) }),
      user("d", { locked_until: new Date(Date.now() - 60_000) }),
    ]));
  const letter = { kind: "letter", user_id: null, payload: "{}" } as const;
  await db.insertInto("jobs").values([
    { ...letter },
    { ...letter, last_error: "refused" },
    { ...letter, expires_at: daysAgo(1) },
    { kind: "image", subject: "a.webp", last_error: "no answer" },
  ]).execute();
  await keep(db);
  const kept = await findFigures(db, "week");
  assert.deepEqual(kept!.counts, {
    users: 4,
    suspended: 1,
    admins: 1,
    locked: 1,
    unconfirmed: 3,
    dormant: 1,
    admins_without_factor: 1,
    waiting_emails: 1,
    failed_emails: 1,
    failed_jobs: 1,
  });
});

databaseTest("figures have every day and week in UTC, the oldest first", async ({ db }) => {
  const ids = await inTransaction(
    db,
    (tx) => insertUsers(tx, ["a", "b", "c", "d"].map((name) => user(name))),
  );
  for (const [index, days] of [[1, 1], [2, 29], [3, 30]] as const) {
    await db.updateTable("users").where("id", "=", ids[index]!)
      .set({ created_at: sql<Date>`now() - ${days}::int * interval '1 day'` }).execute();
  }
  const about = (target_id: number | null) => ({ target_id, target_name: null, details: {} });
  await insertAuditEvents(db, { actor_name: "ada", action: "sign_in" }, [1, 1, 2].map(about));
  await insertAuditEvents(db, { actor_name: "ada", action: "sign_in_failed" }, [about(null)]);
  await keep(db);
  const { series } = (await findFigures(db, "day"))!;
  const counts = series.sign_ups.map(({ count }) => count);
  assert.deepEqual(counts, [1, ...Array<number>(27).fill(0), 1, 1]);
  const day = (ago: number) => daysAgo(ago).toISOString().slice(0, 10);
  assert.deepEqual([series.sign_ups[0]?.day, series.sign_ups.at(-1)?.day], [day(29), day(0)]);
  const today = [series.sign_ins, series.active_users, series.failed_sign_ins]
    .map((of) => of.at(-1)?.count);
  assert.deepEqual(today, [3, 2, 1]);
  const weeks = (await findFigures(db, "week"))!.series;
  assert.equal(weeks.sign_ups.length, 12);
  assert.equal(weeks.sign_ups.reduce((sum, { count }) => sum + count, 0), 4);
  assert.equal(new Date(weeks.sign_ups[0]!.day).getUTCDay(), 1);
});

databaseTest("the planner knows how many days and weeks are counted", async ({ db }) => {
  const steps = await planOf(db, (on) => Array.fromAsync(countFigures(on)));
  const series = steps.filter(({ type }) => type === "Function Scan").map(({ rows }) => rows);
  assert.deepEqual(series, [30, 12, 30, 12, 30, 12, 30, 12]);
});

databaseTest("days that are over are counted once more and then kept", async ({ db }) => {
  await keep(db);
  const again = (await counted(db)).filter(({ period }) => period !== "now");
  // Of each series the current day and week.
  assert.equal(again.length, 8);
  await db.updateTable("figures").set({ made_at: daysAgo(3) }).execute();
  const late = (await counted(db)).filter(({ period }) => period === "day");
  assert.equal(late.length, 4 * 4);
});

databaseTest("the audit trail is read newest first", async ({ db }) => {
  for (const [action, target_id] of [["x", 1], ["y", 2], ["x", 2]] as const) {
    const subject = { target_id, target_name: null, details: { a: 1 } };
    await insertAuditEvents(db, { actor_name: "ada", action }, [subject]);
  }
  const actions = (await listRecentAuditEvents(db, { limit: 2 })).map(({ action }) => action);
  assert.deepEqual(actions, ["x", "y"]);
  const [first] = await listRecentAuditEvents(db, { limit: 9, targetId: 1 });
  assert.deepEqual(first?.details, { a: 1 });
});
