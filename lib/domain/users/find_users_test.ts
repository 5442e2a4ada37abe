import assert from "node:assert/strict";
import { insertUsers } from "@/lib/repo/users.ts";
import { databaseTest } from "@/tests/kit/databases.ts";
import { servicesOver } from "@/tests/tasks/flask.ts";
import { deleteUser } from "./delete_user.ts";
import { findDeletedUsersNamed, findUsersNamed } from "./find_users.ts";

const ACTOR = { kind: "task", name: "users" } as const;

function account(id: number, username: string) {
  return { id, username, email: `${username}@example.com`, password_hash: "!" };
}

databaseTest(
  "findUsersNamed() finds by name, address and id, and both whom digits may mean",
  async (database) => {
    const services = await servicesOver(database);
    await services.db.transaction().execute((tx) =>
      insertUsers(tx, [account(501, "ada"), account(502, "501")])
    );
    const found = async (name: string) =>
      (await findUsersNamed(services, ACTOR, name)).map((user) => user.user_id);
    assert.deepEqual(await found("ADA"), [501]);
    assert.deepEqual(await found("ada@Example.com"), [501]);
    assert.deepEqual(await found("502"), [502]);
    assert.deepEqual(await found("501"), [502, 501]);
    assert.deepEqual(await found("99999999999999999999"), []);
  },
);

databaseTest("findDeletedUsersNamed() finds every deleted user of a name", async (database) => {
  const services = await servicesOver(database);
  for (const id of [601, 602]) {
    await services.db.transaction().execute((tx) => insertUsers(tx, [account(id, "ada")]));
    await deleteUser(services, ACTOR, id);
  }
  const ids = async (name: string) =>
    (await findDeletedUsersNamed(services, name)).map((user) => user.user_id).sort();
  assert.deepEqual(await ids("ada"), [601, 602]);
  assert.deepEqual(await ids("ada@example.com"), [601, 602]);
  assert.deepEqual(await ids("602"), [602]);
  assert.deepEqual(await ids("bea"), []);
});
