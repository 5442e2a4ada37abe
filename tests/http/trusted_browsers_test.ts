/** Browsers in which no code is asked for. */
import assert from "node:assert/strict";
import { sql } from "kysely";
import { hashToken, randomToken } from "@/lib/crypto/token.ts";
import { inTransaction } from "@/lib/db/transaction.ts";
import { insertChallenge } from "@/lib/domain/accounts/sign_in_challenge.ts";
import type { AuditAction } from "@/lib/shared/actions.ts";
import type { TrustedBrowserView } from "@/lib/shared/account_views.ts";
import { setCookie } from "@/lib/web/cookies.ts";
import { appTest, type TestApp } from "@/tests/kit/app.ts";
import type { Answer, TestClient } from "@/tests/kit/client.ts";
import { addAdmin, addPerson, logIn, PASSWORD, type Person, signedIn } from "@/tests/kit/people.ts";
import {
  afterPassword,
  codeOf,
  forgetSteps,
  type OwnedFactor,
  turnOn,
} from "@/tests/kit/second_factor.ts";
import { addPasskey, ask, passkeyOrigin, SoftPasskey } from "@/tests/kit/soft_passkey.ts";

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

/** Changes that end trust: the entry in the trail, and what sends it in the owner's browser. */
const CHANGES: Readonly<
  Partial<Record<AuditAction, (app: TestApp, person: Person, factor: OwnedFactor) => Promise<Send>>>
> = {
  change_password: (_app, _person, { browser }) =>
    Promise.resolve(() =>
      browser.sendJson("POST", "/change_password", {
        current_password: PASSWORD,
        password: NEW_PASSWORD,
        password2: NEW_PASSWORD,
      })
    ),
  turn_on_two_factor: async (_app, _person, { browser }) => {
    const { secret } = JSON.parse((await browser.sendJson("POST", "/set_up_two_factor", {})).text);
    const code = await codeOf(secret);
    return () => browser.sendJson("POST", "/set_up_two_factor", { code });
  },
  turn_off_two_factor: (_app, _person, { browser }) =>
    Promise.resolve(() => browser.sendJson("POST", "/turn_off_two_factor", {})),
  make_recovery_codes: (_app, _person, { browser }) =>
    Promise.resolve(() => browser.sendJson("POST", "/recovery_codes", {})),
  add_passkey: async (app, _person, { browser }) => {
    const credential = new SoftPasskey(passkeyOrigin(app)).make(await ask(browser, "/passkeys"));
    return () => browser.sendJson("POST", "/passkeys", { credential });
  },
  remove_passkey: async (app, person, { browser }) => {
    const { passkey_id } = await addPasskey(app, person, browser);
    return () => browser.sendJson("DELETE", "/passkeys", { passkey_id });
  },
  disown_activity: (_app, _person, { browser }) =>
    Promise.resolve(() => browser.sendJson("POST", "/activity", {})),
  reset_two_factor: async (app, { user_id, username }) => {
    const admin = await signedIn(app, await addAdmin(app, `admin.of.${username}`));
    return () => admin.sendJson("PUT", "/reset_two_factor", { user_id });
  },
};

type Send = () => Promise<Answer>;

/** A browser that the user trusts, as after a code. */
async function trustedBrowser(app: TestApp, { user_id }: Person): Promise<TestClient> {
  const { db, settings } = app.services;
  const token = randomToken();
  const trusted_until = new Date(Date.now() + 86_400_000);
  await db.insertInto("devices")
    .values({ user_id, token_hash: hashToken(token), browser: "", ip: "127.0.0.1", trusted_until })
    .execute();
  const browser = app.client();
  browser.keep(setCookie(settings, "device", token, 86_400));
  return browser;
}

/** A browser in which the password was right. */
async function waitingBrowser(app: TestApp, { user_id: id, email }: Person): Promise<TestClient> {
  const { db, settings } = app.services;
  const token = await inTransaction(db, (tx) => insertChallenge(tx, { id, email }));
  const browser = app.client();
  browser.keep(setCookie(settings, "challenge", token, 600));
  return browser;
}

for (const [action, prepare] of Object.entries(CHANGES)) {
  appTest(
    `${action} at the same time as two sign-ins leaves no trust of before, in 20 rounds`,
    async (app) => {
      const { db } = app.services;
      for (let round = 0; round < 20; round++) {
        const person = await addPerson(app, `ana${round}`);
        const factor = await turnOn(app, person);
        const code = await codeOf(factor.secret);
        const send = await prepare(app, person, factor);
        const trusted = await trustedBrowser(app, person);
        const waiting = await waitingBrowser(app, person);
        const [byTrust, byCode, changed] = await Promise.all([
          logIn(trusted, person.username),
          waiting.sendJson("POST", "/two_factor", { code, trust: "1" }),
          send(),
        ]);
        assert.ok(changed.status < 300, changed.text);
        // Each of the three locks the user, so the trail has them in their order.
        const entries = await db.selectFrom("audit_events").select("action").orderBy("id")
          .where("target_id", "=", person.user_id).execute();
        const after = entries.map((entry) => entry.action);
        after.splice(0, after.lastIndexOf(action) + 1);
        const devices = await db.selectFrom("devices").select("id")
          .where("user_id", "=", person.user_id).where("trusted_until", "is not", null).execute();
        const trusts = after.filter((name) => name === "trust_browser").length;
        assert.equal(devices.length, trusts, `${round}: ${entries.map((entry) => entry.action)}`);
        const signIns = after.filter((name) => name === "sign_in").length;
        const isOff = /^(turn_off|reset)_/.test(action);
        if (!isOff) assert.equal(signIns, trusts, "a sign-in by trust that had ended");
        assert.ok([200, 202, 401].includes(byTrust.status), byTrust.text);
        assert.ok([200, 401, 422].includes(byCode.status), byCode.text);
        await db.deleteFrom("rate_limits").execute();
      }
    },
  );
}
