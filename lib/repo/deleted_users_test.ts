import assert from "node:assert/strict";
import { inTransaction } from "@/lib/db/transaction.ts";
import { databaseTest } from "@/tests/kit/databases.ts";
import {
  deleteDeletedUsersBefore,
  findDeletedUserForUpdate,
  insertDeletedUsers,
  listDeletedUsers,
  removeDeletedUsers,
} from "./deleted_users.ts";

databaseTest("deleted users are kept until they are taken out or too old", async ({ db }) => {
  const snapshot = { user: { id: 7, role: "user" }, profile: { image: "/images/x.webp" } };
  const deleted = { email: "x", snapshot, deleted_by: "admin" };
  await inTransaction(db, async (tx) => {
    for (const [user_id, day] of [[7, 1], [8, 2], [9, 3]] as const) {
      const deleted_at = new Date(Date.UTC(2025, 0, day));
      await insertDeletedUsers(tx, [{ ...deleted, user_id, username: `u${user_id}`, deleted_at }]);
    }
    assert.deepEqual((await findDeletedUserForUpdate(tx, 7))?.snapshot, snapshot);
    await removeDeletedUsers(tx, [8]);
  });
  assert.deepEqual((await listDeletedUsers(db, 5)).map((row) => row.user_id), [9, 7]);
  const forgotten = await inTransaction(
    db,
    (tx) => deleteDeletedUsersBefore(tx, new Date(Date.UTC(2025, 0, 2)), 10),
  );
  assert.deepEqual(forgotten, [{ id: 7, email: "x", image: "/images/x.webp" }]);
  assert.deepEqual((await listDeletedUsers(db, 5)).map((row) => row.user_id), [9]);
});
