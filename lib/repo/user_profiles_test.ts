import assert from "node:assert/strict";
import type { Db } from "@/lib/db/database.ts";
import { inTransaction } from "@/lib/db/transaction.ts";
import { databaseTest } from "@/tests/kit/databases.ts";
import {
  deleteOrphanedUserProfile,
  findUserProfileByUserId,
  insertDefaultUserProfile,
  upsertUserProfile,
} from "./user_profiles.ts";
import { deleteUsersByIds, insertUser } from "./users.ts";

async function createUser(db: Db): Promise<number> {
  const user = { username: "ada", email: "ada@example.com", password_hash: "x" };
  return (await inTransaction(db, (tx) => insertUser(tx, user))).id;
}

databaseTest("a default profile has the account's address and spares another", async ({ db }) => {
  const id = await createUser(db);
  await inTransaction(db, async (tx) => {
    await insertDefaultUserProfile(tx, id);
    await upsertUserProfile(tx, id, { email: "write@example.com", full_name: "Ada" });
    await insertDefaultUserProfile(tx, id);
  });
  const profile = await findUserProfileByUserId(db, id);
  assert.equal(profile?.email, "write@example.com");
  assert.equal(profile?.full_name, "Ada");
  assert.equal(profile?.version, 2);
});

databaseTest(
  "upsertUserProfile() makes a missing profile and keeps what is left out",
  async ({ db }) => {
    const id = await createUser(db);
    await inTransaction(db, (tx) => upsertUserProfile(tx, id, { phone: "123" }));
    const profile = await inTransaction(db, (tx) => upsertUserProfile(tx, id, { bio: "Writes" }));
    assert.equal(profile.email, "ada@example.com");
    assert.equal(profile.phone, "123");
    assert.equal(profile.bio, "Writes");
  },
);

databaseTest("a profile goes with its user and not before", async ({ db }) => {
  const id = await createUser(db);
  await inTransaction(db, async (tx) => {
    await insertDefaultUserProfile(tx, id);
    await deleteOrphanedUserProfile(tx, id);
    assert.ok(await findUserProfileByUserId(tx, id));
    await deleteUsersByIds(tx, [id]);
    assert.equal(await findUserProfileByUserId(tx, id), undefined);
  });
});
