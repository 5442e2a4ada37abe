import assert from "node:assert/strict";
import { sql } from "kysely";
import { NO_PASSWORD, OWN_SCHEME } from "@/lib/crypto/phc.ts";
import type { Db } from "@/lib/db/database.ts";
import { inTransaction } from "@/lib/db/transaction.ts";
import { databaseTest } from "@/tests/kit/databases.ts";
import { planOf } from "@/tests/kit/plans.ts";
import {
  type FailurePolicy,
  liftEndedSuspensions,
  listForeignSchemes,
  LOCK_MAX_SECONDS,
  recordFailedLogin,
  recordLogin,
  replacePasswordHash,
} from "./user_logins.ts";
import { findUserById, insertUser, type NewUser, type User } from "./users.ts";

const HASH = "$argon2id$1";
/** A browser that nobody has signed in with. */
const BROWSER = {
  passwordHash: HASH,
  device: { user_id: 1, token_hash: "" },
  deviceFailureLimit: 3,
};
const LOCK: FailurePolicy = { limit: 3, policy: "lock" };
const SUSPEND: FailurePolicy = { limit: 2, policy: "suspend" };

function insert(db: Db, user: Partial<NewUser> = {}): Promise<User> {
  return inTransaction(
    db,
    (tx) =>
      insertUser(tx, { username: "ada", email: "ada@example.com", password_hash: HASH, ...user }),
  );
}

function fail(db: Db, id: number, policy: FailurePolicy) {
  return inTransaction(db, (tx) => recordFailedLogin(tx, id, policy));
}

function signIn(db: Db, id: number, verifiedOnly = false) {
  return inTransaction(db, (tx) => recordLogin(tx, id, { ...BROWSER, verifiedOnly }));
}

/** Ends the user's lock, as time would. */
async function unlock(db: Db, id: number): Promise<void> {
  await db.updateTable("users").set({ locked_until: sql<Date>`now() - interval '1 second'` })
    .where("id", "=", id).execute();
}

async function lockSeconds(db: Db, id: number): Promise<number> {
  const { seconds } = await db.selectFrom("users").where("id", "=", id)
    .select(sql<number>`extract(epoch from locked_until - now())::float8`.as("seconds"))
    .executeTakeFirstOrThrow();
  return seconds;
}

databaseTest(
  "recordFailedLogin() locks at the limit, and twice as long each time",
  async ({ db }) => {
    const { id } = await insert(db);
    await fail(db, id, LOCK);
    assert.equal((await fail(db, id, LOCK))?.locked_until, null);
    await fail(db, id, LOCK);
    const first = await lockSeconds(db, id);
    assert.ok(first > 20 && first <= 30, `${first}`);
    await unlock(db, id);
    await fail(db, id, LOCK);
    const second = await lockSeconds(db, id);
    assert.ok(second > 50 && second <= 60, `${second}`);
  },
);

databaseTest("recordFailedLogin() counts nothing while the user is locked", async ({ db }) => {
  const { id } = await insert(db);
  for (let count = 0; count < 10; count++) await fail(db, id, LOCK);
  assert.equal((await findUserById(db, id))?.failed_logins, LOCK.limit);
});

databaseTest("recordFailedLogin() counts failures that come at once", async ({ db }) => {
  const { id } = await insert(db);
  await Promise.all(Array.from({ length: 8 }, () => fail(db, id, { ...LOCK, limit: 100 })));
  assert.equal((await findUserById(db, id))?.failed_logins, 8);
});

databaseTest("a lock has a longest time, whatever the number of failures", async ({ db }) => {
  const { id } = await insert(db, { failed_logins: 2_000_000 });
  await fail(db, id, LOCK);
  const seconds = await lockSeconds(db, id);
  assert.ok(seconds > LOCK_MAX_SECONDS - 60 && seconds <= LOCK_MAX_SECONDS, `${seconds}`);
});

