import assert from "node:assert/strict";
import type { Db } from "@/lib/db/database.ts";
import { inTransaction } from "@/lib/db/transaction.ts";
import { jobsOf, runnerOf } from "@/tests/kit/jobs.ts";
import { databaseTest } from "@/tests/kit/databases.ts";
import { BUILT_IN_HOOKS, hasOwnHooks, type Hook } from "./hooks.ts";
import { insertJobs } from "./jobs.ts";
import { findUserProfileByUserId } from "./user_profiles.ts";
import { deleteUsersByIds, insertUser } from "./users.ts";

async function createUser(db: Db, username = "ada"): Promise<number> {
  return await inTransaction(db, async (tx) => {
    const email = `${username}@example.com`;
    const { id } = await insertUser(tx, { username, email, password_hash: "x" });
    await insertJobs(tx, [{ kind: "user_created", user_id: id }]);
    return id;
  });
}

databaseTest("createProfileByUser gives a new user a profile, once", async ({ db }) => {
  const id = await createUser(db);
  const jobs = runnerOf(db, BUILT_IN_HOOKS);
  await jobs.runDue();
  assert.equal((await findUserProfileByUserId(db, id))?.email, "ada@example.com");
  await inTransaction(db, (tx) => insertJobs(tx, [{ kind: "user_created", user_id: id }]));
  await jobs.runDue();
  assert.deepEqual(await jobsOf(db), [], "a second run does no harm");
});

databaseTest("a user who is gone before the hooks run is fine", async ({ db }) => {
  const id = await createUser(db);
  await inTransaction(db, async (tx) => {
    await insertJobs(tx, [{ kind: "user_deleted", user_id: id }]);
    await deleteUsersByIds(tx, [id]);
  });
  await runnerOf(db, BUILT_IN_HOOKS).runDue();
  assert.deepEqual(await jobsOf(db), []);
  assert.equal(await findUserProfileByUserId(db, id), undefined);
});

databaseTest("when runOf() returns, the user has a profile", async ({ db }) => {
  const { runOf } = runnerOf(db, BUILT_IN_HOOKS);
  await Promise.all(Array.from({ length: 20 }, async (_, index) => {
    const id = await createUser(db, `user${index}`);
    await runOf(id);
    assert.ok(await findUserProfileByUserId(db, id));
  }));
});

Deno.test("hasOwnHooks() tells the application's hooks from the built-in ones", () => {
  const own: Hook = { name: "own", on: "created", run: () => Promise.resolve() };
  assert.equal(hasOwnHooks(BUILT_IN_HOOKS, "created"), false);
  assert.equal(hasOwnHooks([...BUILT_IN_HOOKS, own], "created"), true);
  assert.equal(hasOwnHooks([...BUILT_IN_HOOKS, own], "deleted"), false);
});
