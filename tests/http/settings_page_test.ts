import assert from "node:assert/strict";
import { appTest, mailAppTest } from "@/tests/kit/app.ts";
import { addAdmin, signedIn } from "@/tests/kit/people.ts";

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
