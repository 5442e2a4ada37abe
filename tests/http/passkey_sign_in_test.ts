import assert from "node:assert/strict";
import { sql } from "kysely";
import { maintain } from "@/lib/domain/operation/maintenance.ts";
import { deleteUser } from "@/lib/domain/users/delete_user.ts";
import { updateStatus } from "@/lib/domain/users/update_status.ts";
import { appTest, mailAppTest, type TestApp } from "@/tests/kit/app.ts";
import type { TestClient } from "@/tests/kit/client.ts";
import { addPerson, logIn, type Person } from "@/tests/kit/people.ts";
import { turnOn } from "@/tests/kit/second_factor.ts";
import {
  addPasskey,
  ask,
  type Deviation,
  FLAGS,
  type OwnedPasskey,
  signInWith,
  SoftPasskey,
} from "@/tests/kit/soft_passkey.ts";

const TASK = { kind: "task", name: "test" } as const;

/** Everything in the tables that a sign-in changes, once the e-mails about earlier changes are sent. */
async function rowsOf({ services: { db, jobs } }: TestApp): Promise<unknown> {
  await jobs.drain("letter");
  return await Promise.all(
    ["users", "passkeys", "sessions", "devices", "one_time_tokens", "audit_events", "jobs"].map(
      async (table) => (await sql`select * from ${sql.table(table)} order by 1`.execute(db)).rows,
    ),
  );
}

const isSignedIn = async (browser: TestClient) =>
  (await browser.getJson("/profile")).status === 200;

appTest("a passkey signs in without a name, and no second factor is asked for", async (app) => {
  const ana = await addPerson(app, "ana");
  const { browser } = await turnOn(app, ana);
  const { passkey } = await addPasskey(app, ana, browser);
  const other = app.client();
  const answer = await signInWith(other, passkey);
  assert.equal(answer.status, 200, answer.text);
  assert.equal(JSON.parse(answer.text).user_id, ana.user_id);
  assert.equal(await isSignedIn(other), true);
  const { db } = app.services;
  const session = await db.selectFrom("sessions").select("proven_by").orderBy("id", "desc")
    .executeTakeFirstOrThrow();
  assert.equal(session.proven_by, "passkey");
  const { last_login_at } = await db.selectFrom("users").select("last_login_at")
    .executeTakeFirstOrThrow();
  assert.ok(last_login_at);
});

appTest("signing in with a passkey ends the previous session of the browser", async (app) => {
  const { passkey, browser } = await addPasskey(app, await addPerson(app, "ana"));
  const [name, old] = [...browser.cookies()].find(([name]) => name.endsWith("_session"))!;
  assert.equal((await signInWith(browser, passkey)).status, 200);
  const thief = app.client();
  thief.keep(`${name}=${old}`);
  assert.equal(await isSignedIn(thief), false);
  assert.equal(await isSignedIn(browser), true);
});

appTest("a form that signs in with a passkey leads on, to this site only", async (app) => {
  const { passkey } = await addPasskey(app, await addPerson(app, "ana"));
  for (const [next, place] of [["/security", "/security"], ["//evil.example", "/profile"]]) {
    const browser = app.client();
    const credential = passkey.use(await ask(browser, "/passkey_login"));
    const answer = await browser.postForm("/passkey_login", { credential, next: next! });
    assert.deepEqual([answer.status, answer.headers.get("location")], [303, place]);
  }
});

/** Answers that differ in one thing from what was asked for. */
const DEVIATIONS: Readonly<Record<string, Deviation>> = {
  "whose user was not verified": { without: FLAGS.verified },
  "whose user was not present": { without: FLAGS.present },
  "from another origin": { origin: "https://evil.example" },
  "from another port": { origin: "http://localhost:1" },
  "for another host": { rpId: "evil.example" },
  "of the type for new passkeys": { type: "webauthn.create" },
  "with a challenge of its own": { challenge: "A".repeat(43) },
  "whose counter has not grown": { counter: 2 },
  "for another user": { userHandle: "OTk5" },
  "without a user": { userHandle: undefined },
};

for (const [which, deviation] of Object.entries(DEVIATIONS)) {
  appTest(`an answer ${which} is refused, and no row changes`, async (app) => {
    const { passkey } = await addPasskey(app, await addPerson(app, "ana"));
    assert.equal((await signInWith(app.client(), passkey, { counter: 2 })).status, 200);
    const browser = app.client();
    const question = await ask(browser, "/passkey_login");
    const before = await rowsOf(app);
    const credential = passkey.use(question, { counter: 3, ...deviation });
    const answer = await browser.sendJson("POST", "/passkey_login", { credential });
    assert.equal(answer.status, 401, answer.text);
    assert.match(JSON.parse(answer.text).detail, /passkey was not accepted/);
    assert.deepEqual(await rowsOf(app), before);
    assert.equal(await isSignedIn(browser), false);
    const right = passkey.use(question, { counter: 3 });
    const { status } = await browser.sendJson("POST", "/passkey_login", { credential: right });
    assert.equal(status, 200, "and the right answer is taken");
  });
}

/** Challenges that are not those of a sign-in in this browser, and how an answer gets them. */
const CHALLENGES: Readonly<
  Record<string, (app: TestApp, owned: OwnedPasskey, browser: TestClient) => Promise<string>>
