import assert from "node:assert/strict";
import { setTimeout as pause } from "node:timers/promises";
import { maintain } from "@/lib/domain/operation/maintenance.ts";
import { findNextJobAt } from "@/lib/repo/jobs.ts";
import type { EmailListView } from "@/lib/shared/operation_views.ts";
import { appTest, mailAppTest, serveApp, type TestApp } from "@/tests/kit/app.ts";
import type { TestClient } from "@/tests/kit/client.ts";
import { databaseTest } from "@/tests/kit/databases.ts";
import { jobsOf } from "@/tests/kit/jobs.ts";
import { openMailbox, tokenIn } from "@/tests/kit/mailbox.ts";
import { addAdmin, addPerson, signedIn } from "@/tests/kit/people.ts";
import { ageProofs } from "@/tests/kit/second_factor.ts";
import { viewingAs } from "@/tests/kit/viewing.ts";

const VERIFIED = { email_verified_at: new Date() };
const DAY_MS = 24 * 60 * 60 * 1000;
const NEW_PASSWORDS = { password: "twelve green lanterns", password2: "twelve green lanterns" };
/** A mail server that does not answer. */
const DOWN = { environment: { SMTP_URL: "smtp://127.0.0.1:1" } };

const forgot = (app: TestApp, email = "ana@example.org") =>
  app.client().sendJson("POST", "/forgot_password", { email });

const reset = (app: TestApp, token: string) =>
  app.client().sendJson("POST", "/reset_password", { token, ...NEW_PASSWORDS });

const listOf = async (admin: TestClient, path = "/emails"): Promise<EmailListView> =>
  JSON.parse((await admin.getJson(path)).text);

/** Waits until all e-mails have failed once. */
async function failed({ services: { db } }: TestApp): Promise<void> {
  while ((await jobsOf(db)).some(({ attempts }) => attempts === 0)) await pause(20);
}

/** Lets an e-mail fail that Ana has asked for. Returns its id and the browser of an admin. */
async function failedEmail(app: TestApp) {
  const ana = await addPerson(app, "ana", VERIFIED);
  const ada = await addAdmin(app, "ada");
  const admin = await signedIn(app, ada);
  await forgot(app);
  await failed(app);
  const { emails: [email] } = await listOf(admin);
  return { admin, ada, ana, email_id: email!.email_id };
}

const audited = async ({ services: { db } }: TestApp, like: string) =>
  await db.selectFrom("audit_events").select(["actor_name", "action", "target_name"])
    .where("action", "like", like).execute();

/** Lets an e-mail be too old since some days. */
const expire = async ({ services: { db } }: TestApp, days = 0) =>
  await db.updateTable("jobs").set({ expires_at: new Date(Date.now() - days * DAY_MS - 1) })
    .execute();

mailAppTest(
  "admins see whom an e-mail is for, what it is, why it failed and when next",
  async (app) => {
    const { admin } = await failedEmail(app);
    const { emails: [email], next, previous } = await listOf(admin);
    assert.deepEqual([next, previous], [null, null]);
    const { reason, next_at, expires_at, created_at, email_id: _, ...rest } = email!;
    assert.deepEqual(rest, {
      to: "ana@example.org",
      title: "Link for a new password",
      state: "failed",
      attempts: 1,
      has_link: true,
      is_of_use: true,
    });
    assert.match(reason ?? "", /ECONNREFUSED.*SMTP_URL/);
    assert.ok(next_at! > created_at && next_at! < expires_at!);
    const { text } = await admin.get("/emails");
    for (const part of ["ana@example.org", "Link for a new password", "1 attempt failed"]) {
      assert.ok(text.includes(part), part);
    }
    assert.match(
      (await admin.get("/admin")).text,
      /href="\/emails">E-mails that failed<[^]*?>1</,
    );
  },
  DOWN,
);

databaseTest(
  "a link that the mail server quotes is neither listed nor logged",
  async (database) => {
    const quoted: string[] = [];
    await using mailbox = openMailbox({
      answerMail(text) {
        quoted.push(tokenIn({ to: "", text }));
        return `554 spam: /reset_password?token=${quoted.at(-1)}`;
      },
    });
    const environment = { SMTP_URL: mailbox.url, MAIL_FROM: "roster@example.org" };
    await using app = await serveApp(database, { environment });
    await addPerson(app, "ana", VERIFIED);
    await forgot(app);
    await failed(app);
    const [token] = quoted;
    assert.equal(token?.length, 43);
    const [job] = await jobsOf(database.db);
    assert.match(job?.last_error ?? "", /554 spam/);
    assert.equal(job?.last_error?.includes(token!), false);
  },
);

