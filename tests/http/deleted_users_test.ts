import assert from "node:assert/strict";
import { maintain } from "@/lib/domain/operation/maintenance.ts";
import { appTest, mailAppTest } from "@/tests/kit/app.ts";
import { leaveRoster } from "@/tests/kit/leaving.ts";
import { tokenIn } from "@/tests/kit/mailbox.ts";
import { addAdmin, addPerson, logIn, signedIn } from "@/tests/kit/people.ts";
import { afterPassword, codeOf, forgetSteps, sendCode, turnOn } from "@/tests/kit/second_factor.ts";
import { addPasskey, signInWith } from "@/tests/kit/soft_passkey.ts";

appTest("a deleted user is listed, and comes back with the profile by one button", async (app) => {
  const admin = await signedIn(app, await addAdmin(app));
  const { user_id } = await addPerson(app, "grace");
  await admin.sendJson("PUT", "/edit_user", { user_id, bio: "Compilers" });
  await admin.sendJson("DELETE", "/delete_user", { user_id });

  const { users } = JSON.parse((await admin.getJson("/deleted_users")).text);
  assert.equal(users.length, 1);
  assert.deepEqual([users[0].username, users[0].deleted_by], ["grace", "admin"]);
  assert.match((await admin.get("/deleted_users")).text, /Restore/);

  const fields = { _method: "PUT", user_id: String(user_id) };
  const answer = await admin.postForm("/restore_user", fields);
  assert.deepEqual([answer.status, answer.headers.get("location")], [303, "/deleted_users"]);
  const user = JSON.parse((await admin.getJson(`/edit_user?user_id=${user_id}`)).text);
  assert.deepEqual([user.username, user.bio], ["grace", "Compilers"]);
  assert.equal((await logIn(app.client(), "grace")).status, 200);
}, { everyDatabase: true });

mailAppTest(
  "a restored account has its second factor, recovery codes and passkeys, whoever restores it",
  async (app, mailbox) => {
    const admin = await signedIn(app, await addAdmin(app));
    const ana = await addPerson(app, "ana", { email_verified_at: new Date() });
    const { browser, secret, codes } = await turnOn(app, ana);
    const { passkey } = await addPasskey(app, ana, browser);
    const token = async () => {
      for (;;) {
        const letter = await mailbox.next();
        if (/Bring my account back/.test(letter.text)) return tokenIn(letter);
      }
    };
    await forgetSteps(app);
    const left = await leaveRoster(browser, "ana", {}, { code: await codeOf(secret) });
    assert.equal(left.status, 200, left.text);
    const back = { token: await token() };
    assert.equal((await app.client().sendJson("POST", "/restore_account", back)).status, 200);
    await forgetSteps(app);
    const code = await codeOf(secret);
    assert.equal((await sendCode(await afterPassword(app, ana), code)).status, 200);
    assert.equal((await signInWith(app.client(), passkey)).status, 200);
    for (const [change, path] of [["DELETE", "/delete_user"], ["PUT", "/restore_user"]] as const) {
      const answer = await admin.sendJson(change, path, { user_id: ana.user_id });
      assert.equal(answer.status, 200, answer.text);
    }
    const recovering = await sendCode(await afterPassword(app, ana), codes[0]!);
    assert.equal(JSON.parse(recovering.text).recovery_codes_left, 9);
    assert.equal((await sendCode(await afterPassword(app, ana), codes[0]!)).status, 422);
    assert.equal((await signInWith(app.client(), passkey)).status, 200);
  },
  { everyDatabase: true },
);

appTest("a deleted user whose name was taken meanwhile cannot be restored: 409", async (app) => {
  const admin = await signedIn(app, await addAdmin(app));
  const { user_id } = await addPerson(app, "grace");
  await admin.sendJson("DELETE", "/delete_user", { user_id });
  await addPerson(app, "Grace", { email: "other@example.org" });
  assert.equal((await admin.sendJson("PUT", "/restore_user", { user_id })).status, 409);
  assert.equal(JSON.parse((await admin.getJson("/deleted_users")).text).users.length, 1);
}, { everyDatabase: true });

appTest("maintenance forgets deleted users after 30 days", async (app) => {
  const admin = await signedIn(app, await addAdmin(app));
  const { db } = app.services;
  for (const [name, days] of [["grace", 29], ["ada", 31]] as const) {
    const { user_id } = await addPerson(app, name);
    await admin.sendJson("DELETE", "/delete_user", { user_id });
    const deleted_at = new Date(Date.now() - days * 24 * 60 * 60 * 1000);
    await db.updateTable("deleted_users").set({ deleted_at })
      .where("user_id", "=", user_id).execute();
  }
  await maintain(app.services);
  const { users } = JSON.parse((await admin.getJson("/deleted_users")).text);
  assert.deepEqual(users.map((user: { username: string }) => user.username), ["grace"]);
}, { everyDatabase: true });

appTest(
  "maintenance lifts a suspension that is over, and says so in the audit trail",
  async (app) => {
    const admin = await signedIn(app, await addAdmin(app));
    const { user_id } = await addPerson(app, "grace");
    const until = "2999-01-01T00:00:00Z";
    await admin.sendJson("PUT", "/update_status", { user_id, status: "suspended", until });
    const { db } = app.services;
    await db.updateTable("users").set({ suspended_until: new Date(0) }).where("id", "=", user_id)
      .execute();
    await maintain(app.services);
    const { status } = await db.selectFrom("users").select("status").where("id", "=", user_id)
      .executeTakeFirstOrThrow();
    assert.equal(status, "active");
    const entry = await db.selectFrom("audit_events").select(["action", "actor_name"])
      .where("target_id", "=", user_id).orderBy("id", "desc").executeTakeFirstOrThrow();
    assert.deepEqual(entry, { action: "activate_user", actor_name: "task maintenance" });
  },
  { everyDatabase: true },
);

appTest("an admin unlocks a user from the list", async (app) => {
  const admin = await signedIn(app, await addAdmin(app));
  const { user_id } = await addPerson(app, "grace");
  for (let attempt = 0; attempt < 5; attempt++) await logIn(app.client(), "grace", "wrong");
  assert.equal((await logIn(app.client(), "grace")).status, 401);
  assert.match((await admin.get("/user_list")).text, /Unlock/);
  const fields = { _method: "PUT", user_id: String(user_id), status: "active" };
  assert.equal((await admin.postForm("/update_status", fields)).status, 303);
  assert.equal((await logIn(app.client(), "grace")).status, 200);
}, { everyDatabase: true });
