import assert from "node:assert/strict";
import { setTimeout as pause } from "node:timers/promises";
import { openLimits } from "@/lib/domain/limits.ts";
import { mailAppTest, type TestApp } from "@/tests/kit/app.ts";
import { countQueries } from "@/tests/kit/counting.ts";
import { jobsOf } from "@/tests/kit/jobs.ts";
import { tokenIn } from "@/tests/kit/mailbox.ts";
import { accountOf, addAdmin, addPerson, logIn, PASSWORD, signedIn } from "@/tests/kit/people.ts";
import { forgotPassword } from "@/lib/domain/accounts/reset_password.ts";

const EMAIL = "ana@example.org";
const NEW_PASSWORD = "twelve green lanterns";
const VERIFIED = { email_verified_at: new Date() };

const forgot = (app: TestApp, email = EMAIL) =>
  app.client().sendJson("POST", "/forgot_password", { email });

const reset = (app: TestApp, token: string, password = NEW_PASSWORD) =>
  app.client().sendJson("POST", "/reset_password", { token, password, password2: password });

/** Lets the pause between two e-mails to an address pass. */
const afterPause = ({ services }: TestApp) =>
  services.limits.letterPauses.giveBack(`reset_password ${EMAIL}`);

mailAppTest(
  "a forgotten password is replaced by a link, which ends all sessions",
  async (app, mailbox) => {
    const ana = await addPerson(app, "ana", VERIFIED);
    const browser = await signedIn(app, ana);
    assert.equal((await forgot(app)).status, 200);
    const token = tokenIn(await mailbox.next());
    assert.equal((await reset(app, token)).status, 200);
    assert.equal((await browser.getJson("/profile")).status, 401);
    assert.equal((await logIn(app.client(), "ana")).status, 401);
    assert.equal((await logIn(app.client(), "ana", NEW_PASSWORD)).status, 200);
    const notice = await mailbox.next();
    assert.match(notice.text, /The password of your account ana at Roster was changed/);
    assert.equal(tokenIn(notice), "", "no link that signs in");
  },
);

mailAppTest("every address gets the same answer after the same statements", async (app) => {
  const locked_until = new Date(Date.now() + 3_600_000);
  await addPerson(app, "known", VERIFIED);
  await addPerson(app, "suspended", { ...VERIFIED, status: "suspended" });
  await addPerson(app, "locked", { ...VERIFIED, locked_until });
  await addPerson(app, "unverified");
  const answers = new Set<string>();
  const statements = new Set<number>();
  for (const name of ["known", "suspended", "locked", "unverified", "nobody"]) {
    const { status, text } = await forgot(app, `${name}@example.org`);
    answers.add(`${status} ${text}`);
    const counted = countQueries(app.services.db);
    const jobs = { ...app.services.jobs, wake() {} };
    const source = { requestId: "", ip: "::1", userAgent: "" };
    await app.services.limits.letterPauses.giveBack(`reset_password ${name}@example.org`);
    await forgotPassword(
      { ...app.services, jobs, db: counted.db, limits: openLimits(counted.db) },
      { kind: "anonymous", source },
      `${name}@example.org`,
    );
    statements.add(await counted.count());
  }
  assert.equal(answers.size, 1, [...answers].join("\n"));
  assert.equal(statements.size, 1);
});

mailAppTest("a mail server that is down does not change the answer", async (app) => {
  await addPerson(app, "ana", VERIFIED);
  const [known, unknown] = [await forgot(app), await forgot(app, "nobody@example.org")];
  assert.deepEqual([known.status, known.text], [unknown.status, unknown.text]);
}, { environment: { SMTP_URL: "smtp://127.0.0.1:1" } });

mailAppTest(
  "a suspended account gets an e-mail without a link, an unknown address none",
  async (app, mailbox) => {
    await addPerson(app, "ana", { ...VERIFIED, status: "suspended" });
    await forgot(app, "nobody@example.org");
    await forgot(app);
    const letter = await mailbox.next();
    assert.equal(letter.to, EMAIL);
    assert.match(letter.text, /suspended/);
    assert.equal(tokenIn(letter), "");
  },
);

mailAppTest(
  "MAIL_UNKNOWN_ADDRESSES tells an address that it has no account",
  async (app, mailbox) => {
    await forgot(app, "nobody@example.org");
    const letter = await mailbox.next();
    assert.match(letter.text, /no account has this address/);
    assert.equal(tokenIn(letter), "");
  },
  { environment: { MAIL_UNKNOWN_ADDRESSES: "1" } },
);

mailAppTest(
  "an address gets five e-mails an hour, and the last link works",
  async (app, mailbox) => {
    await addPerson(app, "ana", VERIFIED);
    const tokens: string[] = [];
    for (let request = 0; request < 10; request++) {
      await afterPause(app);
      assert.equal((await forgot(app)).status, 200);
      if (request < 5) tokens.push(tokenIn(await mailbox.next()));
    }
    // The row of an e-mail goes after the mail server has taken it.
    while ((await jobsOf(app.services.db)).length > 0) await pause(20);
    for (const token of tokens.slice(0, 4)) assert.equal((await reset(app, token)).status, 404);
    assert.equal((await reset(app, tokens[4]!)).status, 200);
  },
);

