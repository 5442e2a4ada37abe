/** Browsers in which no code is asked for. */
import assert from "node:assert/strict";
import { sql } from "kysely";
import type { TrustedBrowserView } from "@/lib/shared/views.ts";
import { appTest, type TestApp } from "@/tests/kit/app.ts";
import type { TestClient } from "@/tests/kit/client.ts";
import { addAdmin, addPerson, logIn, PASSWORD, type Person, signedIn } from "@/tests/kit/people.ts";
import {
  afterPassword,
  codeOf,
  forgetSteps,
  type OwnedFactor,
  turnOn,
} from "@/tests/kit/second_factor.ts";

const NEW_PASSWORD = "twelve green lanterns";

/** A user with a second factor, and a browser that they trust. */
async function trusting(app: TestApp, person: Person) {
  const factor = await turnOn(app, person);
  const browser = await afterPassword(app, person);
  const code = await codeOf(factor.secret);
  const answer = await browser.sendJson("POST", "/two_factor", { code, trust: "1" });
  assert.equal(answer.status, 200, answer.text);
  await forgetSteps(app);
  return { factor, browser };
}

async function signOut(browser: TestClient): Promise<void> {
  await browser.sendJson("POST", "/logout", {});
}

async function trustedIn(browser: TestClient): Promise<TrustedBrowserView[]> {
  return JSON.parse((await browser.getJson("/security")).text).trusted_browsers;
}

appTest("a code is asked for in each browser unless the user says otherwise", async (app) => {
  const person = await addPerson(app, "ana");
  const { secret } = await turnOn(app, person);
  const browser = await afterPassword(app, person);
  const { text } = await browser.get("/two_factor");
  assert.match(text, /Do not ask for a code in this browser for 14 days/);
  assert.doesNotMatch(text, /<input[^>]*name="trust"[^>]* checked/);
  const code = await codeOf(secret);
  assert.equal((await browser.postForm("/two_factor", { code })).status, 303);
  await signOut(browser);
  assert.equal((await logIn(browser, "ana")).status, 202);
  assert.deepEqual(await trustedIn(await signedIn(app, person)), []);
});

appTest("in a trusted browser the right password is enough for 14 days", async (app) => {
  const person = await addPerson(app, "ana");
  const { browser } = await trusting(app, person);
  const passDays = (days: number) =>
    app.services.db.updateTable("devices")
      .set({ trusted_until: sql<Date>`trusted_until - ${days}::int * interval '1 day'` }).execute();
  await signOut(browser);
  assert.equal((await logIn(browser, "ana", "wrong password")).status, 401);
  assert.equal((await logIn(app.client(), "ana")).status, 202, "another browser");
  assert.equal((await logIn(browser, "ana")).status, 200);
  await signOut(browser);
  await passDays(13);
  assert.equal((await logIn(browser, "ana")).status, 200);
  await signOut(browser);
  await passDays(1);
  assert.equal((await logIn(browser, "ana")).status, 202);
});

appTest("trust is of one user, not of all who use the browser", async (app) => {
  const { browser } = await trusting(app, await addPerson(app, "ana"));
  await turnOn(app, await addPerson(app, "bo"));
  await signOut(browser);
  assert.equal((await logIn(browser, "bo")).status, 202);
  assert.equal((await logIn(browser, "ana")).status, 200);
});

appTest("a sign-in by trust is no proof for changes", async (app) => {
  const { factor, browser } = await trusting(app, await addPerson(app, "ana"));
  await signOut(browser);
  assert.equal((await logIn(browser, "ana")).status, 200);
  assert.equal((await browser.getJson("/turn_off_two_factor")).status, 403);
  assert.equal((await browser.sendJson("POST", "/turn_off_two_factor", {})).status, 403);
  assert.equal((await browser.sendJson("POST", "/step_up", { password: PASSWORD })).status, 422);
  const code = await codeOf(factor.secret);
  assert.equal((await browser.sendJson("POST", "/step_up", { code })).status, 200);
  assert.equal((await browser.sendJson("POST", "/turn_off_two_factor", {})).status, 200);
});

/** What ends the trust in browsers. It is done in the browser of the setup. */
const ENDS: Readonly<
  Record<string, (app: TestApp, person: Person, factor: OwnedFactor) => Promise<unknown>>
