/** Users without a password, who have a passkey. */
import assert from "node:assert/strict";
import { appTest } from "@/tests/kit/app.ts";
import { addPerson, logIn, PASSWORD, signedIn } from "@/tests/kit/people.ts";
import { ageProofs } from "@/tests/kit/second_factor.ts";
import { addPasskey, passkeysOf, signInWith } from "@/tests/kit/soft_passkey.ts";

const NEW_PASSWORD = "twelve green lanterns";

appTest("the password can be removed once there is a passkey, and set again", async (app) => {
  const ana = await addPerson(app, "ana");
  const browser = await signedIn(app, ana);
  const early = await browser.sendJson("POST", "/remove_password", {});
  assert.equal(early.status, 409);
  assert.match(JSON.parse(early.text).detail, /add a passkey first/);
  const { passkey } = await addPasskey(app, ana, browser);
  const other = await signedIn(app, ana);
  const removed = await browser.postForm("/remove_password", {});
  assert.deepEqual([removed.status, removed.headers.get("location")], [303, "/security"]);
  assert.equal((await other.getJson("/profile")).status, 401);
  for (const password of [PASSWORD, "!"]) {
    assert.equal((await logIn(app.client(), "ana", password)).status, 401);
  }
  assert.equal((await signInWith(app.client(), passkey)).status, 200);
  assert.equal((await browser.sendJson("POST", "/remove_password", {})).status, 409);
  const passwords = { password: NEW_PASSWORD, password2: NEW_PASSWORD };
  assert.equal((await browser.get("/change_password")).text.includes("current_password"), false);
  const set = await browser.sendJson("POST", "/change_password", passwords);
  assert.equal(set.status, 200, set.text);
  assert.equal((await logIn(app.client(), "ana", NEW_PASSWORD)).status, 200);
  const again = await browser.sendJson("POST", "/change_password", passwords);
  assert.equal(again.status, 422, "now there is one to give");
});

appTest("without a password a step-up is enough to change the address", async (app) => {
  const ana = await addPerson(app, "ana");
  const { browser } = await addPasskey(app, ana);
  await browser.sendJson("POST", "/remove_password", {});
  const edit = { user_id: ana.user_id, email: "new@example.org" };
  await ageProofs(app, 16);
  assert.equal((await browser.sendJson("PUT", "/edit_user", edit)).status, 403);
  await ageProofs(app, 1);
  assert.equal((await browser.sendJson("PUT", "/edit_user", edit)).status, 200);
});

appTest("the last way to sign in cannot be removed", async (app) => {
  const ana = await addPerson(app, "ana");
  const { browser, passkey_id } = await addPasskey(app, ana);
  await browser.sendJson("POST", "/remove_password", {});
  const answer = await browser.sendJson("DELETE", "/passkeys", { passkey_id });
  assert.equal(answer.status, 409);
  assert.match(JSON.parse(answer.text).detail, /set a password or add another passkey first/);
  const page = await browser.postForm("/passkeys", {
    _method: "DELETE",
    passkey_id: String(passkey_id),
  });
  assert.equal(page.status, 409);
  assert.match(page.text, /set a password or add another passkey first/);
  assert.equal((await passkeysOf(app)).length, 1);
});

appTest("password and passkey removed at the same time: one stays", async (app) => {
  for (let round = 0; round < 20; round++) {
    const ana = await addPerson(app, `ana${round}`);
    const { browser, passkey_id } = await addPasskey(app, ana);
    const answers = await Promise.all([
      browser.sendJson("POST", "/remove_password", {}),
      browser.sendJson("DELETE", "/passkeys", { passkey_id }),
    ]);
    // The first one ends the session of the second.
    const statuses = answers.map(({ status }) => status).sort();
    assert.equal(statuses[0], 200);
    assert.ok(statuses[1]! >= 400 && statuses[1]! < 500, String(statuses));
    const { password_hash } = await app.services.db.selectFrom("users").select("password_hash")
      .where("id", "=", ana.user_id).executeTakeFirstOrThrow();
    const left = await app.services.db.selectFrom("passkeys").select("id")
      .where("user_id", "=", ana.user_id).execute();
    assert.equal((password_hash === "!" ? 0 : 1) + left.length, 1);
  }
});