mailAppTest(
  "a link that was used in one browser is refused in another that had opened it",
  async (app, mailbox) => {
    await addPerson(app, "ana", VERIFIED);
    await forgot(app);
    const token = tokenIn(await mailbox.next());
    const [first, second] = [app.client(), app.client()];
    const fields = { password: NEW_PASSWORD, password2: NEW_PASSWORD };
    for (const browser of [first, second]) {
      await browser.get(`/reset_password?token=${token}`);
      assert.match((await browser.get("/reset_password")).text, /action="\/reset_password"/);
    }
    assert.equal((await first.postForm("/reset_password", fields)).status, 303);
    const refused = await second.postForm("/reset_password", fields);
    assert.equal(refused.status, 404);
    assert.match(refused.text, /ask for a new one/);
    assert.match(refused.text, /href="\/forgot_password"/);
  },
);

mailAppTest(
  "a weak, current or name-like password is refused by field, and the link still works",
  async (app, mailbox) => {
    await addPerson(app, "ana", VERIFIED);
    await forgot(app);
    const token = tokenIn(await mailbox.next());
    for (const password of ["short", "password", PASSWORD, "ana@example.org"]) {
      const answer = await reset(app, token, password);
      assert.equal(answer.status, 422, password);
      assert.deepEqual(Object.keys(JSON.parse(answer.text).errors), ["password"]);
    }
    assert.equal((await reset(app, token)).status, 200);
  },
);

mailAppTest(
  "the link names the public address, whatever host a request claims",
  async (app, mailbox) => {
    await addPerson(app, "ana", VERIFIED);
    const headers = {
      "content-type": "application/json",
      "sec-fetch-site": "same-origin",
      "x-forwarded-host": "evil.example",
      "forwarded": "host=evil.example",
    };
    await app.client().send("/forgot_password", {
      method: "POST",
      headers,
      body: JSON.stringify({ email: EMAIL }),
    });
    const { text } = await mailbox.next();
    assert.ok(text.includes(`${app.services.settings.appUrl}/reset_password?token=`));
    assert.doesNotMatch(text, /evil/);
  },
);

mailAppTest("a reset unlocks the account and verifies its address", async (app, mailbox) => {
  const locked_until = new Date(Date.now() + 3_600_000);
  const ana = await addPerson(app, "ana", { locked_until, failed_logins: 7 });
  await forgot(app);
  assert.equal((await reset(app, tokenIn(await mailbox.next()))).status, 200);
  const { failed_logins, locked_until: lock, email_verified_at } = await accountOf(app, ana);
  assert.deepEqual([failed_logins, lock], [0, null]);
  assert.ok(email_verified_at);
});

mailAppTest(
  "a link used in somebody else's session ends that session and starts none",
  async (app, mailbox) => {
    await addPerson(app, "ana", VERIFIED);
    const browser = await signedIn(app, await addPerson(app, "bo", VERIFIED));
    await forgot(app);
    await browser.get(`/reset_password?token=${tokenIn(await mailbox.next())}`);
    const fields = { password: NEW_PASSWORD, password2: NEW_PASSWORD };
    const answer = await browser.postForm("/reset_password", fields);
    assert.deepEqual([answer.status, answer.headers.get("location")], [303, "/login"]);
    assert.equal((await browser.getJson("/profile")).status, 401);
    const { text } = await browser.get("/login");
    assert.match(text, /Sign in with the new password/);
    assert.match(text, /value="ana"/);
  },
);

mailAppTest(
  "without an SMTP server the link can be copied from the file as it stands",
  async (app) => {
    await addPerson(app, "ana", VERIFIED);
    await forgot(app);
    while ((await jobsOf(app.services.db)).length > 0) await pause(20);
    const [file] = await Array.fromAsync(Deno.readDir(app.outbox));
    const text = await Deno.readTextFile(`${app.outbox}/${file!.name}`);
    const link = /^http:\/\/\S+\/reset_password\?token=([\w-]{43})\r?$/m.exec(text);
    assert.ok(link, text);
    assert.equal((await reset(app, link[1]!)).status, 200);
  },
  { environment: { SMTP_URL: "" } },
);

mailAppTest(
  "an admin sends a link for a new password, and never sees or sets one",
  async (app, mailbox) => {
    const ana = await addPerson(app, "ana", VERIFIED);
    const admin = await signedIn(app, await addAdmin(app));
    const page = await admin.get(`/edit_user?user_id=${ana.user_id}`);
    assert.match(page.text, /action="\/send_password_reset"/);
    assert.doesNotMatch(page.text, /type="password"/);
    const { user_id } = ana;
    assert.equal((await admin.sendJson("PUT", "/send_password_reset", { user_id })).status, 200);
    const letter = await mailbox.next();
    assert.equal(letter.to, EMAIL);
    assert.equal((await reset(app, tokenIn(letter))).status, 200);
    const { actor_name } = await app.services.db.selectFrom("audit_events").select("actor_name")
      .where("action", "=", "send_password_reset").executeTakeFirstOrThrow();
    assert.equal(actor_name, "admin");
  },
);
