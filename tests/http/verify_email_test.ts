import assert from "node:assert/strict";
import { hashToken } from "@/lib/crypto/token.ts";
import { register as registerUser } from "@/lib/domain/accounts/register.ts";
import { openLimits } from "@/lib/domain/limits.ts";
import { appTest, mailAppTest, serveApp, SETUP_TOKEN, type TestApp } from "@/tests/kit/app.ts";
import { createCheapPasswordHasher } from "@/tests/kit/cheap_passwords.ts";
import type { Fields } from "@/tests/kit/client.ts";
import { countHashes, countQueries } from "@/tests/kit/counting.ts";
import { databaseTest } from "@/tests/kit/databases.ts";
import { exhaust } from "@/tests/kit/limits.ts";
import { codeIn, openMailbox, tokenIn } from "@/tests/kit/mailbox.ts";
import { accountOf, addPerson, logIn, signedIn } from "@/tests/kit/people.ts";
import { GRACE, register } from "./registration.ts";

/** Sends JSON to the page that verifies addresses, from a fresh browser. */
const verify = (app: TestApp, fields: Fields) =>
  app.client().sendJson("POST", "/verify_email", fields);

/** Lets the pause between two e-mails to an address pass. */
const afterPause = ({ services }: TestApp) =>
  services.limits.letterPauses.giveBack(`verify_email ${GRACE.email}`);

mailAppTest(
  "where addresses are verified, a known one gets the same answer as an unknown one",
  async (app, mailbox) => {
    await addPerson(app, "ada", { email: "ada@example.org", email_verified_at: new Date() });
    const known = await register(app, { username: "grace1", email: "ada@example.org" });
    const letter = await mailbox.next();
    assert.equal(letter.to, "ada@example.org");
    assert.match(letter.text, /already has one/);
    const unknown = await register(app, { username: "grace2", email: "new@example.org" });
    assert.equal((await mailbox.next()).to, "new@example.org");
    assert.deepEqual([known.status, known.text], [unknown.status, unknown.text]);
    assert.equal(known.status, 201);
    assert.equal((await app.client().getJson("/email_exists?email=ada@example.org")).status, 401);
  },
);

mailAppTest("after registering, the page for the code knows the address", async (app) => {
  await addPerson(app, "ada", { email: "ada@example.org" });
  const people = { grace: "ada@example.org", joan: "new@example.org" };
  for (const [username, email] of Object.entries(people)) {
    const browser = app.client();
    const answer = await browser.postForm("/register", { ...GRACE, username, email });
    assert.deepEqual([answer.status, answer.headers.get("location")], [303, "/verify_email"]);
    const { text } = await browser.get("/verify_email");
    assert.match(text, /Almost done: confirm your address/);
    assert.ok(text.includes(`value="${email}"`), text);
  }
});

mailAppTest("a known address is not revealed, alone or among other errors", async (app) => {
  await addPerson(app, "ada", { email: "ada@example.org" });
  const fields = { username: "ada", password: "short1!", password2: "other" };
  const answers = [
    await register(app, { ...fields, email: "ada@example.org" }),
    await register(app, { ...fields, email: "new@example.org" }),
  ];
  assert.equal(answers[0]!.status, 422);
  const named = Object.keys(JSON.parse(answers[0]!.text).errors).sort();
  assert.deepEqual(named, ["password", "password2", "username"]);
  assert.equal(answers[0]!.text, answers[1]!.text);
});

mailAppTest(
  "the link verifies the address, however often it is fetched before",
  async (app, mailbox) => {
    await register(app);
    const token = tokenIn(await mailbox.next());
    const rows = await app.services.db.selectFrom("one_time_tokens").selectAll().execute();
    assert.deepEqual(rows.map((row) => row.token_hash), [hashToken(token)]);
    const browser = app.client();
    // Mail scanners open links.
    for (const method of ["GET", "HEAD", "GET", "HEAD", "GET"]) {
      assert.equal((await browser.send(`/verify_email?token=${token}`, { method })).status, 303);
    }
    assert.match((await browser.get("/verify_email")).text, /Press the button/);
    assert.equal((await browser.postForm("/verify_email", {})).status, 303);
    assert.equal((await verify(app, { token })).status, 404);
    assert.equal((await logIn(app.client(), "grace")).status, 200);
  },
);

