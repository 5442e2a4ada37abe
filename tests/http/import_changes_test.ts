/** What a file changes in users who are here: the same as an admin does on each user's page. */
import assert from "node:assert/strict";
import { inTransaction } from "@/lib/db/transaction.ts";
import { importRowsStep, jobOfImport } from "@/lib/domain/operation/import_rows_step.ts";
import { doUserAction } from "@/lib/domain/users/user_actions.ts";
import type { Job } from "@/lib/repo/jobs.ts";
import { listUsers } from "@/lib/repo/user_list.ts";
import { countImportRows, insertImport, insertImportRows } from "@/lib/repo/user_imports.ts";
import { findUserById, updateUser } from "@/lib/repo/users.ts";
import { findUserProfileByUserId } from "@/lib/repo/user_profiles.ts";
import { appTest, type TestApp } from "@/tests/kit/app.ts";
import { addAdmin, addPerson, logIn, PASSWORD } from "@/tests/kit/people.ts";

/** Checks rows of username, address, full name and phone, and imports them. */
async function importTable(
  { services: { db, images } }: TestApp,
  by_id: number,
  rows: readonly (readonly string[])[],
  between: () => Promise<unknown> = () => Promise.resolve(),
): Promise<Record<string, number>> {
  const id = await insertImport(db, {
    by_id,
    source: JSON.stringify({ requestId: "test", ip: "127.0.0.1", userAgent: "" }),
    header: '["username", "email", "full_name", "phone"]',
    columns: '{ "username": 0, "email": 1, "full_name": 2, "phone": 3 }',
    state: "checking",
  });
  await insertImportRows(db, id, rows.map((cells, index) => ({ line: index + 2, cells })));
  const payload = JSON.parse(String(jobOfImport(id).payload));
  const step = importRowsStep(images, []);
  for (const state of ["checking", "running"] as const) {
    await db.updateTable("user_imports").set({ state }).where("id", "=", id).execute();
    await inTransaction(db, (tx) => step.run(tx, { payload } as Job));
    await between();
  }
  const counts = await countImportRows(db, id);
  return Object.fromEntries(counts.map(({ outcome, count }) => [outcome, count]));
}

appTest("users of a file change as if an admin edited each, and can be taken back", async (app) => {
  const { db } = app.services;
  const admin = await addAdmin(app, "ada");
  const [ann, bob, cyd] = [
    await addPerson(app, "ann"),
    await addPerson(app, "bob"),
    await addPerson(app, "cyd"),
  ];
  await db.deleteFrom("user_profiles").where("user_id", "=", cyd.user_id).execute();
  const counts = await importTable(app, admin.user_id, [
    ["anna", ann.email, "Ann Able", ""],
    ["Bob", bob.email, "", "+49 30"],
    ["cyd", cyd.email, 'Cyd <é\\">', ""],
    ["new", "new@example.org", "New One", ""],
  ]);
  assert.deepEqual(counts, { added: 1, updated: 3 });

  const stateOf = async (id: number) => {
    const user = await findUserById(db, id);
    const profile = await findUserProfileByUserId(db, id);
    return [user?.username, user?.version, profile?.full_name, profile?.phone, profile?.email];
  };
  assert.deepEqual(await stateOf(ann.user_id), ["anna", 2, "Ann Able", "", ann.email]);
  assert.deepEqual(await stateOf(bob.user_id), ["Bob", 2, "", "+49 30", bob.email]);
  assert.deepEqual(await stateOf(cyd.user_id), ["cyd", 2, 'Cyd <é\\">', "", cyd.email]);
  for (const name of ["ann", "anna", "bob"]) {
    assert.equal((await logIn(app.client(), name, PASSWORD)).status, 200, name);
  }
  for (const q of ["anna able", "cyd", "new one"]) {
    assert.equal((await listUsers(db, { q })).total, 1, q);
  }

  const entries = await db.selectFrom("audit_events").select([
    "target_id",
    "target_name",
    "details",
  ])
    .where("action", "=", "edit_user").orderBy("target_id").execute();
  assert.deepEqual(entries, [
    {
      target_id: ann.user_id,
      target_name: "ann",
      details: { changes: { username: ["ann", "anna"], full_name: ["", "Ann Able"] } },
    },
    {
      target_id: bob.user_id,
      target_name: "bob",
      details: { changes: { username: ["bob", "Bob"], phone: ["", "+49 30"] } },
    },
    {
      target_id: cyd.user_id,
      target_name: "cyd",
      details: {},
    },
  ]);
  await doUserAction(app.services, { kind: "task", name: "test" }, "undo", {
    user_id: ann.user_id,
    entry: undefined,
  });
  assert.deepEqual((await stateOf(ann.user_id)).slice(0, 3), ["ann", 3, ""]);
}, { everyDatabase: true });

appTest("a user who has changed since a file was checked is looked at again", async (app) => {
  const { db } = app.services;
  const admin = await addAdmin(app, "ada");
  const { user_id, email } = await addPerson(app, "ann");
  let times = 0;
  const rename = () =>
    times++ > 0
      ? Promise.resolve()
      : inTransaction(db, (tx) => updateUser(tx, user_id, { username: "anna" }));
  const counts = await importTable(app, admin.user_id, [["ann", email, "Ann", ""]], rename);
  assert.deepEqual(counts, { updated: 1 });
  const user = await findUserById(db, user_id);
  assert.deepEqual([user?.username, user?.version], ["ann", 3]);
});
