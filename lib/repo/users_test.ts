import assert from "node:assert/strict";
import type { Db } from "@/lib/db/database.ts";
import { violatedConstraint } from "@/lib/db/errors.ts";
import { inTransaction } from "@/lib/db/transaction.ts";
import { databaseTest } from "@/tests/kit/databases.ts";
import { anyOtherActiveAdmin } from "./admins.ts";
import {
  deleteUsersByIds,
  emailIsTaken,
  findUserById,
  findUserByLogin,
  insertUser,
  insertUsers,
  markEmailVerified,
  type NewUser,
  updateUser,
  type User,
} from "./users.ts";
import { insertFormerUsernames } from "./former_usernames.ts";

const ADA: NewUser = { username: "Ada", email: "Ada@Example.com", password_hash: "$argon2id$1" };

function insert(db: Db, user: NewUser): Promise<User> {
  return inTransaction(db, (tx) => insertUser(tx, user));
}

databaseTest("findUserByLogin() finds by name and by address, in any case", async ({ db }) => {
  const ada = await insert(db, ADA);
  for (const login of ["ada", " ADA ", "ada@example.COM", "ＡＤＡ"]) {
    assert.deepEqual(await findUserByLogin(db, login), ada, login);
  }
  assert.equal(await findUserByLogin(db, "ad"), undefined);
});

databaseTest("insertUser() names the field that is taken, in any case", async ({ db }) => {
  await insert(db, ADA);
  const sameName = insert(db, { ...ADA, username: "ADA", email: "other@example.com" });
  await assert.rejects(sameName, (error) => violatedConstraint(error) === "users_username_key");
  const sameAddress = insert(db, { ...ADA, username: "other", email: "ADA@EXAMPLE.COM" });
  await assert.rejects(sameAddress, (error) => violatedConstraint(error) === "users_email_key");
});

databaseTest(
  "insertUser() refuses a name that looks like one that somebody has",
  async ({ db }) => {
    await insert(db, { ...ADA, username: "coco" });
    const fake = insert(db, { ...ADA, username: "сосо", email: "other@example.com" });
    await assert.rejects(fake, (error) => violatedConstraint(error) === "users_username_look");
  },
);

databaseTest("an international address is one with its ASCII form", async ({ db }) => {
  const { id } = await insert(db, { ...ADA, email: "info@müller.example" });
  assert.equal(await emailIsTaken(db, "INFO@xn--mller-kva.example"), true);
  assert.equal((await findUserByLogin(db, "info@MÜLLER.example"))?.id, id);
});

databaseTest("a name of before signs in until somebody has it", async ({ db }) => {
  const { id } = await insert(db, ADA);
  const rename = (user: number, username: string, name: string) =>
    inTransaction(db, async (tx) => {
      await updateUser(tx, user, { username });
      await insertFormerUsernames(tx, [{ name, userId: user }]);
    });
  await rename(id, "Bob", "Ada");
  assert.equal((await findUserByLogin(db, "ADA"))?.id, id);
  const other = await insert(db, { ...ADA, email: "ada2@example.com" });
  assert.equal((await findUserByLogin(db, "ada"))?.id, other.id);
  await inTransaction(db, (tx) => deleteUsersByIds(tx, [other.id]));
  assert.equal(await findUserByLogin(db, "ada"), undefined);

  await rename(id, "Cid", "Bob");
  await rename(id, "Bob", "Cid");
  assert.equal((await findUserByLogin(db, "bob"))?.id, id);
  assert.equal((await findUserByLogin(db, "cid"))?.id, id);
});

databaseTest("emailIsTaken() does not count the user who asks", async ({ db }) => {
  const { id } = await insert(db, ADA);
  assert.equal(await emailIsTaken(db, "ADA@example.com"), true);
  assert.equal(await emailIsTaken(db, "ADA@example.com", id), false);
  assert.equal(await emailIsTaken(db, "bob@example.com"), false);
});

databaseTest("updateUser() keeps the keys in step and counts the version up", async ({ db }) => {
  const { id } = await insert(db, ADA);
  const user = await inTransaction(db, (tx) => updateUser(tx, id, { username: "Bob" }));
  assert.equal(user.version, 2);
  assert.equal(user.email, ADA.email);
  assert.equal((await findUserByLogin(db, "bob"))?.id, id);
  assert.equal(await findUserByLogin(db, "ada"), undefined);
});

databaseTest("insertUsers() returns the ids in the order of the users", async ({ db }) => {
  const users = Array.from({ length: 4_500 }, (_, index) => ({
    username: `user${index}`,
    email: `user${index}@example.com`,
    password_hash: "x",
  }));
  const ids = await inTransaction(db, (tx) => insertUsers(tx, users));
  for (const index of [0, 1_999, 2_000, 4_499]) {
    assert.equal((await findUserById(db, ids[index] ?? 0))?.username, `user${index}`);
  }
});

databaseTest("anyOtherActiveAdmin() leaves suspended admins and users out", async ({ db }) => {
  const admin = await insert(db, { ...ADA, role: "admin" });
  const other = { password_hash: "x" };
  await insert(db, { ...other, username: "b", email: "b", role: "admin", status: "suspended" });
  await insert(db, { ...other, username: "c", email: "c" });
  assert.equal(await anyOtherActiveAdmin(db, [admin.id]), false);
  assert.equal(await anyOtherActiveAdmin(db, []), true);
});

databaseTest("markEmailVerified() refuses an address that the user has left", async ({ db }) => {
  const { id } = await insert(db, ADA);
  await inTransaction(db, async (tx) => {
    assert.equal(await markEmailVerified(tx, id, "old@example.com"), undefined);
    assert.ok((await markEmailVerified(tx, id, ADA.email))?.email_verified_at instanceof Date);
  });
});