databaseTest("an e-mail that is sent again arrives, even if it was too old", async (database) => {
  await using mailbox = openMailbox();
  const environment = { SMTP_URL: "smtp://127.0.0.1:1", MAIL_FROM: "roster@example.org" };
  {
    await using app = await serveApp(database, { environment });
    await failedEmail(app);
    await expire(app);
  }
  await using app = await serveApp(database, {
    environment: { ...environment, SMTP_URL: mailbox.url },
  });
  const admin = await signedIn(app, await addAdmin(app, "joan"));
  const { emails: [email] } = await listOf(admin);
  assert.deepEqual([email?.state, email?.next_at], ["expired", null]);
  const answer = await admin.sendJson("PUT", "/emails", { email_id: email!.email_id });
  assert.equal(answer.status, 200, answer.text);
  const letter = await mailbox.next();
  assert.equal(letter.to, "ana@example.org");
  assert.equal((await reset(app, tokenIn(letter))).status, 200);
  assert.deepEqual(await audited(app, "send_email_again"), [
    { actor_name: "joan", action: "send_email_again", target_name: "ana" },
  ]);
});

mailAppTest("an old e-mail of a registration is not sent again, only removed", async (app) => {
  const admin = await signedIn(app, await addAdmin(app));
  await app.client().sendJson("POST", "/register", {
    username: "grace",
    email: "grace@example.org",
    ...NEW_PASSWORDS,
  });
  await failed(app);
  await expire(app);
  const { emails: [email] } = await listOf(admin);
  const { email_id } = email!;
  assert.equal(email?.is_of_use, false);
  for (const method of ["PUT", "POST"] as const) {
    const refused = await admin.sendJson(method, "/emails", { email_id });
    assert.equal(refused.status, 409);
    assert.match(refused.text, /too old to be sent/);
  }
  assert.equal((await admin.sendJson("DELETE", "/emails", { email_id })).status, 200);
  assert.deepEqual(await jobsOf(app.services.db), []);
  assert.equal((await admin.sendJson("DELETE", "/emails", { email_id })).status, 404);
}, DOWN);

mailAppTest("a copied link works, and its e-mail is not sent any more", async (app) => {
  const { admin, email_id } = await failedEmail(app);
  const { text } = await admin.postForm("/emails", { email_id: String(email_id) });
  const [, token = ""] = /\/reset_password\?token=([\w-]{43})/.exec(text) ?? [];
  assert.match(text, /aria-label="Link of the e-mail"/);
  assert.match(text, /ana@example\.org/);
  assert.deepEqual((await listOf(admin)).emails, []);
  assert.deepEqual(await audited(app, "copy_email_link"), [
    { actor_name: "ada", action: "copy_email_link", target_name: "ana" },
  ]);
  const rows = JSON.stringify([
    await app.services.db.selectFrom("one_time_tokens").selectAll().execute(),
    await app.services.db.selectFrom("audit_events").selectAll().execute(),
  ]);
  assert.equal(rows.includes(token), false);
  assert.equal((await reset(app, token)).status, 200);
  assert.equal((await reset(app, token)).status, 404);
}, DOWN);

mailAppTest("of 20 copies of a link at the same time one is made", async (app) => {
  const { admin, email_id } = await failedEmail(app);
  const answers = await Promise.all(
    Array.from({ length: 20 }, () => admin.sendJson("POST", "/emails", { email_id })),
  );
  const statuses = answers.map(({ status }) => status).sort();
  assert.deepEqual(statuses, [200, ...Array<number>(19).fill(404)]);
}, { ...DOWN, everyDatabase: true });

