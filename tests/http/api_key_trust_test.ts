/** What becomes of API keys when somebody may have taken an account over. */
import assert from "node:assert/strict";
import { programOf } from "@/tests/kit/api_keys.ts";
import { appTest, mailAppTest, type TestApp } from "@/tests/kit/app.ts";
import { type Mailbox, tokenIn } from "@/tests/kit/mailbox.ts";
import { addPerson, PASSWORD, signedIn } from "@/tests/kit/people.ts";

const VERIFIED = { email_verified_at: new Date() };
const NEW_PASSWORDS = { password: "twelve green lanterns", password2: "twelve green lanterns" };

const keysOf = ({ services }: TestApp) =>
  services.db.selectFrom("api_keys").select("name").execute();

/** A person with two keys, who has opened a link for a new password. */
async function openedReset(app: TestApp, mailbox: Mailbox) {
  const ana = await addPerson(app, "ana", VERIFIED);
  for (let count = 0; count < 2; count++) await programOf(app, ana);
  await mailbox.next();
  await mailbox.next();
  const browser = app.client();
  await browser.sendJson("POST", "/forgot_password", { email: ana.email });
  const token = tokenIn(await mailbox.next());
  await browser.get(`/reset_password?token=${token}`);
  return { browser, page: await browser.get("/reset_password") };
}

mailAppTest("a reset lists the API keys and asks whether to end them", async (app, mailbox) => {
  const { browser, page } = await openedReset(app, mailbox);
  assert.equal(page.text.match(/backup \(roster_\w{4}…\)/g)?.length, 2);
  assert.match(page.text, /<input[^>]*name="end_api_keys"[^>]*checked/);
  const wrong = await browser.postForm("/reset_password", { password: "x", password2: "x" });
  assert.equal(wrong.status, 422);
  assert.match(wrong.text, /backup \(roster_\w{4}…\)/);
  assert.doesNotMatch(wrong.text, /<input[^>]*name="end_api_keys"[^>]*checked/);
  const done = await browser.postForm("/reset_password", { ...NEW_PASSWORDS, end_api_keys: "1" });
  assert.equal(done.status, 303, done.text);
  assert.deepEqual(await keysOf(app), []);
  const letters = [(await mailbox.next()).text, (await mailbox.next()).text].sort();
  assert.match(letters.join(), /API keys of your account ana[^]*The password of your account ana/);
  const [event] = await app.services.db.selectFrom("audit_events").select("details")
    .where("action", "=", "reset_password").execute();
  assert.deepEqual(event?.details, { api_keys_ended: 2 });
});

mailAppTest("a reset leaves API keys that nobody wants to end", async (app, mailbox) => {
  const { browser } = await openedReset(app, mailbox);
  assert.equal((await browser.postForm("/reset_password", NEW_PASSWORDS)).status, 303);
  assert.equal((await keysOf(app)).length, 2);
});

mailAppTest("the reset page names no keys without a link that works", async (app, mailbox) => {
  const { browser } = await openedReset(app, mailbox);
  await app.services.db.updateTable("one_time_tokens").set({ expires_at: new Date(0) }).execute();
  assert.doesNotMatch((await browser.get("/reset_password")).text, /backup|end_api_keys/);
  const late = await browser.postForm("/reset_password", NEW_PASSWORDS);
  assert.doesNotMatch(late.text, /backup|end_api_keys/);
  assert.doesNotMatch((await app.client().get("/reset_password")).text, /backup|end_api_keys/);
});

appTest("reporting foreign activity ends API keys, a new password does not", async (app) => {
  const ana = await addPerson(app, "ana");
  const { ask } = await programOf(app, ana);
  const browser = await signedIn(app, ana);
  const fields = { current_password: PASSWORD, ...NEW_PASSWORDS };
  assert.equal((await browser.sendJson("POST", "/change_password", fields)).status, 200);
  assert.equal((await ask("GET", "/profile")).status, 200);
  assert.equal((await browser.sendJson("POST", "/activity", {})).status, 200);
  assert.equal((await ask("GET", "/profile")).status, 401);
});

mailAppTest("taking a change of the address back ends API keys", async (app, mailbox) => {
  const ana = await addPerson(app, "ana", VERIFIED);
  const browser = await signedIn(app, ana);
  await browser.sendJson("PUT", "/edit_user", {
    user_id: ana.user_id,
    email: "thief@example.org",
    current_password: PASSWORD,
  });
  const letters = [await mailbox.next(), await mailbox.next()];
  const undo = letters.find(({ to }) => to === ana.email)!;
  const { ask } = await programOf(app, ana);
  const taken = await app.client().sendJson("POST", "/undo_email_change", { token: tokenIn(undo) });
  assert.equal(taken.status, 200, taken.text);
  assert.equal((await ask("GET", "/profile")).status, 401);
});
