import assert from "node:assert/strict";
import { appTest } from "@/tests/kit/app.ts";
import { exhaust } from "@/tests/kit/limits.ts";
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
  await exhaust(app.services.limits.registrations, "127.0.0.1");
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
