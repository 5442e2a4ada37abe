import assert from "node:assert/strict";
import { createPasswordHasher } from "@/lib/crypto/password_hasher.ts";
import { hashToken } from "@/lib/crypto/token.ts";
import { register as registerUser } from "@/lib/domain/accounts/register.ts";
import { appTest, serveApp, type TestApp } from "@/tests/kit/app.ts";
import { countHashes, countQueries } from "@/tests/kit/counting.ts";
import { databaseTest } from "@/tests/kit/databases.ts";
import { type Letter, type Mailbox, openMailbox } from "@/tests/kit/mailbox.ts";
import { addPerson, logIn, signedIn } from "@/tests/kit/people.ts";
import { GRACE, register, usersOf } from "./registration.ts";

appTest("POST /register makes a user with a profile, who can sign in", async (app) => {
  const answer = await register(app);
  assert.equal(answer.status, 201);
  assert.deepEqual(Object.keys(JSON.parse(answer.text)), ["message"]);
  const [user] = await usersOf(app);
  assert.deepEqual([user?.username, user?.role, user?.status], ["grace", "user", "active"]);
  assert.match(user!.password_hash, /^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
  const profiles = await app.services.db.selectFrom("user_profiles").selectAll().execute();
  assert.deepEqual(profiles.map(({ user_id, email }) => [user_id, email]), [[
    user!.id,
    GRACE.email,
  ]]);
  assert.equal((await logIn(app.client(), "grace")).status, 200);
}, { pooled: true });

appTest("a browser's form signs the newcomer in, and the next page says so", async (app) => {
  const browser = app.client();
  const answer = await browser.postForm("/register", GRACE);
  assert.deepEqual([answer.status, answer.headers.get("location")], [303, "/profile"]);
  assert.match(
    (await browser.get("/profile")).text,
    /Your account is ready, and you are signed in/,
  );
  assert.doesNotMatch((await browser.get("/profile")).text, /Your account is ready/);
  const [user] = await usersOf(app);
  assert.ok(user?.last_login_at);
  const events = await app.services.db.selectFrom("audit_events").select("action").orderBy("id")
    .execute();
  assert.deepEqual(events.map(({ action }) => action), ["register", "sign_in"]);
});

appTest("registering starts a session only in a signed-out browser", async (app) => {
  const script = app.client();
  await script.sendJson("POST", "/register", GRACE);
  assert.deepEqual([...script.cookies()], []);
  const browser = await signedIn(app, await addPerson(app, "ada"));
  const before = browser.cookies().get("roster_session");
  const joan = { ...GRACE, username: "joan", email: "joan@example.org" };
  assert.equal((await browser.postForm("/register", joan)).status, 303);
  assert.equal(browser.cookies().get("roster_session"), before);
  assert.match((await browser.get("/profile")).text, /ada/);
});

appTest("nobody can register where registration is closed", async (app) => {
  const answer = await register(app);
  assert.equal(answer.status, 403);
  assert.equal((await app.client().postForm("/register", GRACE)).status, 403);
  const page = await app.client().get("/register");
  assert.match(page.text, /Nobody can register here/);
  assert.doesNotMatch(page.text, /<form[^>]*action="\/register"/);
  assert.deepEqual(await usersOf(app), []);
  assert.doesNotMatch((await app.client().get("/login")).text, /href="\/register"/);
}, { environment: { REGISTRATION: "closed" } });

appTest("a client that registers too often is told when to come back", async (app) => {
  const { registrations } = app.services.limits;
  for (let taken = 0; taken < 300; taken++) registrations.take("127.0.0.1");
  const script = await register(app);
  const form = await app.client().postForm("/register", GRACE);
  for (const { status, headers, text } of [script, form]) {
    assert.equal(status, 429);
    assert.match(headers.get("retry-after") ?? "", /^[1-9]\d*$/);
    assert.match(text, /Too many requests, wait a moment/);
  }
  assert.match(form.text, /value="grace"/, "what was typed is not lost");
  assert.deepEqual(await usersOf(app), []);
});

/** Registers a test of an application that sends e-mails and requires verified addresses. */
function verifyingTest(name: string, fn: (app: TestApp, mailbox: Mailbox) => Promise<void>): void {
  databaseTest(name, async (database) => {
    await using mailbox = openMailbox();
    const environment = { SMTP_URL: mailbox.url, MAIL_FROM: "roster@example.org" };
    await using app = await serveApp(database, { environment });
    await fn(app, mailbox);
  });
}

verifyingTest(
  "where addresses are verified, a known one gets the same answer as an unknown one",
  async (app, mailbox) => {
    await addPerson(app, "ada", { email: "ada@example.org" });
    const known = await register(app, { username: "grace1", email: "ada@example.org" });
    assert.equal((await mailbox.next()).to, "ada@example.org");
    const unknown = await register(app, { username: "grace2", email: "new@example.org" });
    assert.equal((await mailbox.next()).to, "new@example.org");
    assert.deepEqual([known.status, known.text], [unknown.status, unknown.text]);
    assert.equal(known.status, 201);
    assert.equal((await app.client().getJson("/email_exists?email=ada@example.org")).status, 401);
  },
);

verifyingTest("the sign-in page knows the name that was registered, taken or not", async (app) => {
  await addPerson(app, "ada", { email: "ada@example.org" });
  const answers = [];
  for (const email of ["ada@example.org", "new@example.org"]) {
    const browser = app.client();
    const answer = await browser.postForm("/register", { ...GRACE, email });
    assert.deepEqual([answer.status, answer.headers.get("location")], [303, "/login"]);
    const { text } = await browser.get("/login");
    assert.match(text, /Almost done: open the link/);
    assert.match(text, /<input[^>]*name="username"[^>]*value="grace"/);
    assert.doesNotMatch((await browser.get("/login")).text, /value="grace"/);
    answers.push(text);
  }
  assert.equal(answers[0], answers[1]);
});

verifyingTest("a known address is not revealed, alone or among other errors", async (app) => {
  await addPerson(app, "ada", { email: "ada@example.org" });
  const fields = { username: "ada", password: "short1!", password2: "other" };
  const answers = [
    await register(app, { ...fields, email: "ada@example.org" }),
    await register(app, { ...fields, email: "new@example.org" }),
  ];
  assert.equal(answers[0]!.status, 422);
  assert.deepEqual(Object.keys(JSON.parse(answers[0]!.text).errors).sort(), [
    "password",
    "password2",
    "username",
  ]);
  assert.equal(answers[0]!.text, answers[1]!.text);
});

verifyingTest("the link in the e-mail verifies the address, once", async (app, mailbox) => {
  await register(app);
  const [, token = ""] = /verify_email\?token=([\w-]+)/.exec((await mailbox.next()).text) ?? [];
  const rows = await app.services.db.selectFrom("email_tokens").selectAll().execute();
  assert.deepEqual(rows.map((row) => row.token_hash), [hashToken(token)]);
  const browser = app.client();
  // Mail scanners open links.
  assert.equal((await browser.get(`/verify_email?token=${token}`)).status, 303);
  assert.equal((await browser.get("/verify_email")).status, 200);
  assert.equal((await browser.postForm("/verify_email", {})).status, 303);
  assert.equal((await browser.postForm("/verify_email", { token })).status, 404);
  assert.equal((await logIn(app.client(), "grace")).status, 200);
});

verifyingTest(
  "the link of a slow e-mail works after a sign-in has sent another",
  async (app, mailbox) => {
    await register(app);
    const first = await mailbox.next();
    assert.equal((await logIn(app.client(), "grace", "wrong password")).status, 401);
    // Within a minute the first e-mail may still be on its way, so there is no second one.
    assert.equal((await logIn(app.client(), "grace")).status, 403);
    const { db } = app.services;
    const count = async () =>
      (await db.selectFrom("email_tokens").select("user_id").execute()).length;
    assert.equal(await count(), 1);
    await db.updateTable("email_tokens").set({ created_at: new Date(Date.now() - 61_000) })
      .execute();
    assert.equal((await logIn(app.client(), "grace")).status, 403);
    const second = await mailbox.next();
    assert.notEqual(second.text, first.text);
    assert.deepEqual(await db.selectFrom("sessions").selectAll().execute(), []);
    const [oldToken, newToken] = [tokenIn(first), tokenIn(second)];
    const browser = app.client();
    assert.equal((await browser.postForm("/verify_email", { token: oldToken })).status, 303);
    assert.equal((await browser.postForm("/verify_email", { token: newToken })).status, 404);
    assert.equal(await count(), 0);
  },
);

function tokenIn({ text }: Letter): string {
  return /verify_email\?token=([\w-]+)/.exec(text)?.[1] ?? "";
}

databaseTest(
  "where addresses are verified, a known one causes the same work before the answer",
  async (database) => {
    await using mailbox = openMailbox();
    const environment = { SMTP_URL: mailbox.url, MAIL_FROM: "roster@example.org" };
    const counted = countQueries(database.db);
    const hashes = countHashes(createPasswordHasher());
    const adapt = () => ({ db: counted.db, passwords: hashes.passwords });
    await using app = await serveApp(database, { environment, adapt });
    await addPerson(app, "ada", { email: "ada@example.org" });
    const { services } = app;
    const actor = {
      kind: "anonymous",
      source: { requestId: "", ip: "::1", userAgent: "" },
    } as const;
    const workFor = async (fields: { username: string; email: string }) => {
      // Jobs and letters begin after the last statement that the answer waits for.
      const before = counted.count();
      hashes.take();
      const statements = Promise.withResolvers<number>();
      const jobs = {
        ...services.jobs,
        runOf: async () => statements.resolve(await counted.count() - before),
      };
      const mail = { ...services.mail, send: () => jobs.runOf() };
      const value = { ...GRACE, ...fields };
      const form = { ok: true, value } as const;
      const outcome = await registerUser({ ...services, jobs, mail }, actor, form, "none");
      assert.deepEqual(outcome, {
        ok: true,
        value: { verification: "required", username: fields.username },
      });
      return { statements: await statements.promise, hashes: hashes.take() };
    };
    const known = await workFor({ username: "grace1", email: "ADA@example.org" });
    const unknown = await workFor({ username: "grace2", email: "new@example.org" });
    assert.deepEqual(known, unknown);
    assert.ok(known.statements > 0);
    // A taken name is reported whether or not the address is known.
    for (const email of ["ada@example.org", "newer@example.org"]) {
      const taken = await register(app, { username: "Ada", email });
      assert.equal(taken.status, 409);
      assert.deepEqual(Object.keys(JSON.parse(taken.text).errors), ["username"]);
    }
  },
);

verifyingTest("during a lock the right password is answered like any other", async (app) => {
  const locked_until = new Date(Date.now() + 3_600_000);
  await addPerson(app, "grace", { locked_until, failed_logins: 5 });
  const [right, wrong] = [
    await logIn(app.client(), "grace"),
    await logIn(app.client(), "grace", "wrong password"),
  ];
  assert.deepEqual([right.status, right.text], [wrong.status, wrong.text]);
});

verifyingTest(
  "strangers can neither fill a mailbox nor choose what it receives",
  async (app, mailbox) => {
    const email = "victim@example.org";
    await register(app, { username: "www.evil.example", email });
    const first = await mailbox.next();
    assert.doesNotMatch(first.text, /evil/);
    const [, token = ""] = /verify_email\?token=([\w-]+)/.exec(first.text) ?? [];
    const { letters } = app.services.limits;
    while (letters.tryTake(email));
    for (const attempt of [1, 2]) {
      const again = await register(app, {
        username: `grace${attempt}`,
        email: "Victim@example.org",
      });
      assert.equal(again.status, 201);
      assert.equal((await logIn(app.client(), "www.evil.example")).status, 403);
    }
    assert.equal((await register(app, { username: "ada", email: "ada@example.org" })).status, 201);
    assert.equal((await mailbox.next()).to, "ada@example.org");
    // The link in the mailbox still works.
    assert.equal((await app.client().postForm("/verify_email", { token })).status, 303);
  },
);
