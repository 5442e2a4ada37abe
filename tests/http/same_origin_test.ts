import assert from "node:assert/strict";
import { appTest, type TestApp } from "@/tests/kit/app.ts";
import { accountOf, addAdmin, addPerson, signedIn } from "@/tests/kit/people.ts";

const OWN = "https://people.example.com";

/** Headers about a request's origin, and whether its change is made. */
const TABLE: readonly (readonly [headers: Record<string, string>, made: boolean])[] = [
  [{ origin: OWN }, true],
  [{ "sec-fetch-site": "same-origin" }, true],
  [{ "origin": OWN, "sec-fetch-site": "same-origin" }, true],
  [{}, false],
  [{ origin: "null" }, false],
  [{ origin: "" }, false],
  [{ origin: "https://evil.example" }, false],
  [{ origin: "http://people.example.com" }, false],
  [{ origin: `${OWN}:8443` }, false],
  [{ origin: `${OWN}.evil.example` }, false],
  [{ origin: `${OWN}/` }, false],
  [{ origin: "https://sub.people.example.com" }, false],
  [{ "sec-fetch-site": "same-site" }, false],
  [{ "sec-fetch-site": "cross-site" }, false],
  [{ "sec-fetch-site": "none" }, false],
  [{ "sec-fetch-site": "Same-Origin" }, false],
  [{ "origin": OWN, "sec-fetch-site": "cross-site" }, false],
  [{ "origin": "https://evil.example", "sec-fetch-site": "cross-site" }, false],
  [{ referer: `${OWN}/user_list` }, false],
  [{ "x-requested-with": "XMLHttpRequest" }, false],
];

appTest("a change is only accepted from our own pages", async (app) => {
  const admin = await signedIn(app, await addAdmin(app));
  const person = await addPerson(app, "grace");
  const user_id = String(person.user_id);
  for (const method of ["PUT", "POST"]) {
    for (const [headers, made] of TABLE) {
      const { db } = app.services;
      await db.updateTable("users").set({ status: "active" }).execute();
      const answer = await admin.send("/update_status", {
        method,
        headers: { accept: "application/json", ...headers },
        body: new URLSearchParams({ user_id, status: "suspended", _method: "PUT" }),
      });
      const name = `${method} ${JSON.stringify(headers)}`;
      assert.equal(answer.status, made ? 200 : 403, name);
      assert.equal((await accountOf(app, person)).status, made ? "suspended" : "active", name);
    }
  }
}, { environment: { APP_URL: OWN } });

/** Returns the message for a change from `origin`. */
async function refusalOf(app: TestApp, origin: string): Promise<string> {
  const { status, text } = await app.client().send("/color_mode", {
    method: "POST",
    headers: { accept: "application/json", origin },
    body: new URLSearchParams({ mode: "dark" }),
  });
  assert.equal(status, 403, origin);
  return JSON.parse(text).detail;
}

const DEVELOPMENT = { APP_ENV: "development", APP_URL: "http://127.0.0.1:8000" };

appTest("in development all names of this machine are equal", async (app) => {
  for (const host of ["127.0.0.1", "localhost", "[::1]", "127.1.2.3"]) {
    const { status } = await app.client().send("/color_mode", {
      method: "POST",
      headers: { accept: "application/json", origin: `http://${host}:8000` },
      body: new URLSearchParams({ mode: "dark" }),
    });
    assert.equal(status, 303, host);
  }
  for (
    const origin of [
      "http://localhost:8001",
      "https://localhost:8000",
      "http://localhost",
      "http://localhost.evil.example:8000",
      "http://127.0.0.1.evil.example:8000",
      "http://[::2]:8000",
    ]
  ) {
    await refusalOf(app, origin);
  }
}, { environment: DEVELOPMENT });

appTest("a change from another address says which setting to change", async (app) => {
  const said = await refusalOf(app, "http://192.168.1.20:8000");
  assert.match(
    said,
    /192\.168\.1\.20:8000, since APP_URL is http:\/\/127\.0\.0\.1:8000: .*set APP_URL/,
  );
}, { environment: DEVELOPMENT });

appTest("in production the refusal reveals no more than the request", async (app) => {
  const said = await refusalOf(app, "http://192.0.2.1");
  assert.match(said, /^Changes are not taken from http:\/\/192\.0\.2\.1: .*set APP_URL/);
  for (const origin of ["http://localhost:8000", "null", "<script>", `http://${"a".repeat(400)}`]) {
    assert.doesNotMatch(await refusalOf(app, origin), /people\.example|script|aaaa/, origin);
  }
}, { environment: { APP_ENV: "production", APP_URL: OWN } });

appTest("another site can neither sign a browser in nor out", async (app) => {
  const person = await addPerson(app, "grace");
  const browser = await signedIn(app, person);
  const headers = { origin: "https://evil.example" };
  for (
    const path of [
      "/login",
      "/logout",
      "/register",
      "/color_mode",
      "/verify_email",
      "/forgot_password",
      "/reset_password",
    ]
  ) {
    const answer = await browser.send(path, { method: "POST", headers });
    assert.equal(answer.status, 403, path);
    assert.deepEqual(answer.headers.getSetCookie(), [], path);
  }
  assert.equal((await browser.getJson("/profile")).status, 200);
});

appTest("reading is allowed from anywhere: links on other sites work", async (app) => {
  const browser = await signedIn(app, await addPerson(app, "grace"));
  const headers = { "accept": "text/html", "sec-fetch-site": "cross-site" };
  assert.equal((await browser.send("/profile", { headers })).status, 200);
});

appTest("no other site may read an answer", async (app) => {
  const browser = await signedIn(app, await addPerson(app, "grace"));
  const headers = { origin: "https://evil.example", accept: "application/json" };
  for (const method of ["GET", "OPTIONS"]) {
    const answer = await browser.send("/profile", { method, headers });
    const granted = [...answer.headers.keys()].filter((name) => name.startsWith("access-control"));
    assert.deepEqual(granted, [], method);
  }
});
