import assert from "node:assert/strict";
import { readForeignHash } from "@/lib/crypto/foreign_hash.ts";
import { formatPhc } from "@/lib/crypto/phc.ts";
import { hashToken } from "@/lib/crypto/token.ts";
import type { Services } from "@/lib/domain/services.ts";
import { appTest, type TestApp } from "@/tests/kit/app.ts";
import type { Answer } from "@/tests/kit/client.ts";
import { countHashes, type CountingHasher } from "@/tests/kit/counting.ts";
import { exhaust } from "@/tests/kit/limits.ts";
import {
  accountOf,
  addAdmin,
  addPerson,
  logIn,
  PASSWORD,
  type Person,
  signedIn,
} from "@/tests/kit/people.ts";
import { codeOf, forgetSteps, turnOn } from "@/tests/kit/second_factor.ts";

const IN_AN_HOUR = new Date(Date.now() + 3_600_000);

/** An imported hash of a password that nobody knows. */
const IMPORTED_HASH = formatPhc({
  kind: "pbkdf2-sha512",
  iterations: 100_000,
  salt: crypto.getRandomValues(new Uint8Array(64)),
  hash: crypto.getRandomValues(new Uint8Array(64)),
});

/** Of the password "Grüße-Passw0rd". */
const IMPORTED_BCRYPT = readForeignHash(
  "$2b$05$CCCCCCCCCCCCCCCCCCCCC.IJ7SnQe.Ec0Eh8GKFWgzHgeP7n0SV/O",
)!;

async function giveHash({ services: { db } }: TestApp, { user_id }: Person, password_hash: string) {
  await db.updateTable("users").set({ password_hash }).where("id", "=", user_id).execute();
}

/** Everything that a client can compare, without what differs in every answer. */
function comparable({ status, headers, text }: Answer, name: string) {
  const own = ["date", "x-request-id", "content-security-policy", "content-length"];
  const compared = [...headers].filter(([header]) => !own.includes(header));
  return { status, headers: compared, text: text.replaceAll(name, "NAME") };
}

let hasher: CountingHasher;
const counted = {
  adapt: ({ passwords }: Services) => {
    hasher = countHashes(passwords);
    return { passwords: hasher.passwords };
  },
};

/** Signs in and records what the client sees, what was computed and what was written. */
async function observe(app: TestApp, accept: string, username: string, password: string) {
  const { db } = app.services;
  await db.deleteFrom("audit_events").execute();
  hasher.take();
  const answer = await app.client().send("/login", {
    method: "POST",
    headers: { accept, origin: app.origin },
    body: new URLSearchParams({ username, password }),
  });
  const events = await db.selectFrom("audit_events").select("action").execute();
  return { ...comparable(answer, username), computed: hasher.take(), events };
}

const ATTEMPTS = [
  ["heidi", PASSWORD],
  ["grace", "wrong password"],
  ["susan", PASSWORD],
  ["susan", "wrong password"],
  ["lotte", PASSWORD],
  ["lotte", "wrong password"],
] as const;

async function addPeople(app: TestApp): Promise<void> {
  await addPerson(app, "grace");
  await addPerson(app, "susan", { status: "suspended" });
  await addPerson(app, "lotte", { locked_until: IN_AN_HOUR, failed_logins: 5 });
}

appTest(
  "POST /login answers all kinds of failures alike and does the same work for them",
  async (app) => {
    await addPeople(app);
    for (const accept of ["application/json", "text/html"]) {
      const seen = [];
      for (const [username, password] of ATTEMPTS) {
        seen.push(await observe(app, accept, username, password));
      }
      const [first, ...others] = seen;
      assert.equal(first!.status, 401);
      assert.deepEqual(first!.computed, ["argon2id"]);
      for (const other of others) assert.deepEqual(other, first);
    }
  },
  counted,
);

