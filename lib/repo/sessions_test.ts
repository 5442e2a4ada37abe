import assert from "node:assert/strict";
import { sql } from "kysely";
import type { Db } from "@/lib/db/database.ts";
import { inTransaction } from "@/lib/db/transaction.ts";
import { databaseTest } from "@/tests/kit/databases.ts";
import {
  deleteExpiredSessions,
  deleteSessionsOfUsers,
  findSession,
  insertSession,
  touchSession,
} from "./sessions.ts";
import { upsertUserProfile } from "./user_profiles.ts";
import { insertUser } from "./users.ts";

const LIFETIME = { idleMinutes: 10, maxHours: 1 };

/** A user with the sessions `tokens`. */
async function signIn(db: Db, ...tokens: string[]): Promise<number> {
  const { id } = await inTransaction(
    db,
    (tx) => insertUser(tx, { username: "ada", email: "ada@example.com", password_hash: "x" }),
  );
  for (const token_hash of tokens) {
    await insertSession(db, { user_id: id, token_hash, ip: "192.0.2.1", user_agent: "Test" });
  }
  return id;
}

/** Lets minutes pass for a column of all sessions. */
async function age(db: Db, column: "last_seen_at" | "created_at", minutes: number): Promise<void> {
  await db.updateTable("sessions")
    .set({ [column]: sql<Date>`now() - ${minutes}::int * interval '1 minute'` }).execute();
}

databaseTest("findSession() brings the user along, with or without a profile", async ({ db }) => {
  const user_id = await signIn(db, "t");
  const { id, proven_minutes, ...session } = await findSession(db, "t", LIFETIME) ?? assert.fail();
  const user = { user_id, username: "ada", role: "user", is_stale: false };
  const source = { ip: "192.0.2.1", user_agent: "Test" };
  const proof = { proven_by: "password", proven_for: null };
  assert.ok(id > 0);
  assert.ok(proven_minutes < 10);
  const viewing = {
    viewed_id: null,
    viewed_username: null,
    viewing_minutes: null,
    viewing_until: null,
  };
  const shown = { full_name: null, image: null };
  assert.deepEqual(session, { ...user, ...source, ...proof, ...viewing, ...shown });
  await inTransaction(db, (tx) => upsertUserProfile(tx, user_id, { full_name: "Ada L" }));
  assert.equal((await findSession(db, "t", LIFETIME))?.full_name, "Ada L");
  assert.equal(await findSession(db, "u", LIFETIME), undefined);
});

databaseTest("a session ends when it is idle or lasts for too long", async ({ db }) => {
  await signIn(db, "t");
  for (const [column, minutes] of [["last_seen_at", 11], ["created_at", 61]] as const) {
    await age(db, column, minutes - 2);
    assert.ok(await findSession(db, "t", LIFETIME), column);
    await deleteExpiredSessions(db, LIFETIME, 10);
    await age(db, column, minutes);
    assert.equal(await findSession(db, "t", LIFETIME), undefined, column);
    await age(db, column, 0);
  }
  assert.ok(await findSession(db, "t", LIFETIME));
  await age(db, "created_at", 61);
  await deleteExpiredSessions(db, LIFETIME, 10);
  await age(db, "created_at", 0);
  assert.equal(await findSession(db, "t", LIFETIME), undefined);
});

databaseTest("touchSession() is due once a minute and keeps a session alive", async ({ db }) => {
  await signIn(db, "t");
  await age(db, "last_seen_at", 2);
  const session = await findSession(db, "t", LIFETIME) ?? assert.fail();
  assert.equal(session.is_stale, true);
  await touchSession(db, session.id);
  assert.equal((await findSession(db, "t", LIFETIME))?.is_stale, false);
});

databaseTest("a suspended user has no session in force", async ({ db }) => {
  await signIn(db, "t");
  await db.updateTable("users").set({ status: "suspended" }).execute();
  assert.equal(await findSession(db, "t", LIFETIME), undefined);
});

databaseTest("deleteSessionsOfUsers() ends all sessions of users", async ({ db }) => {
  const userId = await signIn(db, "a", "b");
  await deleteSessionsOfUsers(db, [userId]);
  assert.equal(await findSession(db, "a", LIFETIME), undefined);
  assert.equal(await findSession(db, "b", LIFETIME), undefined);
});
