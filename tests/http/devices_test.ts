/** Browsers that have signed in before are known. */
import assert from "node:assert/strict";
import { sql } from "kysely";
import { inTransaction } from "@/lib/db/transaction.ts";
import { hashToken } from "@/lib/crypto/token.ts";
import { purgeDevices } from "@/lib/domain/accounts/devices.ts";
import { issueOneTimeToken } from "@/lib/domain/accounts/one_time.ts";
import { openLimits } from "@/lib/domain/limits.ts";
import type { Services } from "@/lib/domain/services.ts";
import { appTest, mailAppTest, type TestApp } from "@/tests/kit/app.ts";
import type { Answer, TestClient } from "@/tests/kit/client.ts";
import { countHashes, type CountingHasher, countQueries } from "@/tests/kit/counting.ts";
import { jobsOf } from "@/tests/kit/jobs.ts";
import {
  accountOf,
  addAdmin,
  addPerson,
  logIn,
  PASSWORD,
  type Person,
  signedIn,
} from "@/tests/kit/people.ts";

const FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0";
const CHROME =
  "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/138.0.0.0 Safari/537.36";
const NEW_PASSWORD = { password: "eleven orange turtles", password2: "eleven orange turtles" };
const VERIFIED = { email_verified_at: new Date(), last_login_at: new Date() };
const PROXY = { TRUST_PROXY: "127.0.0.1" };

/** Signs in with a browser of some name, from some network. */
function signInWith(
  client: TestClient,
  app: TestApp,
  { userAgent = FIREFOX, ip = "192.0.2.1", username = "ana", password = PASSWORD } = {},
): Promise<Answer> {
  const headers = { accept: "application/json", origin: app.origin };
  return client.send("/login", {
    method: "POST",
    headers: { ...headers, "user-agent": userAgent, "x-forwarded-for": ip },
    body: new URLSearchParams({ username, password }),
  });
}

const devicesOf = ({ services }: TestApp) =>
  services.db.selectFrom("devices").selectAll().orderBy("id").execute();

/** What waits to be mailed. */
const lettersOf = async ({ services }: TestApp) =>
  (await jobsOf(services.db)).filter(({ kind }) => kind === "letter")
    .map(({ payload }) => payload?.about);

/** The browser as an attacker would have it who has read its cookies. */
function copyOf(app: TestApp, client: TestClient): TestClient {
  const copy = app.client();
  copy.keep(`roster_device=${client.cookies().get("roster_device")}`);
  return copy;
}

const wrong = async (client: TestClient, times: number, username = "ana") => {
  for (let time = 0; time < times; time++) {
    assert.equal((await logIn(client, username, "wrong password")).status, 401);
  }
};

/** Ends the account's lock, as time would. */
const waitForLock = ({ services }: TestApp) =>
  services.db.updateTable("users").set({ locked_until: sql<Date>`now() - interval '1 second'` })
    .execute();

appTest(
  "a browser that signs in gets a cookie, of which the database has the hash",
  async (app) => {
    const { user_id } = await addPerson(app, "ana");
    const browser = app.client();
    const answer = await signInWith(browser, app);
    const line = answer.headers.getSetCookie().find((it) => it.startsWith("roster_device="))!;
    assert.match(line, /; Max-Age=34560000; Path=\/; HttpOnly; SameSite=Lax$/);
    const token = browser.cookies().get("roster_device")!;
    const [device, ...others] = await devicesOf(app);
    assert.deepEqual(others, []);
    const seen = [device?.user_id, device?.token_hash, device?.browser];
    assert.deepEqual(seen, [user_id, hashToken(token), "Firefox on Linux"]);
    assert.ok(!JSON.stringify(device).includes(token));
    await browser.postForm("/logout", {});
    assert.equal(browser.cookies().get("roster_device"), token, "signing out does not forget it");
    await signInWith(browser, app);
    assert.equal((await devicesOf(app)).length, 1);
  },
);

