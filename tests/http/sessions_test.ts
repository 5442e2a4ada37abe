import assert from "node:assert/strict";
import { sql } from "kysely";
import { purgeSessions } from "@/lib/domain/accounts/sessions.ts";
import { appTest, type TestApp } from "@/tests/kit/app.ts";
import type { TestClient } from "@/tests/kit/client.ts";
import { exhaust } from "@/tests/kit/limits.ts";
import { addPerson, logIn, PASSWORD, signedIn } from "@/tests/kit/people.ts";

const NEW_PASSWORD = "eleven orange turtles";

const statusOf = async (browser: TestClient) => (await browser.getJson("/profile")).status;

/** Makes sessions older. */
async function age(app: TestApp, column: "created_at" | "last_seen_at", minutes: number) {
  await app.services.db.updateTable("sessions")
    .set({ [column]: sql<Date>`now() - ${minutes} * interval '1 minute'` }).execute();
}

appTest("a session that was idle for too long is over", async (app) => {
  const browser = await signedIn(app, await addPerson(app, "grace"));
  await age(app, "last_seen_at", 29);
  assert.equal(await statusOf(browser), 200);
  await age(app, "last_seen_at", 31);
  assert.equal(await statusOf(browser), 401);
}, { environment: { SESSION_IDLE_MINUTES: "30" } });

appTest("a session that is used stays, until it is too old", async (app) => {
  const browser = await signedIn(app, await addPerson(app, "grace"));
  await age(app, "created_at", 10 * 60 - 1);
  await age(app, "last_seen_at", 119);
  assert.equal(await statusOf(browser), 200);
  const { last_seen_at } = await app.services.db.selectFrom("sessions").select("last_seen_at")
    .executeTakeFirstOrThrow();
  assert.ok(Date.now() - last_seen_at.getTime() < 60_000);
  await age(app, "created_at", 10 * 60 + 1);
  assert.equal(await statusOf(browser), 401);
}, { environment: { SESSION_MAX_HOURS: "10" } });

appTest("expired sessions are deleted", async (app) => {
  const person = await addPerson(app, "grace");
  await signedIn(app, person);
  await age(app, "last_seen_at", 121);
  await signedIn(app, person);
  await purgeSessions(app.services, 10);
  assert.equal((await app.services.db.selectFrom("sessions").select("id").execute()).length, 1);
});

appTest("an invalid token is nobody's", async (app) => {
  await signedIn(app, await addPerson(app, "grace"));
  const { token_hash } = await app.services.db.selectFrom("sessions").select("token_hash")
    .executeTakeFirstOrThrow();
  for (const token of ["", "x", token_hash, "%00", "a".repeat(4_000), "'; drop table users; --"]) {
    const browser = app.client();
    browser.keep(`roster_session=${token}`);
    assert.equal(await statusOf(browser), 401, token);
  }
});

appTest("a new password ends the other sessions and gives this one a new token", async (app) => {
  const person = await addPerson(app, "grace");
  const [browser, other] = [await signedIn(app, person), await signedIn(app, person)];
  const before = browser.cookies().get("roster_session");
  const answer = await browser.sendJson("POST", "/change_password", {
    current_password: PASSWORD,
    password: NEW_PASSWORD,
    password2: NEW_PASSWORD,
  });
  assert.equal(answer.status, 200, answer.text);
  assert.notEqual(browser.cookies().get("roster_session"), before);
  assert.deepEqual([await statusOf(browser), await statusOf(other)], [200, 401]);
  assert.equal((await logIn(app.client(), "grace")).status, 401);
  assert.equal((await logIn(app.client(), "grace", NEW_PASSWORD)).status, 200);
});

appTest("POST /change_password refuses bad input with 422 and changes nothing", async (app) => {
  const person = await addPerson(app, "grace");
  const browser = await signedIn(app, person);
  const good = {
    current_password: PASSWORD,
    password: NEW_PASSWORD,
    password2: NEW_PASSWORD,
  };
  const cases = [
    ["current_password", { current_password: "wrong password" }],
    ["current_password", { current_password: "" }],
    ["password", { password: "short", password2: "short" }],
    ["password", { password: "grace12345", password2: "grace12345" }],
    ["password", { password: PASSWORD, password2: PASSWORD }],
    ["password2", { password2: "eleven orange tortoises" }],
  ] as const;
  for (const [field, fields] of cases) {
    const answer = await browser.sendJson("POST", "/change_password", { ...good, ...fields });
    assert.equal(answer.status, 422, answer.text);
    assert.deepEqual(Object.keys(JSON.parse(answer.text).errors), [field]);
    const page = await browser.postForm("/change_password", { ...good, ...fields });
    assert.equal(page.status, 422);
    for (const value of Object.values({ ...good, ...fields })) {
      assert.ok(value === "" || !page.text.includes(`value="${value}"`));
    }
  }
  assert.equal((await logIn(app.client(), "grace")).status, 200);
});