> = {
  "new recovery codes": (_app, _person, { browser }) =>
    browser.sendJson("POST", "/recovery_codes", {}),
  "another authenticator": async (_app, _person, { browser }) => {
    const { secret } = JSON.parse((await browser.sendJson("POST", "/set_up_two_factor", {})).text);
    await browser.sendJson("POST", "/set_up_two_factor", { code: await codeOf(secret) });
  },
  "a new password": (_app, _person, { browser }) =>
    browser.sendJson("POST", "/change_password", {
      current_password: PASSWORD,
      password: NEW_PASSWORD,
      password2: NEW_PASSWORD,
    }),
  "a report of foreign activity": (_app, _person, { browser }) =>
    browser.sendJson("POST", "/activity", {}),
  "the user, in all browsers": (_app, _person, { browser }) =>
    browser.sendJson("DELETE", "/security", { browsers: "all" }),
  "the user, in one browser": async (_app, _person, { browser }) => {
    const [{ browser_id } = { browser_id: 0 }] = await trustedIn(browser);
    const ended = await browser.sendJson("DELETE", "/security", { browser_id });
    assert.equal(ended.status, 200);
    assert.equal((await browser.sendJson("DELETE", "/security", { browser_id })).status, 404);
  },
  "a suspension": async (app, { user_id }) => {
    const admin = await signedIn(app, await addAdmin(app));
    for (const status of ["suspended", "active"]) {
      await admin.sendJson("PUT", "/update_status", { user_id, status });
    }
  },
};

for (const [name, change] of Object.entries(ENDS)) {
  appTest(`${name} makes a trusted browser ask for a code again`, async (app) => {
    const person = await addPerson(app, "ana");
    const { factor, browser } = await trusting(app, person);
    assert.equal((await trustedIn(factor.browser)).length, 1);
    await signOut(browser);
    await change(app, person, factor);
    const password = name === "a new password" ? NEW_PASSWORD : PASSWORD;
    assert.equal((await logIn(browser, "ana", password)).status, 202);
    const trusted = await app.services.db.selectFrom("devices").select("id")
      .where("trusted_until", "is not", null).execute();
    assert.deepEqual(trusted, []);
  });
}

appTest("nobody ends the trust in another user's browser", async (app) => {
  const { browser } = await trusting(app, await addPerson(app, "ana"));
  const [{ browser_id } = { browser_id: 0 }] = await trustedIn(browser);
  const bo = await signedIn(app, await addPerson(app, "bo"));
  assert.equal((await bo.sendJson("DELETE", "/security", { browser_id })).status, 404);
  assert.equal((await trustedIn(browser)).length, 1);
});

appTest("trust is in the trail, and the page names the browser", async (app) => {
  const { browser } = await trusting(app, await addPerson(app, "ana"));
  const page = await browser.get("/security");
  assert.match(page.text, /Trusted browsers/);
  assert.match(page.text, /\(this one\)/);
  const [{ browser_id } = { browser_id: 0 }] = await trustedIn(browser);
  const form = { _method: "DELETE", browser_id: String(browser_id) };
  assert.equal((await browser.postForm("/security", form)).headers.get("location"), "/security");
  assert.doesNotMatch((await browser.get("/security")).text, /Trusted browsers/);
  const { text } = await browser.getJson("/activity");
  const actions = JSON.parse(text).events.map(({ action }: { action: string }) => action);
  assert.deepEqual(actions.slice(0, 2), ["end_browser_trust", "trust_browser"]);
});

appTest(
  "no session of a trusted browser outlives a change of factors at the same time",
  async (app) => {
    const person = await addPerson(app, "ana");
    for (let round = 0; round < 20; round++) {
      const { factor, browser } = await trusting(app, person);
      await signOut(browser);
      const { secret } = JSON.parse(
        (await factor.browser.sendJson("POST", "/set_up_two_factor", {})).text,
      );
      const code = await codeOf(secret);
      const [begun, changed] = await Promise.all([
        logIn(browser, "ana"),
        factor.browser.sendJson("POST", "/set_up_two_factor", { code }),
      ]);
      assert.equal(changed.status, 200, changed.text);
      assert.ok([200, 202].includes(begun.status));
      assert.equal((await browser.getJson("/profile")).status, 401);
      const left = await app.services.db.selectFrom("sessions").select("id")
        .where("proven_by", "=", "trusted_browser").execute();
      assert.deepEqual(left, []);
      const off = await factor.browser.sendJson("POST", "/turn_off_two_factor", {});
      assert.equal(off.status, 200, off.text);
      await app.services.db.deleteFrom("rate_limits").execute();
    }
  },
  { pooled: true },
);
