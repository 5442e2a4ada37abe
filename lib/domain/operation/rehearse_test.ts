import assert from "node:assert/strict";
import { inTransaction } from "@/lib/db/transaction.ts";
import { insertUsers } from "@/lib/repo/users.ts";
import { databaseTest } from "@/tests/kit/databases.ts";
import { servicesOver } from "@/tests/tasks/flask.ts";
import { deleteUser } from "@/lib/domain/users/delete_user.ts";
import { DomainError } from "@/lib/domain/errors.ts";
import { rehearse } from "./rehearse.ts";
import { listUserPage } from "@/lib/domain/users/read_users.ts";

const ACTOR = { kind: "task", name: "users" } as const;

databaseTest(
  "rehearse() returns the answer of a use case and rolls all of it back",
  async (database) => {
    const services = await servicesOver(database);
    const { db } = services;
    const [id = 0] = await db.transaction().execute((tx) =>
      insertUsers(tx, [{ username: "ada", email: "ada@example.com", password_hash: "!" }])
    );
    const { entry: _, ...answer } = await rehearse(
      services,
      (rehearsed) => deleteUser(rehearsed, ACTOR, id),
    );
    assert.deepEqual(answer, { user_id: id, username: "ada", full_name: "" });
    assert.equal((await db.selectFrom("users").selectAll().execute()).length, 1);
    for (const table of ["deleted_users", "jobs", "audit_events"] as const) {
      assert.deepEqual(await db.selectFrom(table).selectAll().execute(), []);
    }
  },
);

databaseTest("rehearse() searches what the use case has written", async (database) => {
  const services = await servicesOver(database);
  const found = await rehearse(services, async (rehearsed) => {
    await inTransaction(
      rehearsed.db,
      (tx) => insertUsers(tx, [{ username: "ada", email: "ada@example.com", password_hash: "!" }]),
    );
    return await listUserPage(rehearsed, ACTOR, { q: "ada" });
  });
  assert.deepEqual(found.users.map(({ username }) => username), ["ada"]);
});

databaseTest("rehearse() breaks the rules that the use case breaks", async (database) => {
  const services = await servicesOver(database);
  await assert.rejects(
    rehearse(services, (rehearsed) => deleteUser(rehearsed, ACTOR, 7)),
    new DomainError("user_not_found"),
  );
});