const WRONG = "eleven orange tortoises";

appTest("everything that is wrong with a new password is said at once", async (app) => {
  const browser = await signedIn(app, await addPerson(app, "grace"));
  const cases = [
    [{ current_password: "wrong one", password: "short", password2: "" }, [
      "current_password",
      "password",
      "password2",
    ]],
    [{ current_password: "", password: "grace12345", password2: "x" }, [
      "current_password",
      "password",
      "password2",
    ]],
    [{ current_password: WRONG, password: WRONG, password2: WRONG }, [
      "current_password",
    ]],
  ] as const;
  for (const [fields, wrong] of cases) {
    const { status, text } = await browser.sendJson("POST", "/change_password", fields);
    assert.equal(status, 422);
    assert.deepEqual(Object.keys(JSON.parse(text).errors).sort(), wrong);
  }
}, { everyDatabase: true });

appTest(
  "wrong passwords of users who are signed in, and locks, are in the audit log",
  async (app) => {
    const person = await addPerson(app, "grace");
    const browser = await signedIn(app, person);
    const wrong = { current_password: "wrong", password: NEW_PASSWORD, password2: NEW_PASSWORD };
    assert.equal((await browser.sendJson("POST", "/change_password", wrong)).status, 422);
    const { user_id } = person;
    const change = { user_id, email: "new@example.org", current_password: "wrong" };
    assert.equal((await browser.sendJson("PUT", "/edit_user", change)).status, 422);
    for (let failures = 0; failures < app.services.settings.loginFailureLimit; failures++) {
      await logIn(app.client(), "grace", "wrong");
    }
    const events = await app.services.db.selectFrom("audit_events")
      .select(["action", "actor_name", "target_name", "details"])
      .where("action", "in", ["refuse_password", "sign_in_failed"]).orderBy("id").execute();
    const refusal = {
      action: "refuse_password",
      actor_name: "grace",
      target_name: "grace",
      details: {},
    };
    assert.deepEqual(events.slice(0, 2), [refusal, refusal]);
    const locks = events.filter(({ details }) => "locked_until" in Object(details));
    assert.deepEqual(locks, events.slice(-1));
  },
);

appTest("a stolen session cannot be used to guess the password", async (app) => {
  const browser = await signedIn(app, await addPerson(app, "grace"));
  const guess = () =>
    browser.sendJson("POST", "/change_password", {
      current_password: "wrong password",
      password: NEW_PASSWORD,
      password2: NEW_PASSWORD,
    });
  const statuses: number[] = [];
  for (let attempt = 0; attempt < 12; attempt++) statuses.push((await guess()).status);
  assert.deepEqual(statuses, [...Array<number>(10).fill(422), 429, 429]);
});

appTest(
  "scoring new passwords is limited, because it takes the server's time",
  async (app) => {
    const person = await addPerson(app, "grace");
    const browser = await signedIn(app, person);
    const { newPasswords } = app.services.limits;
    await exhaust(newPasswords, String(person.user_id));
    await newPasswords.giveBack(String(person.user_id));
    const statuses: number[] = [];
    for (let attempt = 0; attempt < 2; attempt++) {
      const weak = { password: "grace12345", password2: "grace12345" };
      const fields = { current_password: PASSWORD, ...weak };
      statuses.push((await browser.sendJson("POST", "/change_password", fields)).status);
    }
    assert.deepEqual(statuses, [422, 429]);
  },
);

appTest("of two simultaneous password changes, one is made", async (app) => {
  const person = await addPerson(app, "grace");
  const browsers = [await signedIn(app, person), await signedIn(app, person)];
  const answers = await Promise.all(browsers.map((browser, index) => {
    const password = `${NEW_PASSWORD} ${index}`;
    return browser.sendJson("POST", "/change_password", {
      current_password: PASSWORD,
      password,
      password2: password,
    });
  }));
  assert.equal(answers.filter(({ status }) => status === 200).length, 1);
}, { everyDatabase: true });

appTest("a request has the user's current role", async (app) => {
  const person = await addPerson(app, "grace", { role: "admin" });
  const browser = await signedIn(app, person);
  assert.equal((await browser.getJson("/user_list")).status, 200);
  await app.services.db.updateTable("users").set({ role: "user" }).execute();
  assert.equal((await browser.getJson("/user_list")).status, 403);
});