mailAppTest("copying a link needs a fresh proof, and then the list opens again", async (app) => {
  const { admin, ada, email_id } = await failedEmail(app);
  await ageProofs(app, 16);
  const fields = { email_id: String(email_id), viewer_id: String(ada.user_id) };
  const late = await admin.postForm("/emails", fields);
  assert.equal(late.status, 403);
  assert.match(late.text, /Confirm that it is you/);
  const [, kept = ""] = /name="kept" value="([^"]*)"/.exec(late.text) ?? [];
  const back = await admin.postForm("/step_up", {
    viewer_id: fields.viewer_id,
    kept_path: "/emails",
    kept: kept.replaceAll("&quot;", '"'),
    password: "seven purple dragons",
  });
  assert.match(back.text, /name="_method" value="GET"[^]*Back to the form/);
  const list = await admin.postForm("/emails", { ...fields, _method: "GET" });
  assert.equal(list.status, 200);
  assert.match(list.text, /Copy the link/);
  assert.equal((await listOf(admin)).emails.length, 1);
}, DOWN);

mailAppTest("no link of an admin can be copied, and none where nobody needs it", async (app) => {
  const { admin, ana, email_id } = await failedEmail(app);
  const { db } = app.services;
  await db.updateTable("users").set({ role: "admin" }).where("id", "=", ana.user_id).execute();
  const refused = await admin.sendJson("POST", "/emails", { email_id });
  assert.equal(refused.status, 403);
  assert.match(refused.text, /links of admins cannot be copied/i);
  await db.updateTable("users").set({ role: "user", status: "suspended" })
    .where("id", "=", ana.user_id).execute();
  const none = await admin.sendJson("POST", "/emails", { email_id });
  assert.equal(none.status, 409);
  assert.match(none.text, /has no link/);
  assert.equal((await listOf(admin)).emails.length, 1, "nothing has changed");
  assert.deepEqual(await audited(app, "copy_email_link"), []);
}, DOWN);

mailAppTest("nobody looks after e-mails while viewing as somebody else", async (app) => {
  const { ada, ana, email_id } = await failedEmail(app);
  const browser = await viewingAs(app, ada, ana);
  assert.equal((await browser.getJson("/emails")).status, 403);
  for (const method of ["POST", "PUT", "DELETE"] as const) {
    assert.equal((await browser.sendJson(method, "/emails", { email_id })).status, 403);
  }
}, { environment: { ...DOWN.environment, IMPERSONATION: "on" } });

mailAppTest("an e-mail that is being sent cannot be changed", async (app) => {
  const { admin, email_id } = await failedEmail(app);
  const leased_until = new Date(Date.now() + 60_000);
  await app.services.db.updateTable("jobs").set({ leased_until }).execute();
  assert.equal((await listOf(admin)).emails[0]?.state, "sending");
  for (const method of ["POST", "PUT", "DELETE"] as const) {
    const answer = await admin.sendJson(method, "/emails", { email_id });
    assert.equal(answer.status, 409);
    assert.match(answer.text, /being sent just now/);
  }
}, DOWN);

mailAppTest("an e-mail that was never sent is listed for 7 days and wakes nobody", async (app) => {
  const { admin } = await failedEmail(app);
  const { db } = app.services;
  await expire(app, 6.9);
  assert.equal(await findNextJobAt(db, "letter"), undefined);
  await maintain(app.services, new AbortController().signal);
  assert.equal((await listOf(admin)).emails[0]?.state, "expired");
  await expire(app, 7);
  await maintain(app.services, new AbortController().signal);
  assert.deepEqual((await listOf(admin)).emails, []);
}, DOWN);

appTest("the list of e-mails has pages that fit together", async (app) => {
  const admin = await signedIn(app, await addAdmin(app));
  const payload = JSON.stringify({
    about: "suspended",
    to: "ana@example.org",
    at: new Date().toISOString(),
  });
  await app.services.db.insertInto("jobs").values(
    Array.from({ length: 60 }, () => ({
      kind: "letter" as const,
      payload,
      run_at: new Date(Date.now() + DAY_MS),
    })),
  ).execute();
  const ids: number[] = [];
  let page = await listOf(admin);
  for (;; page = await listOf(admin, `/emails?after=${page.next}`)) {
    ids.push(...page.emails.map(({ email_id }) => email_id));
    if (page.next === null) break;
  }
  assert.equal(new Set(ids).size, 60);
  assert.deepEqual(ids, ids.toSorted((a, b) => b - a));
  const back = await listOf(admin, `/emails?before=${page.previous}`);
  assert.deepEqual(back.emails.map(({ email_id }) => email_id), ids.slice(25, 50));
}, { everyDatabase: true });