appTest(
  "while any account has an imported hash, each failure costs a hash of every scheme",
  async (app) => {
    await addPeople(app);
    await giveHash(app, await addPerson(app, "ivana"), IMPORTED_HASH);
    await giveHash(app, await addPerson(app, "irina"), IMPORTED_BCRYPT);
    const imported = [["ivana", "wrong password"], ["irina", "wrong password"]] as const;
    for (const [username, password] of [...ATTEMPTS, ...imported]) {
      const { status, computed } = await observe(app, "text/html", username, password);
      assert.equal(status, 401, username);
      assert.deepEqual(computed, ["argon2id", "bcrypt", "pbkdf2-sha512"], username);
    }
  },
  counted,
);

appTest("an old password signs in with an imported hash, which becomes Argon2id", async (app) => {
  const irina = await addPerson(app, "irina");
  await giveHash(app, irina, IMPORTED_BCRYPT);
  assert.equal((await logIn(app.client(), "irina", "wrong password")).status, 401);
  assert.equal((await accountOf(app, irina)).password_hash, IMPORTED_BCRYPT);
  assert.equal((await logIn(app.client(), "irina", "Grüße-Passw0rd")).status, 200);
  assert.match((await accountOf(app, irina)).password_hash, /^\$argon2id\$v=19\$m=19456,/);
  assert.equal((await logIn(app.client(), "irina", "Grüße-Passw0rd")).status, 200);
});

appTest(
  "a locked account with an unconfirmed address is answered like an unknown name",
  async (app) => {
    const email_verified_at = null;
    const locked = { locked_until: IN_AN_HOUR, failed_logins: 5 };
    await addPerson(app, "maria", { ...locked, email_verified_at });
    await addPerson(app, "nadia", { status: "suspended", email_verified_at });
    for (const accept of ["application/json", "text/html"]) {
      const unknown = await observe(app, accept, "heidi", PASSWORD);
      assert.equal(unknown.status, 401);
      for (const username of ["maria", "nadia"]) {
        assert.deepEqual(await observe(app, accept, username, PASSWORD), unknown, username);
      }
    }
    const { email } = await addPerson(app, "olga", { email_verified_at: null });
    // Her mailbox is full of letters: no further one is sent.
    await exhaust(app.services.limits.letters, email);
    const waiting = await observe(app, "application/json", "olga", PASSWORD);
    assert.match(waiting.text, /not yet confirmed/);
    assert.equal(waiting.status, 401);
  },
  { ...counted, environment: { EMAIL_VERIFICATION: "required" } },
);

appTest("a password does not expire", async (app) => {
  const person = await addPerson(app, "grace");
  const longAgo = new Date("2001-01-01");
  await app.services.db.updateTable("users").set({ created_at: longAgo, updated_at: longAgo })
    .where("id", "=", person.user_id).execute();
  assert.equal((await logIn(app.client(), "grace")).status, 200);
});

appTest("POST /login takes username or address, in any case", async (app) => {
  await addPerson(app, "Grace", { email: "Grace.Hopper@example.org" });
  for (const name of ["Grace", "gRACE", " grace ", "grace.hopper@EXAMPLE.org"]) {
    const answer = await logIn(app.client(), name);
    assert.equal(answer.status, 200, name);
    assert.equal(JSON.parse(answer.text).message, "You are signed in.");
  }
}, { pooled: true });

appTest("a sign-in resets the failures and records its time", async (app) => {
  const person = await addPerson(app, "grace", { failed_logins: 3 });
  await logIn(app.client(), "grace");
  const { failed_logins, last_login_at } = await accountOf(app, person);
  assert.equal(failed_logins, 0);
  assert.ok(last_login_at);
});

appTest(
  "the database only has the hash of the token, and scripts cannot read the cookie",
  async (app) => {
    await addPerson(app, "grace");
    const browser = app.client();
    const answer = await logIn(browser, "grace");
    const cookie = sessionLine(answer);
    assert.match(cookie, /^roster_session=[^;]*; Path=\/; HttpOnly; SameSite=Lax$/);
    const token = browser.cookies().get("roster_session")!;
    const rows = await app.services.db.selectFrom("sessions").selectAll().execute();
    assert.deepEqual(rows.map((row) => row.token_hash), [hashToken(token)]);
    assert.ok(!JSON.stringify(rows).includes(token));
  },
);