databaseTest("the policy suspend suspends users, but locks admins", async ({ db }) => {
  const user = await insert(db);
  const admin = await insert(db, { username: "eve", email: "eve@example.com", role: "admin" });
  for (const { id } of [user, admin]) {
    await fail(db, id, SUSPEND);
    await fail(db, id, SUSPEND);
  }
  assert.equal((await findUserById(db, user.id))?.status, "suspended");
  const after = await findUserById(db, admin.id);
  assert.equal(after?.status, "active");
  assert.ok(after?.locked_until);
});

databaseTest("recordLogin() forgives the failures before it", async ({ db }) => {
  const { id } = await insert(db);
  await fail(db, id, LOCK);
  const user = await signIn(db, id);
  assert.equal(user?.failed_logins, 0);
  assert.ok(user?.last_login_at instanceof Date);
});

databaseTest("recordLogin() refuses who is locked, suspended or unproven", async ({ db }) => {
  const { id } = await insert(db);
  assert.equal(await signIn(db, id, true), undefined);
  await db.updateTable("users").set({ status: "suspended" }).execute();
  assert.equal(await signIn(db, id), undefined);
  await db.updateTable("users").set({ status: "active" }).execute();
  for (let count = 0; count < LOCK.limit; count++) await fail(db, id, LOCK);
  assert.equal(await signIn(db, id), undefined);
  await unlock(db, id);
  assert.equal((await signIn(db, id))?.id, id);
});

databaseTest("recordLogin() refuses a password that was changed in between", async ({ db }) => {
  const { id } = await insert(db);
  await inTransaction(db, async (tx) => {
    assert.equal(await replacePasswordHash(tx, id, HASH, "$argon2id$2"), true);
    assert.equal(await replacePasswordHash(tx, id, HASH, "$argon2id$3"), false);
  });
  assert.equal(await signIn(db, id), undefined);
});

databaseTest("a suspension with an end is over then", async ({ db }) => {
  const ended = new Date(Date.now() - 60_000);
  const { id } = await insert(db, { status: "suspended", suspended_until: ended });
  assert.equal((await signIn(db, id))?.status, "active");

  const later = new Date(Date.now() + 60_000);
  const other = { username: "eve", email: "eve@example.com", status: "suspended" } as const;
  const eve = await insert(db, { ...other, suspended_until: later });
  assert.equal(await signIn(db, eve.id), undefined);
  assert.deepEqual(await inTransaction(db, (tx) => liftEndedSuspensions(tx, 10)), []);
  await db.updateTable("users").set({ suspended_until: ended }).where("id", "=", eve.id).execute();
  assert.deepEqual(await inTransaction(db, (tx) => liftEndedSuspensions(tx, 10)), [{
    id: eve.id,
    username: "eve",
  }]);
});

databaseTest("listForeignSchemes() lists each scheme of imported hashes once", async ({ db }) => {
  const schemes = ["$argon2id$v=19$m=8,t=1,p=1$", "$bcrypt$r=12$", "$pbkdf2-sha512$i=1$"];
  for (const [index, scheme] of [...schemes, ...schemes, OWN_SCHEME].entries()) {
    const names = { username: `user${index}`, email: `user${index}@example.org` };
    await insert(db, { ...names, password_hash: `${scheme}a${index}$b` });
  }
  await insert(db, { username: "nobody", email: "n@example.org", password_hash: NO_PASSWORD });
  assert.deepEqual(await listForeignSchemes(db), schemes);
  const steps = await inTransaction(db, async (tx) => {
    await sql`set local enable_seqscan = off`.execute(tx);
    return await planOf(tx, (on) => listForeignSchemes(on));
  });
  assert.deepEqual(steps.filter(({ type }) => type === "Seq Scan"), []);
  await db.updateTable("users").set({ password_hash: `${OWN_SCHEME}a$b` }).execute();
  assert.deepEqual(await listForeignSchemes(db), []);
});