appTest("registering makes the browser known, too", async (app) => {
  const browser = app.client();
  const bob = { username: "bob", email: "bob@example.org" };
  await browser.postForm("/register", { ...bob, ...NEW_PASSWORD });
  assert.ok(browser.cookies().has("roster_device"));
  assert.equal((await devicesOf(app)).length, 1);
  assert.deepEqual(await lettersOf(app), []);
});

mailAppTest(
  "the first sign-in of an unknown browser sends one e-mail, which signs nobody in",
  async (app, mailbox) => {
    await addPerson(app, "ana", VERIFIED);
    const browser = app.client();
    await signInWith(browser, app);
    const { to, text } = await mailbox.next();
    assert.equal(to, "ana@example.org");
    assert.match(text, /New sign-in to your account/);
    assert.match(text, /UTC, with Firefox on Linux, from 192\.0\.2\.1\./);
    const links = [...text.matchAll(/https?:\/\/[^\s"<]+/g)].map(([link]) => new URL(link));
    const paths = new Set(links.map(({ pathname, search }) => pathname + search));
    assert.ok(paths.has("/sessions") && paths.has("/forgot_password"), [...paths].join());
    assert.ok(links.every(({ search }) => search === ""), "no token");
    await signInWith(browser, app, { userAgent: CHROME, ip: "198.51.100.9" });
    assert.deepEqual(await lettersOf(app), [], "the cookie says that it is known");
    await signInWith(app.client(), app, { userAgent: CHROME });
    assert.match((await mailbox.next()).text, /with Chrome on Windows/);
  },
  { environment: PROXY },
);

// Nothing can be sent, so that what is to be sent stays in the queue.
const NO_MAIL = { environment: { ...PROXY, SMTP_URL: "smtp://127.0.0.1:1" } };

mailAppTest("the very first sign-in of an account sends no e-mail", async (app) => {
  await addPerson(app, "ana", { ...VERIFIED, last_login_at: null });
  await signInWith(app.client(), app);
  assert.deepEqual(await lettersOf(app), []);
  await signInWith(app.client(), app, { userAgent: CHROME });
  assert.deepEqual(await lettersOf(app), ["new_sign_in"]);
}, NO_MAIL);

mailAppTest(
  "a browser that keeps no cookies is told of once a day, also if it signs in twice at once",
  async (app) => {
    await addPerson(app, "ana", VERIFIED);
    const signIn = () => signInWith(app.client(), app);
    await Promise.all([signIn(), signIn(), signIn()]);
    await signIn();
    assert.deepEqual(await lettersOf(app), ["new_sign_in"]);
    await app.services.db.updateTable("devices")
      .set({ last_login_at: sql<Date>`now() - interval '25 hours'` }).execute();
    await signIn();
    assert.equal((await lettersOf(app)).length, 2);
  },
  { ...NO_MAIL, everyDatabase: true },
);

mailAppTest("a refused sign-in sends no e-mail and makes no browser known", async (app) => {
  await addPerson(app, "ana", VERIFIED);
  const browser = app.client();
  await signInWith(browser, app, { password: "wrong password" });
  assert.ok(!browser.cookies().has("roster_device"));
  assert.deepEqual([await lettersOf(app), await devicesOf(app)], [[], []]);
}, NO_MAIL);

appTest("two users of one browser are both known in it", async (app) => {
  await addPerson(app, "ana");
  await addPerson(app, "bo");
  const browser = app.client();
  for (const username of ["ana", "bo", "ana", "bo"]) await signInWith(browser, app, { username });
  const token_hash = hashToken(browser.cookies().get("roster_device")!);
  const devices = await devicesOf(app);
  assert.deepEqual(devices.map((device) => device.token_hash), [token_hash, token_hash]);
});

appTest("a device cookie that somebody else has planted is replaced at sign-in", async (app) => {
  await addPerson(app, "ana");
  await addPerson(app, "mallory");
  const attacker = app.client();
  await signInWith(attacker, app, { username: "mallory" });
  const victim = copyOf(app, attacker);
  await signInWith(victim, app);
  const planted = hashToken(attacker.cookies().get("roster_device")!);
  assert.ok((await devicesOf(app)).every(({ token_hash }) => token_hash !== planted));
  await wrong(app.client(), 5);
  assert.equal((await signInWith(attacker, app)).status, 401);
  assert.equal((await signInWith(victim, app)).status, 200);
});

appTest(
  "an attacker who fails once an hour never keeps the owner out of a known browser",
  async (app) => {
    const person = await addPerson(app, "ana");
    const browser = app.client();
    await signInWith(browser, app);
    for (let hour = 0; hour < 24; hour++) {
      await waitForLock(app);
      await wrong(app.client(), hour === 0 ? 5 : 1);
      assert.equal((await logIn(app.client(), "ana")).status, 401, "locked for strangers");
      if (hour % 6 === 0) {
        assert.equal((await logIn(browser, "ana")).status, 200, `hour ${hour}`);
        const { locked_until, failed_logins } = await accountOf(app, person);
        assert.ok(locked_until! > new Date() && failed_logins >= 5, "the lock stays for strangers");
      }
    }
  },
);

appTest("wrong passwords in a known browser count for it, and end its trust", async (app) => {
  const person = await addPerson(app, "ana");
  const browser = app.client();
  await signInWith(browser, app);
  const thief = copyOf(app, browser);
  await wrong(thief, 5);
  assert.equal((await accountOf(app, person)).failed_logins, 0);
  assert.equal((await devicesOf(app))[0]?.failed_logins, 5);
  await wrong(thief, 5);
  const { failed_logins, locked_until } = await accountOf(app, person);
  assert.equal(failed_logins, 5, "further ones count as a stranger's");
  assert.ok(locked_until);
  assert.equal((await logIn(thief, "ana")).status, 401);
  await waitForLock(app);
  assert.equal((await logIn(browser, "ana")).status, 200);
  assert.equal((await devicesOf(app))[0]?.failed_logins, 0);
});

appTest(
  "90 wrong passwords at once in a known browser count five for it and five for strangers",
  async (app) => {
    const person = await addPerson(app, "ana");
    const browser = app.client();
    await signInWith(browser, app);
    await app.services.db.deleteFrom("audit_events").execute();
    const answers = await Promise.all(
      Array.from({ length: 90 }, () => logIn(copyOf(app, browser), "ana", "wrong password")),
    );
    assert.ok(answers.every(({ status }) => status === 401 || status === 503));
    assert.equal((await devicesOf(app))[0]?.failed_logins, 5);
    assert.equal((await accountOf(app, person)).failed_logins, 5);
    const known = await app.services.db.selectFrom("audit_events").select("details")
      .where(sql<boolean>`details->>'device' = 'known'`).execute();
    assert.equal(known.length, 5);
  },
  { everyDatabase: true },
);

appTest("a known browser does not help a suspended user", async (app) => {
  await addPerson(app, "ana");
  const browser = app.client();
  await signInWith(browser, app);
  await sql`update users set status = 'suspended'`.execute(app.services.db);
  assert.equal((await logIn(browser, "ana")).status, 401);
});

type End = (app: TestApp, person: Person, browser: TestClient) => Promise<unknown>;

/** What ends the trust in browsers. */
const ENDS: Readonly<Record<string, End>> = {
  "a new password": (_app, _person, browser) =>
    browser.sendJson("POST", "/change_password", { current_password: PASSWORD, ...NEW_PASSWORD }),
  "a reset": async (app, { user_id: id, email }) => {
    const expiresAt = new Date(Date.now() + 60_000);
    const { token } = await inTransaction(
      app.services.db,
      (tx) => issueOneTimeToken(tx, { kind: "reset_password", user: { id }, email, expiresAt }),
    );
    const fields = { token, ...NEW_PASSWORD };
    const { status } = await app.client().sendJson("POST", "/reset_password", fields);
    assert.equal(status, 200);
  },
  "a suspension": async (app, { user_id }) => {
    const admin = await signedIn(app, await addAdmin(app));
    for (const status of ["suspended", "active"]) {
      await admin.sendJson("PUT", "/update_status", { user_id, status });
    }
    await app.services.db.deleteFrom("devices").where("user_id", "<>", user_id).execute();
  },
};

for (const [name, change] of Object.entries(ENDS)) {
  appTest(`${name} forgets the browsers that the user has signed in with`, async (app) => {
    const person = await addPerson(app, "ana");
    const [old, browser] = [app.client(), app.client()];
    await signInWith(old, app);
    await signInWith(browser, app);
    await change(app, person, browser);
    const kept = (await devicesOf(app)).map(({ token_hash }) => token_hash);
    const here = hashToken(browser.cookies().get("roster_device")!);
    assert.deepEqual(kept, name === "a new password" ? [here] : []);
  });
}

let hasher: CountingHasher;
let queries: ReturnType<typeof countQueries>;
const counted = {
  adapt: ({ passwords, db }: Services) => {
    hasher = countHashes(passwords);
    queries = countQueries(db);
    return { passwords: hasher.passwords, db: queries.db, limits: openLimits(queries.db) };
  },
};

for (const policy of ["lock", "suspend"]) {
  appTest(
    `every failure is answered alike after the same work, with and without a device cookie (${policy})`,
    async (app) => {
      const known = app.client();
      for (const username of ["ana", "lotte", "susan"]) {
        await addPerson(app, username);
        await signInWith(known, app, { username });
      }
      const { db } = app.services;
      await sql`update users set locked_until = now() + interval '1 hour' where username = 'lotte'`
        .execute(db);
      await sql`update users set status = 'suspended' where username = 'susan'`.execute(db);
      const observe = async (browser: TestClient, username: string) => {
        hasher.take();
        const before = queries.count();
        const { status, text } = await logIn(browser, username, "wrong password");
        return { status, text, statements: queries.count() - before, hashes: hasher.take() };
      };
      const seen = [];
      for (const username of ["heidi", "ana", "lotte", "susan"]) {
        seen.push(await observe(copyOf(app, known), username));
        seen.push(await observe(app.client(), username));
      }
      assert.equal(seen[0]?.status, 401);
      for (const other of seen) assert.deepEqual(other, seen[0]);
    },
    { ...counted, environment: { LOGIN_FAILURE_POLICY: policy } },
  );
}

appTest("a browser is forgotten 400 days after its last sign-in", async (app) => {
  await addPerson(app, "ana");
  await signInWith(app.client(), app);
  const age = (days: number) =>
    app.services.db.updateTable("devices")
      .set({ last_login_at: sql<Date>`now() - ${days}::int * interval '1 day'` }).execute();
  await age(399);
  assert.equal(await purgeDevices(app.services, 10), 0);
  await age(401);
  assert.equal(await purgeDevices(app.services, 10), 1);
});

appTest("a program without cookies keeps at most 100 rows", async (app) => {
  const { user_id } = await addPerson(app, "ana");
  const rows = Array.from({ length: 100 }, (_, index) => {
    const last_login_at = new Date(Date.now() - (100 - index) * 60_000);
    return { user_id, token_hash: `hash ${index}`, browser: "Program", ip: "::1", last_login_at };
  });
  await app.services.db.insertInto("devices").values(rows).execute();
  await signInWith(app.client(), app);
  const devices = await devicesOf(app);
  assert.equal(devices.length, 100);
  assert.ok(devices.every(({ token_hash }) => token_hash !== "hash 0"));
});