appTest("under https cookies are Secure and bound to the host", async (app) => {
  await addPerson(app, "grace");
  const answer = await app.client().send("/login", {
    method: "POST",
    headers: { accept: "application/json", origin: "https://people.example.com" },
    body: new URLSearchParams({ username: "grace", password: PASSWORD }),
  });
  assert.equal(answer.status, 200);
  for (const cookie of answer.headers.getSetCookie()) {
    assert.match(cookie, /^__Host-roster_\w+=.*; Path=\/; HttpOnly; Secure; SameSite=Lax$/);
  }
}, { environment: { APP_URL: "https://people.example.com" } });

appTest("each sign-in has a token of its own and ends the session it was made in", async (app) => {
  const person = await addPerson(app, "grace");
  const browser = await signedIn(app, person);
  const before = browser.cookies().get("roster_session")!;
  assert.equal((await logIn(browser, "grace")).status, 200);
  const after = browser.cookies().get("roster_session")!;
  assert.notEqual(after, before);
  const other = app.client();
  other.keep(`roster_session=${before}`);
  assert.equal((await other.getJson("/profile")).status, 401);
  assert.equal((await browser.getJson("/profile")).status, 200);
});

appTest("a token that the visitor brings along is never used for a session", async (app) => {
  await addPerson(app, "grace");
  const browser = app.client();
  browser.keep("roster_session=planted-by-somebody");
  assert.equal((await logIn(browser, "grace")).status, 200);
  assert.notEqual(browser.cookies().get("roster_session"), "planted-by-somebody");
});

/** Addresses that would lead to another site, or are none. */
const ELSEWHERE = [
  ...["https://evil.example", "//evil.example", "/\\evil.example", "\\/evil.example"],
  ...["/\t/evil.example", "/\n//evil.example", "javascript:alert(1)", "evil.example"],
  ...["/李", "/a\r\nset-cookie: x=y", ""],
];

appTest("after sign-in the browser goes where it wanted to, but only on this site", async (app) => {
  await addPerson(app, "grace");
  await addAdmin(app);
  const goesTo = async (username: string, next?: string) => {
    const fields = { username, password: PASSWORD, ...(next !== undefined && { next }) };
    return (await app.client().postForm("/login", fields)).headers.get("location");
  };
  assert.equal(await goesTo("grace"), "/profile");
  assert.equal(await goesTo("admin"), "/admin");
  assert.equal(await goesTo("admin", "/user_list?q=a%20b"), "/user_list?q=a%20b");
  for (const next of ELSEWHERE) {
    assert.equal(await goesTo("grace", next), "/profile", JSON.stringify(next));
  }
});

appTest("a page for users sends strangers to /login, which sends them back", async (app) => {
  await addPerson(app, "grace");
  const browser = app.client();
  const sent = await browser.get("/change_password?from=mail");
  assert.equal(sent.status, 303);
  assert.equal(sent.headers.get("location"), "/login?next=%2Fchange_password%3Ffrom%3Dmail");
  const form = await browser.get(sent.headers.get("location")!);
  assert.match(form.text, /name="next" value="\/change_password\?from=mail"/);
});

appTest("a failed sign-in shows the form with the name and without the password", async (app) => {
  const answer = await app.client().postForm("/login", {
    username: `"><b>grace`,
    password: "not-the-password",
    next: "/user_list",
  });
  assert.equal(answer.status, 401);
  assert.match(answer.text, /value="&quot;>&lt;b>grace"/);
  assert.doesNotMatch(answer.text, /<b>grace|not-the-password/);
  assert.match(answer.text, /Name or password is wrong/);
  assert.match(answer.text, /value="\/user_list"/);
});