mailAppTest(
  "the code verifies the address as people type it, and ends the link",
  async (app, mailbox) => {
    await register(app);
    const letter = await mailbox.next();
    const typed = codeIn(letter).toLowerCase().replace("-", " ");
    assert.equal((await verify(app, { email: "GRACE@example.org", code: typed })).status, 200);
    assert.equal((await verify(app, { token: tokenIn(letter) })).status, 404);
    assert.equal((await logIn(app.client(), "grace")).status, 200);
  },
);

mailAppTest("the link ends the code", async (app, mailbox) => {
  await register(app);
  const letter = await mailbox.next();
  assert.equal((await verify(app, { token: tokenIn(letter) })).status, 200);
  assert.equal((await verify(app, { email: GRACE.email, code: codeIn(letter) })).status, 422);
});

mailAppTest("after three wrong codes the right one is refused, too", async (app, mailbox) => {
  await register(app);
  const letter = await mailbox.next();
  const code = codeIn(letter);
  for (const wrong of ["22222222", "", "3333-3333", "44444444"]) {
    const answer = await verify(app, { email: GRACE.email, code: wrong });
    assert.equal(answer.status, 422);
  }
  const refused = await verify(app, { email: GRACE.email, code });
  assert.equal(refused.status, 422);
  assert.match(JSON.parse(refused.text).detail, /you need a new one/);
  assert.equal((await verify(app, { token: tokenIn(letter) })).status, 200, "the link works");
});

mailAppTest("20 wrong codes at the same time count as three", async (app, mailbox) => {
  await register(app);
  const code = codeIn(await mailbox.next());
  const guess = { email: GRACE.email, code: "22222222" };
  const tries = Array.from({ length: 20 }, () => verify(app, guess));
  assert.ok((await Promise.all(tries)).every(({ status }) => status === 422));
  const { db } = app.services;
  const { tries: counted } = await db.selectFrom("one_time_tokens").select("tries")
    .executeTakeFirstOrThrow();
  assert.equal(counted, 3);
  assert.equal((await verify(app, { email: GRACE.email, code })).status, 422);
}, { everyDatabase: true });

mailAppTest("an expired code is refused while its link still works", async (app, mailbox) => {
  await register(app);
  const letter = await mailbox.next();
  await app.services.db.updateTable("one_time_tokens")
    .set({ code_expires_at: new Date(Date.now() - 1_000) }).execute();
  assert.equal((await verify(app, { email: GRACE.email, code: codeIn(letter) })).status, 422);
  assert.equal((await verify(app, { token: tokenIn(letter) })).status, 200);
});

mailAppTest("the code of one address does not verify another one", async (app, mailbox) => {
  await register(app);
  const code = codeIn(await mailbox.next());
  await register(app, { username: "joan", email: "joan@example.org" });
  await mailbox.next();
  for (const email of ["joan@example.org", "nobody@example.org"]) {
    assert.equal((await verify(app, { email, code })).status, 422);
  }
});

mailAppTest(
  "of two links asked for one after the other only the newer works",
  async (app, mailbox) => {
    await register(app);
    const first = await mailbox.next();
    await afterPause(app);
    assert.equal((await verify(app, { email: GRACE.email, send_again: "1" })).status, 200);
    const second = await mailbox.next();
    assert.equal((await verify(app, { token: tokenIn(first) })).status, 404);
    assert.equal((await verify(app, { token: tokenIn(second) })).status, 200);
  },
);

