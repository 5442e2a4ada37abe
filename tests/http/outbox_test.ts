import assert from "node:assert/strict";
import { setTimeout as pause } from "node:timers/promises";
import { appTest, type TestApp } from "@/tests/kit/app.ts";
import { jobsOf } from "@/tests/kit/jobs.ts";
import { addPerson } from "@/tests/kit/people.ts";

const WAY = /<a href="\/outbox">Development: open the e-mails<\/a>/;

/** Asks for a new password and waits until its e-mail is written. */
async function forgot(app: TestApp): Promise<string> {
  const { email } = await addPerson(app, "ana", { email_verified_at: new Date() });
  const browser = app.client();
  assert.equal((await browser.postForm("/forgot_password", { email })).status, 303);
  while ((await jobsOf(app.services.db)).length > 0) await pause(20);
  return (await browser.get("/forgot_password")).text;
}

appTest(
  "in development the page about an e-mail leads to it, and its link can be followed",
  async (app) => {
    assert.match(await forgot(app), WAY);
    const browser = app.client();
    const page = await browser.get("/outbox");
    assert.match(page.text, /To ana@example\.org/);
    const [, link = ""] = /<a href="([^"]+\/reset_password\?token=[\w-]{43})">/.exec(page.text) ??
      [];
    assert.equal((await browser.get(link.replace(app.origin, ""))).status, 303);
    assert.match((await browser.get("/reset_password")).text, /New password/);
    const { mails } = JSON.parse((await browser.getJson("/outbox")).text);
    assert.deepEqual(mails.map(({ to }: { to: string }) => to), ["ana@example.org"]);
  },
  { environment: { APP_ENV: "development" } },
);

for (
  const [which, environment] of [
    ["outside of development", { APP_ENV: "test" }],
    ["in production", { APP_ENV: "production", APP_URL: "https://people.example.com" }],
    ["with a mail server", {
      APP_ENV: "development",
      SMTP_URL: "smtp://127.0.0.1:1",
      MAIL_FROM: "roster@example.org",
    }],
  ] as const
) {
  appTest(`${which} nobody can read e-mails in the browser`, async (app) => {
    await addPerson(app, "ana");
    const browser = app.client();
    assert.equal((await browser.getJson("/outbox")).status, 404);
    assert.doesNotMatch((await browser.get("/forgot_password")).text, /outbox/);
  }, { environment });
}

appTest("e-mails in files are removed after 30 days", async (app) => {
  await forgot(app);
  const { mail } = app.services;
  const [written] = await mail.written!(1);
  const inDays = (days: number) => new Date(Date.now() + days * 86_400_000);
  await mail.forget!(inDays(-1));
  assert.deepEqual(await mail.written!(1), [written]);
  await mail.forget!(inDays(1));
  assert.deepEqual(await mail.written!(1), []);
});
