/** Actions that are taken back after further changes. */
import assert from "node:assert/strict";
import { sql } from "kysely";
import { appTest } from "@/tests/kit/app.ts";
import { addAdmin, addPerson, logIn, signedIn } from "@/tests/kit/people.ts";
import { CHANGES, remove, request, rowsOf, suspend } from "@/tests/kit/undo.ts";

appTest("fields that were changed again are named, and nothing is taken back", async (app) => {
  const admin = await signedIn(app, await addAdmin(app));
  const { user_id } = await addPerson(app, "grace");
  const edit = (fields: object) => request("PUT", "/edit_user", fields)(app, admin, user_id);
  const entry = await edit({ full_name: "Ada", bio: "x", username: "ada" });
  await edit({ full_name: "Ada L.", username: "ada.l" });
  const before = await rowsOf(app, user_id);
  const answer = await admin.sendJson("PUT", "/undo", { user_id, entry });
  assert.equal(answer.status, 409);
  const { fields, detail } = JSON.parse(answer.text);
  assert.deepEqual(fields, ["Username", "Full name"]);
  assert.match(detail, /Username, Full name/);
  assert.deepEqual(await rowsOf(app, user_id), before);
});

appTest("what belongs to a changed field is compared, too, and comes back with it", async (app) => {
  const admin = await signedIn(app, await addAdmin(app));
  const { db } = app.services;
  const { user_id } = await addPerson(app, "grace");
  const suspended = await request("PUT", "/update_status", { status: "suspended" })(
    app,
    admin,
    user_id,
  );
  const { details } = await db.selectFrom("audit_events").select("details")
    .where("id", "=", suspended).executeTakeFirstOrThrow();
  assert.deepEqual(details.changes, { status: ["active", "suspended"] });
  await suspend(app, admin, user_id);
  const moved = await CHANGES["edit the account"]!(app, admin, user_id);
  // The user confirms the new address. The old one never was confirmed.
  await db.updateTable("users").set({ email_verified_at: new Date() }).where("id", "=", user_id)
    .execute();
  for (const [entry, field] of [[suspended, "Reason"], [moved, "E-mail address"]] as const) {
    const answer = await admin.sendJson("PUT", "/undo", { user_id, entry });
    assert.deepEqual([answer.status, JSON.parse(answer.text).fields], [409, [field]]);
  }
});

appTest("other fields that were changed since stay, whoever changed them", async (app) => {
  const admin = await signedIn(app, await addAdmin(app));
  const { user_id } = await addPerson(app, "grace");
  const edit = (fields: object) => request("PUT", "/edit_user", fields)(app, admin, user_id);
  const entry = await edit({ full_name: "Ada", bio: "x" });
  await edit({ phone: "12345", username: "countess" });
  await suspend(app, admin, user_id);
  assert.equal((await admin.sendJson("PUT", "/undo", { user_id, entry })).status, 200);
  const user = JSON.parse((await admin.getJson(`/edit_user?user_id=${user_id}`)).text);
  assert.deepEqual(
    [user.full_name, user.bio, user.phone, user.username, user.status],
    ["", "", "12345", "countess", "suspended"],
  );
});

appTest(
  "a suspension can be taken back after further failed sign-ins, which count",
  async (app) => {
    const admin = await signedIn(app, await addAdmin(app));
    const person = await addPerson(app, "grace");
    const entry = await suspend(app, admin, person.user_id);
    await logIn(app.client(), "grace", "wrong");
    const { user_id } = person;
    assert.equal((await admin.sendJson("PUT", "/undo", { user_id, entry })).status, 200);
    const { admin: { failed_logins }, status } = JSON.parse(
      (await admin.getJson(`/edit_user?user_id=${user_id}`)).text,
    );
    assert.deepEqual([status, failed_logins], ["active", 1]);
  },
);

appTest("times are compared to the microsecond, whatever the time zone was", async (app) => {
  const admin = await signedIn(app, await addAdmin(app));
  const { db } = app.services;
  for (const [last, status] of [["123456", 200], ["123457", 409]] as const) {
    const { user_id } = await addPerson(app, `grace${status}`);
    const fields = { status: "suspended", until: "2999-01-01" };
    const entry = await request("PUT", "/update_status", fields)(app, admin, user_id);
    await sql`update users set suspended_until = '2998-12-31T20:00:00.123456Z'
      where id = ${user_id}`.execute(db);
    await sql`update undo_log set after = jsonb_set(after, '{account,suspended_until}',
      to_jsonb('2999-01-01T01:30:00.' || ${last}::text || '+05:30')) where entry = ${entry}`
      .execute(db);
    const answer = await admin.sendJson("PUT", "/undo", { user_id, entry });
    assert.equal(answer.status, status, answer.text);
  }
});

appTest("a name or address that somebody has taken since is a clear refusal", async (app) => {
  const admin = await signedIn(app, await addAdmin(app));
  const { user_id } = await addPerson(app, "grace");
  const change = CHANGES["edit the account"]!;
  const entry = await change(app, admin, user_id);
  const gone = await addPerson(app, "ada");
  const deletion = await remove(app, admin, gone.user_id);
  await addPerson(app, "Grace", { email: "other@example.org" });
  await addPerson(app, "lovelace", { email: gone.email });
  for (const fields of [{ user_id, entry }, { user_id: gone.user_id, entry: deletion }]) {
    const answer = await admin.sendJson("PUT", "/undo", fields);
    assert.equal(answer.status, 409, answer.text);
    assert.match(answer.text, /Somebody else now has the name or address/);
  }
});