mailAppTest(
  "a sign-in that waits for the address sends another link, a minute apart",
  async (app, mailbox) => {
    await register(app);
    const first = await mailbox.next();
    assert.equal((await logIn(app.client(), "grace", "wrong password")).status, 401);
    // Within a minute the first e-mail may still be on its way, so there is no second one.
    assert.equal((await logIn(app.client(), "grace")).status, 401);
    await afterPause(app);
    assert.equal((await logIn(app.client(), "grace")).status, 401);
    const second = await mailbox.next();
    assert.notEqual(tokenIn(second), tokenIn(first));
    assert.equal((await verify(app, { token: tokenIn(second) })).status, 200);
  },
);

mailAppTest("asking again within a minute is refused alike for every address", async (app) => {
  const people = {
    verified: { email_verified_at: new Date() },
    waiting: {},
    suspended: { status: "suspended" },
  } as const;
  for (const [name, options] of Object.entries(people)) await addPerson(app, name, options);
  const answers = [];
  for (const name of [...Object.keys(people), "nobody"]) {
    const again = { email: `${name}@example.org`, send_again: "1" };
    const [first, second] = [await verify(app, again), await verify(app, again)];
    answers.push([first.status, first.text, second.status, second.headers.get("retry-after")]);
    assert.deepEqual([first.status, second.status], [200, 429]);
  }
  assert.equal(new Set(answers.map((answer) => JSON.stringify(answer))).size, 1);
});

mailAppTest("a client cannot have links sent to any number of addresses", async (app) => {
  const { letterRequests } = app.services.limits;
  await exhaust(letterRequests, "127.0.0.1");
  await letterRequests.giveBack("127.0.0.1");
  const again = (email: string) => verify(app, { email, send_again: "1" });
  assert.equal((await again("first@example.org")).status, 200);
  const second = await again("second@example.org");
  assert.equal(second.status, 429);
  assert.match(second.headers.get("retry-after") ?? "", /^[1-9]\d*$/);
  const forgotten = { email: "third@example.org" };
  assert.equal((await app.client().sendJson("POST", "/forgot_password", forgotten)).status, 429);
});

mailAppTest(
  "a link opened in a browser of somebody else says whose address it was",
  async (app, mailbox) => {
    const bo = await addPerson(app, "bo", { email_verified_at: new Date() });
    const browser = await signedIn(app, bo);
    await register(app);
    const token = tokenIn(await mailbox.next());
    const answer = await browser.postForm("/verify_email", { token });
    assert.deepEqual([answer.status, answer.headers.get("location")], [303, "/profile"]);
    const { text } = await browser.get("/profile");
    assert.match(text, /The address of grace is confirmed/);
    assert.match(text, /bo@example\.org/, "Bo stays Bo");
  },
);

mailAppTest(
  "an account that somebody else made with your address is yours once you prove it",
  async (app, mailbox) => {
    const theirs = "a stranger chose this one";
    await register(app, { password: theirs, password2: theirs });
    await mailbox.next();
    await afterPause(app);
    await register(app, { username: "grace2" });
    const letter = await mailbox.next();
    assert.equal((await verify(app, { token: tokenIn(letter) })).status, 200);
    assert.equal((await logIn(app.client(), GRACE.email, theirs)).status, 401);
    assert.equal((await logIn(app.client(), GRACE.email)).status, 200);
  },
);