appTest("a suspension by failures ends the sessions for good", async (app) => {
  const person = await addPerson(app, "grace");
  const browser = await signedIn(app, person);
  await logIn(app.client(), "grace", "wrong password");
  assert.equal((await browser.getJson("/profile")).status, 200);
  await logIn(app.client(), "grace", "wrong password");
  assert.equal((await accountOf(app, person)).status, "suspended");
  await app.services.db.updateTable("users").set({ status: "active" }).execute();
  assert.equal((await browser.getJson("/profile")).status, 401);
}, { environment: { LOGIN_FAILURE_LIMIT: "2", LOGIN_FAILURE_POLICY: "suspend" } });

appTest("a client that fails too often is told when to come back", async (app) => {
  await exhaust(app.services.limits.failedSignIns, "127.0.0.1");
  await addPerson(app, "grace");
  const answer = await logIn(app.client(), "grace");
  assert.equal(answer.status, 429);
  assert.match(answer.headers.get("retry-after") ?? "", /^[1-9]\d*$/);
});

appTest("a suspension that has expired ends at sign-in", async (app) => {
  const person = await addPerson(app, "grace", {
    status: "suspended",
    suspended_until: new Date(Date.now() - 1_000),
  });
  await addPerson(app, "ada", { status: "suspended", suspended_until: IN_AN_HOUR });
  assert.equal((await logIn(app.client(), "grace")).status, 200);
  assert.equal((await accountOf(app, person)).status, "active");
  assert.equal((await logIn(app.client(), "ada")).status, 401);
});

appTest("POST /logout ends the session on the server and deletes the cookie", async (app) => {
  const browser = await signedIn(app, await addPerson(app, "grace"));
  const answer = await browser.postForm("/logout", {});
  assert.deepEqual([answer.status, answer.headers.get("location")], [303, "/login"]);
  assert.ok(!browser.cookies().has("roster_session"));
  assert.equal(answer.headers.get("clear-site-data"), '"storage"');
  assert.deepEqual(await app.services.db.selectFrom("sessions").selectAll().execute(), []);
  assert.match((await browser.get("/login")).text, /You are signed out/);
  assert.doesNotMatch((await browser.get("/login")).text, /You are signed out/);
}, { pooled: true });

/** The attributes of the session cookie of an answer. */
function sessionLine({ headers }: Answer): string {
  return headers.getSetCookie().find((line) => line.startsWith("roster_session=")) ?? "";
}

appTest("a session ends with the browser, unless its user asks to stay signed in", async (app) => {
  const grace = await addPerson(app, "grace");
  const form = { username: "grace", password: PASSWORD };
  const browser = app.client();
  assert.doesNotMatch(sessionLine(await browser.postForm("/login", form)), /Max-Age/);

  // Thirty days, after which the server ends it, too.
  const lasting = /; Max-Age=2592000;/;
  assert.match(sessionLine(await browser.postForm("/login", { ...form, stay: "1" })), lasting);
  const password = "twelve green lanterns";
  const renewed = await browser.postForm("/change_password", {
    ...{ current_password: PASSWORD, password, password2: password },
    viewer_id: String(grace.user_id),
  });
  assert.match(sessionLine(renewed), lasting);
  await browser.postForm("/logout", {});
  const next = { ...form, password };
  assert.doesNotMatch(sessionLine(await browser.postForm("/login", next)), /Max-Age/);
});

appTest("a user with a second factor can ask to stay signed in, too", async (app) => {
  const grace = await addPerson(app, "grace");
  const { secret } = await turnOn(app, grace);
  await forgetSteps(app);
  const browser = app.client();
  const form = { username: "grace", password: PASSWORD, stay: "1" };
  const asked = await browser.postForm("/login", form);
  const location = asked.headers.get("location")!;
  assert.equal(location, "/two_factor?stay=1");
  assert.match((await browser.get(location)).text, /name="stay" value="1"/);
  const code = await codeOf(secret);
  assert.match(sessionLine(await browser.postForm("/two_factor", { code, stay: "1" })), /Max-Age/);
});
