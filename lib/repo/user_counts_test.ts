import assert from "node:assert/strict";
import { sql } from "kysely";
import { inTransaction } from "@/lib/db/transaction.ts";
import { databaseTest } from "@/tests/kit/databases.ts";
import { countAuditEventsPerDay, insertAuditEvent, listRecentAuditEvents } from "./audit_events.ts";
import { countSignUpsPerDay, countUsers } from "./user_counts.ts";
import { insertUsers, type NewUser } from "./users.ts";

function user(name: string, more: Partial<NewUser> = {}): NewUser {
  return { username: name, email: `${name}@example.com`, password_hash: "x", ...more };
}

databaseTest("countUsers() counts by role, status and lock", async ({ db }) => {
  assert.deepEqual(await countUsers(db), {
    users: 0,
    active: 0,
    suspended: 0,
    admins: 0,
    locked: 0,
  });
  const later = new Date(Date.now() + 60_000);
  const earlier = new Date(Date.now() - 60_000);
  await inTransaction(db, (tx) =>
    insertUsers(tx, [
      user("a", { role: "admin" }),
      user("b", { status: "suspended" }),
      user("c", { locked_until: later }),
      user("d", { locked_until: earlier }),
    ]));
  const counts = { users: 4, active: 3, suspended: 1, admins: 1, locked: 1 };
  assert.deepEqual(await countUsers(db), counts);
});

databaseTest("countSignUpsPerDay() has a row a day in UTC, with none left out", async ({ db }) => {
  const names = ["a", "b", "c", "d"].map((name) => user(name));
  await inTransaction(db, (tx) => insertUsers(tx, names));
  const daysAgo: readonly (readonly [string, number])[] = [["b", 1], ["c", 6], ["d", 7]];
  for (const [username, days] of daysAgo) {
    await db.updateTable("users").where("username", "=", username)
      .set({ created_at: sql<Date>`now() - ${days}::int * interval '1 day'` }).execute();
  }
  const counts = await countSignUpsPerDay(db, 7);
  assert.deepEqual(counts.map(({ count }) => count), [1, 0, 0, 0, 0, 1, 1]);
  const ends = [counts[0]?.day, counts.at(-1)?.day];
  const day = (ago: number) => new Date(Date.now() - ago * 86_400_000).toISOString().slice(0, 10);
  assert.deepEqual(ends, [day(6), day(0)]);
});

databaseTest("the audit trail is read newest first, and counted by action", async ({ db }) => {
  const event = { actor_name: "ada", details: JSON.stringify({ a: 1 }) };
  for (const [action, target_id] of [["x", 1], ["y", 2], ["x", 2]] as const) {
    await insertAuditEvent(db, { ...event, action, target_id });
  }
  const actions = (await listRecentAuditEvents(db, { limit: 2 })).map(({ action }) => action);
  assert.deepEqual(actions, ["x", "y"]);
  const [first] = await listRecentAuditEvents(db, { limit: 9, targetId: 1 });
  assert.deepEqual(first?.details, { a: 1 });
  assert.equal((await countAuditEventsPerDay(db, "x", 3)).at(-1)?.count, 2);
});