databaseTest(
  "where addresses are verified, a known one causes the same work before the answer",
  async (database) => {
    await using mailbox = openMailbox();
    const environment = { SMTP_URL: mailbox.url, MAIL_FROM: "roster@example.org" };
    const counted = countQueries(database.db);
    const hashes = countHashes(createCheapPasswordHasher());
    const adapt = () => ({
      db: counted.db,
      passwords: hashes.passwords,
      limits: openLimits(counted.db),
    });
    await using app = await serveApp(database, { environment, adapt });
    await addPerson(app, "ada", { email: "ada@example.org" });
    const { services } = app;
    const source = { requestId: "", ip: "::1", userAgent: "" };
    const actor = { kind: "anonymous", source } as const;
    const workFor = async (fields: { username: string; email: string }) => {
      const before = await counted.count();
      hashes.take();
      // Hooks and e-mails begin after the last statement that the answer waits for.
      const jobs = { ...services.jobs, wake() {}, runOf: () => Promise.resolve() };
      const value = { ...GRACE, ...fields };
      const outcome = await registerUser({ ...services, jobs }, actor, { ok: true, value }, {
        session: "none",
        visitor: "person",
      });
      assert.deepEqual(outcome, { ok: true, value: { verification: "required", ...fields } });
      return { statements: await counted.count() - before, hashes: hashes.take() };
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

mailAppTest("during a lock the right password is answered like any other", async (app) => {
  const locked_until = new Date(Date.now() + 3_600_000);
  await addPerson(app, "grace", { locked_until, failed_logins: 5 });
  const [right, wrong] = [
    await logIn(app.client(), "grace"),
    await logIn(app.client(), "grace", "wrong password"),
  ];
  assert.deepEqual([right.status, right.text], [wrong.status, wrong.text]);
});

mailAppTest(
  "strangers can neither fill a mailbox nor choose what it receives",
  async (app, mailbox) => {
    const email = "victim@example.org";
    await register(app, { username: "www.evil.example", email });
    const first = await mailbox.next();
    assert.doesNotMatch(first.text, /evil/);
    await exhaust(app.services.limits.letters, email);
    for (const attempt of [1, 2]) {
      const fields = { username: `grace${attempt}`, email: "Victim@example.org" };
      assert.equal((await register(app, fields)).status, 201);
      assert.equal((await logIn(app.client(), "www.evil.example")).status, 401);
    }
    assert.equal((await register(app, { username: "ada", email: "ada@example.org" })).status, 201);
    assert.equal((await mailbox.next()).to, "ada@example.org");
    // The link in the mailbox still works.
    const user = await app.services.db.selectFrom("users").select("id as user_id")
      .select(["username", "email"]).where("email", "=", email).executeTakeFirstOrThrow();
    assert.equal((await verify(app, { token: tokenIn(first) })).status, 200);
    assert.ok((await accountOf(app, user)).email_verified_at);
  },
);

appTest("the token of a mailed link leaves the address for a cookie of that page", async (app) => {
  for (const [path, name] of [["/verify_email", "verify"], ["/reset_password", "reset"]] as const) {
    const browser = app.client();
    const { status, headers } = await browser.get(`${path}?token=secret`);
    assert.deepEqual([status, headers.get("location")], [303, path]);
    assert.equal(headers.get("referrer-policy"), "no-referrer");
    assert.deepEqual(headers.getSetCookie(), [
      `roster_${name}=secret; Max-Age=3600; Path=${path}; HttpOnly; SameSite=Lax`,
    ]);
    const { text } = await browser.get(path);
    assert.ok(text.includes(`action="${path}"`));
    assert.doesNotMatch(text, /secret/);
  }
});

appTest("without the cookie the page of a reset link says what to do", async (app) => {
  const { text } = await app.client().get("/reset_password");
  assert.match(text, /Open the link in your e-mail again/);
  assert.doesNotMatch(text, /<form[^>]*action="\/reset_password"/);
});

appTest("over https the cookie of a link goes to its page and to no other host", async (app) => {
  const pages = [
    ["/verify_email", "verify"],
    ["/reset_password", "reset"],
    ["/setup", "setup"],
  ] as const;
  for (const [path, name] of pages) {
    const token = name === "setup" ? SETUP_TOKEN : "secret";
    const [cookie] = (await app.client().get(`${path}?token=${token}`)).headers.getSetCookie();
    assert.equal(
      cookie,
      `__Secure-roster_${name}=${token}; Max-Age=3600; Path=${path}; HttpOnly; Secure; SameSite=Lax`,
    );
  }
}, { environment: { APP_URL: "https://people.example.com" } });
