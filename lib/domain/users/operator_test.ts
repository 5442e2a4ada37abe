/** What operators do to users from the command line. */
import assert from "node:assert/strict";
import { appTest } from "@/tests/kit/app.ts";
import { accountOf, addPerson, logIn, PASSWORD, signedIn } from "@/tests/kit/people.ts";
import { deleteUser } from "./delete_user.ts";
import { restoreUser } from "./deleted_users.ts";
import { DomainError } from "@/lib/domain/errors.ts";
import { createUser } from "@/lib/domain/users/create_user.ts";
import { updateStatus } from "./update_status.ts";
import { doUserAction } from "./user_actions.ts";

const TASK = { kind: "task", name: "users" } as const;
const broke = (code: string) => (error: unknown) =>
  error instanceof DomainError && error.code === code;

appTest("createUser() makes an admin whose address counts as proven", async (app) => {
  const account = { username: "boss", email: "boss@example.org", password: PASSWORD };
  const outcome = await createUser(app.services, TASK, { ...account, role: "admin" });
  assert.ok(outcome.ok);
  const { role, email_verified_at } = await accountOf(app, { ...account, ...outcome.value });
  assert.equal(role, "admin");
  assert.ok(email_verified_at);
  assert.equal((await logIn(app.client(), "boss")).status, 200);
});

appTest("createUser() takes no weak password and no name twice", async (app) => {
  const account = { username: "boss", email: "boss@example.org", role: "admin" } as const;
  const weak = await createUser(app.services, TASK, { ...account, password: "boss1234" });
  assert.deepEqual([weak.ok, !weak.ok && Object.keys(weak.errors)], [false, ["password"]]);
  await addPerson(app, "Boss");
  const taken = await createUser(app.services, TASK, { ...account, password: PASSWORD });
  assert.deepEqual([taken.ok, !taken.ok && taken.conflict], [false, true]);
});

appTest("unlocking ends a lock and leaves a suspension", async (app) => {
  const locked = { failed_logins: 7, locked_until: new Date(Date.now() + 3_600_000) };
  const person = await addPerson(app, "grace", { ...locked, status: "suspended" });
  await doUserAction(app.services, TASK, "unlock_user", person);
  const { failed_logins, locked_until, status } = await accountOf(app, person);
  assert.deepEqual([failed_logins, locked_until, status], [0, null, "suspended"]);
});

appTest("signing out a user ends every session of the user and nobody else's", async (app) => {
  const person = await addPerson(app, "grace");
  const browsers = [await signedIn(app, person), await signedIn(app, person)];
  browsers.push(await signedIn(app, await addPerson(app, "ada")));
  await doUserAction(app.services, TASK, "sign_out_user", person);
  const answers = await Promise.all(browsers.map((browser) => browser.getJson("/profile")));
  assert.deepEqual(answers.map(({ status }) => status), [401, 401, 200]);
});

appTest("the last active admin is safe from operators too", async (app) => {
  const { user_id } = await addPerson(app, "boss", { role: "admin" });
  await assert.rejects(deleteUser(app.services, TASK, user_id), broke("last_admin"));
  const change = { user_id, status: "suspended", reason: "", until: undefined } as const;
  await assert.rejects(updateStatus(app.services, TASK, change), broke("last_admin"));
});

appTest("restoreUser() brings nobody back whose name somebody else has now", async (app) => {
  const { user_id } = await addPerson(app, "grace");
  await deleteUser(app.services, TASK, user_id);
  const other = await addPerson(app, "GRACE", { email: "other@example.org" });
  await assert.rejects(restoreUser(app.services, TASK, user_id), broke("name_taken"));
  await deleteUser(app.services, TASK, other.user_id);
  await restoreUser(app.services, TASK, user_id);
  await assert.rejects(restoreUser(app.services, TASK, user_id), broke("user_not_found"));
  assert.equal((await logIn(app.client(), "grace")).status, 200);
});