> = {
  "that was used": async (_, { passkey }, browser) => {
    const credential = passkey.use(await ask(browser, "/passkey_login"));
    const cookies = [...browser.cookies()];
    assert.equal((await browser.sendJson("POST", "/passkey_login", { credential })).status, 200);
    assert.equal((await browser.sendJson("POST", "/logout", {})).status, 200);
    for (const [name, value] of cookies) browser.keep(`${name}=${value}`);
    return credential;
  },
  "of another browser": async (app, { passkey }) =>
    passkey.use(await ask(app.client(), "/passkey_login")),
  "that is five minutes old": async (app, { passkey }, browser) => {
    const credential = passkey.use(await ask(browser, "/passkey_login"));
    await app.services.db.updateTable("one_time_tokens")
      .set({ expires_at: new Date(Date.now() - 1) }).execute();
    return credential;
  },
  "for a new passkey": async (_, { passkey, browser: owner }) => {
    return passkey.use({ ...await ask(owner, "/passkeys"), rpId: "localhost" });
  },
  "of a step-up": async (_, { passkey, browser: owner }) =>
    passkey.use(await ask(owner, "/step_up")),
};

for (const [which, answerTo] of Object.entries(CHALLENGES)) {
  appTest(`a challenge ${which} signs nobody in, and no row changes`, async (app) => {
    const owned = await addPasskey(app, await addPerson(app, "ana"));
    const browser = app.client();
    await ask(browser, "/passkey_login");
    const credential = await answerTo(app, owned, browser);
    const before = await rowsOf(app);
    const answer = await browser.sendJson("POST", "/passkey_login", { credential });
    assert.equal(answer.status, 401, answer.text);
    assert.deepEqual(await rowsOf(app), before);
  });
}

appTest("challenges live for five minutes, and maintenance removes them", async (app) => {
  const from = Date.now();
  await ask(app.client(), "/passkey_login");
  const { db } = app.services;
  const { expires_at } = await db.selectFrom("one_time_tokens").select("expires_at")
    .executeTakeFirstOrThrow();
  const minutes = (expires_at.getTime() - from) / 60_000;
  assert.ok(minutes >= 5 && minutes < 5.5, `${minutes}`);
  await db.updateTable("one_time_tokens").set({ expires_at: new Date(Date.now() - 1) }).execute();
  await maintain(app.services);
  assert.deepEqual(await db.selectFrom("one_time_tokens").select("id").execute(), []);
});

appTest("one client asks for a hundred passkeys in ten minutes, and no row more", async (app) => {
  const browser = app.client();
  for (let i = 0; i < 100; i++) await ask(browser, "/passkey_login");
  const refused = await browser.sendJson("POST", "/passkey_login", {});
  assert.equal(refused.status, 429);
  assert.ok(Number(refused.headers.get("retry-after")) > 0);
  const rows = await app.services.db.selectFrom("one_time_tokens").select("id").execute();
  assert.equal(rows.length, 100);
});

appTest("of 20 answers with one challenge at the same time, one signs in", async (app) => {
  const { passkey } = await addPasskey(app, await addPerson(app, "ana"));
  for (let round = 0; round < 20; round++) {
    const browser = app.client();
    const credential = passkey.use(await ask(browser, "/passkey_login"));
    const answers = await Promise.all(
      Array.from({ length: 5 }, () => browser.sendJson("POST", "/passkey_login", { credential })),
    );
    const statuses = answers.map(({ status }) => status).sort();
    assert.deepEqual(statuses, [200, 401, 401, 401, 401]);
  }
});

appTest("a passkey that nobody has is refused like one that is wrong", async (app) => {
  const { passkey } = await addPasskey(app, await addPerson(app, "ana"));
  const stranger = new SoftPasskey("http://localhost");
  const answers = [
    await signInWith(app.client(), stranger, { userHandle: "MQ" }),
    await signInWith(app.client(), passkey, { without: FLAGS.verified }),
  ].map(({ status, text }) => [status, JSON.parse(text).detail]);
  assert.deepEqual(answers[0], answers[1]);
});

/** Users who may not sign in, whatever they use. */
const KEPT_OUT: Readonly<Record<string, (app: TestApp, ana: Person) => Promise<unknown>>> = {
  suspended: ({ services }, { user_id }) =>
    updateStatus(services, TASK, { user_id, status: "suspended" }),
  locked: ({ services: { db } }) =>
    db.updateTable("users").set({ locked_until: new Date(Date.now() + 60_000) }).execute(),
  deleted: ({ services }, { user_id }) => deleteUser(services, TASK, user_id),
};

for (const [state, keepOut] of Object.entries(KEPT_OUT)) {
  appTest(`the passkey of a ${state} user is refused like the password`, async (app) => {
    const ana = await addPerson(app, "ana");
    const { passkey } = await addPasskey(app, ana);
    await keepOut(app, ana);
    const browser = app.client();
    const answer = await signInWith(browser, passkey);
    assert.equal(answer.status, 401);
    assert.match(JSON.parse(answer.text).detail, /passkey was not accepted/);
    assert.equal((await logIn(app.client(), "ana")).status, 401);
    assert.equal(await isSignedIn(browser), false);
    const used = await app.services.db.selectFrom("passkeys").select("last_used_at").execute();
    assert.deepEqual(used.filter(({ last_used_at }) => last_used_at !== null), []);
  });
}

mailAppTest("the passkey of an unverified user sends the link again", async (app, mailbox) => {
  const ana = await addPerson(app, "ana", { email_verified_at: new Date() });
  const { passkey } = await addPasskey(app, ana);
  await app.services.db.updateTable("users").set({ email_verified_at: null }).execute();
  const answer = await signInWith(app.client(), passkey);
  assert.equal(answer.status, 401);
  assert.match(JSON.parse(answer.text).detail, /passkey was not accepted/);
  assert.match((await mailbox.next()).text, /passkey was added/i);
  const letter = await mailbox.next();
  assert.equal(letter.to, ana.email);
  assert.match(letter.text, /Confirm/);
});
