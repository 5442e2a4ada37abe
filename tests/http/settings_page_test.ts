import assert from "node:assert/strict";
import { appTest, mailAppTest } from "@/tests/kit/app.ts";
import { addAdmin, addPerson, signedIn } from "@/tests/kit/people.ts";
import { ageProofs, prove } from "@/tests/kit/second_factor.ts";

appTest("admins see what is in force and from where, but no secret", async (app) => {
  const admin = await signedIn(app, await addAdmin(app));
  const { text } = await admin.get("/settings");
  assert.match(text, /LOCKOUT_THRESHOLD|APP_NAME/);
  assert.match(text, /PostgreSQL|PGlite, embedded/);
  const view = JSON.parse((await admin.getJson("/settings")).text);
  const find = (name: string) =>
    view.settings.find((setting: { name: string }) => setting.name === name);
  const { meaning: _, ...secret } = find("SECRET_KEY");
  assert.deepEqual(secret, { name: "SECRET_KEY", value: null, from: "environment" });
  assert.deepEqual([find("APP_URL").value, find("APP_NAME").from], [app.origin, "default"]);
  assert.equal(text.includes(app.services.settings.secretKeys?.[0] ?? "the secret key"), false);
  assert.ok(view.limits.length > 10);
});

mailAppTest("an admin sends a test e-mail", async (app, mailbox) => {
  const admin = await signedIn(app, await addAdmin(app));
  const sent = await admin.sendJson("POST", "/settings", {});
  assert.deepEqual([sent.status, /has taken the e-mail/.test(sent.text)], [200, true], sent.text);
  assert.match((await mailbox.next()).text, /You asked for this on .*settings/);
});

appTest("an admin ends all sessions but their own, after a fresh proof", async (app) => {
  const person = await addAdmin(app);
  const [admin, other] = [await signedIn(app, person), await signedIn(app, person)];
  const ana = await signedIn(app, await addPerson(app, "ana"));
  await ageProofs(app, 16);
  assert.equal((await admin.sendJson("DELETE", "/settings", {})).status, 403);
  await prove(admin);
  assert.equal((await ana.sendJson("DELETE", "/settings", {})).status, 403);
  const { status, text } = await admin.sendJson("DELETE", "/settings", {});
  assert.equal(status, 200, text);
  const answers = await Promise.all([admin, other, ana].map((it) => it.getJson("/profile")));
  assert.deepEqual(answers.map((answer) => answer.status), [200, 401, 401]);
  const { entries } = JSON.parse((await admin.getJson("/audit_log")).text);
  assert.equal(entries[0].action, "end_all_sessions");
});

/** Nothing listens there. */
const NO_SERVER = { SMTP_URL: "smtp://127.0.0.1:9", MAIL_FROM: "roster@example.org" };

appTest("an admin reads why a test e-mail failed, and the audit log has it", async (app) => {
  const admin = await signedIn(app, await addAdmin(app));
  const failed = await admin.postForm("/settings", {});
  assert.equal(failed.status, 502);
  assert.match(failed.text, /The e-mail was not sent: .*refused/i);
  assert.match(failed.text, /Rate limits/);
  const { events } = JSON.parse((await admin.getJson("/activity")).text);
  assert.equal(events[0].action, "send_test_email");
}, { environment: NO_SERVER });
