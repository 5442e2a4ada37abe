/** Users make API keys, see them and end them. */
import assert from "node:assert/strict";
import { isApiKey } from "@/lib/crypto/api_key.ts";
import { hashToken } from "@/lib/crypto/token.ts";
import { doUserAction } from "@/lib/domain/users/user_actions.ts";
import { maintain } from "@/lib/domain/operation/maintenance.ts";
import { API_KEYS_MAX } from "@/lib/shared/api_keys.ts";
import type { ApiKeyView } from "@/lib/shared/account_views.ts";
import { askWith, programOf } from "@/tests/kit/api_keys.ts";
import { appTest, mailAppTest, type TestApp } from "@/tests/kit/app.ts";
import type { TestClient } from "@/tests/kit/client.ts";
import { addAdmin, addPerson, signedIn } from "@/tests/kit/people.ts";
import { ageProofs } from "@/tests/kit/second_factor.ts";

const KEY = { name: "backup", self: "1", days: "30" };

async function keysOf(browser: TestClient, path = "/api_keys"): Promise<ApiKeyView[]> {
  return JSON.parse((await browser.getJson(path)).text).api_keys;
}

const rowsOf = ({ services }: TestApp) =>
  services.db.selectFrom("api_keys").selectAll().orderBy("id").execute();

const eventsOf = ({ services }: TestApp, action: string) =>
  services.db.selectFrom("audit_events").selectAll().where("action", "=", action).execute();

appTest(
  "a new API key is shown once, begins with roster_, and is stored as a hash with its first letters",
  async (app) => {
    const person = await addPerson(app, "ana");
    const browser = await signedIn(app, person);
    const answer = await browser.sendJson("POST", "/api_keys", KEY);
    assert.equal(answer.status, 201, answer.text);
    const { token, api_key } = JSON.parse(answer.text);
    assert.match(token, /^roster_[0-9A-Za-z]{49}$/);
    assert.ok(isApiKey(token));
    const [row] = await rowsOf(app);
    assert.equal(row?.token_hash, hashToken(token));
    assert.equal(row?.prefix, token.slice(0, 11));
    assert.deepEqual([row?.name, row?.scopes], ["backup", ["self"]]);
    const days = (row!.expires_at.getTime() - Date.now()) / 86_400_000;
    assert.ok(days > 29.9 && days <= 30, String(days));
    assert.ok(!JSON.stringify(row).includes(token.slice(11)));
    assert.equal((await askWith(app, token)("GET", "/profile")).status, 200);
    for (const accept of ["text/html", "application/json"]) {
      const list = await browser.send("/api_keys", { headers: { accept } });
      assert.ok(list.text.includes(token.slice(0, 11)) && !list.text.includes(token.slice(0, 12)));
    }
    const [listed] = await keysOf(browser);
    assert.deepEqual({ ...listed, last_used_at: null, last_ip: null }, api_key);
    assert.ok(Date.now() - Date.parse(listed!.last_used_at!) < 60_000);
    assert.equal(listed!.last_ip, "127.0.0.1");
    const events = await app.services.db.selectFrom("audit_events").selectAll().execute();
    assert.ok(!JSON.stringify(events).includes(token.slice(11)));
  },
);

appTest(
  "the form shows the new key without script, and only to the page that made it",
  async (app) => {
    const person = await addPerson(app, "ana");
    const browser = await signedIn(app, person);
    const viewer_id = String(person.user_id);
    const { status, text } = await browser.postForm("/api_keys", { ...KEY, viewer_id });
    assert.equal(status, 200);
    const [token = ""] = /roster_\w{49}/.exec(text) ?? [];
    assert.equal((await askWith(app, token)("GET", "/profile")).status, 200);
    assert.doesNotMatch((await browser.get("/api_keys")).text, /roster_\w{5}/);
  },
);

appTest("an API key needs a name, a scope and an end of at most 365 days", async (app) => {
  const browser = await signedIn(app, await addAdmin(app));
  const table: readonly (readonly [object, string[]])[] = [
    [{ ...KEY, name: "" }, ["name"]],
    [{ ...KEY, name: "x".repeat(61) }, ["name"]],
    [{ ...KEY, name: "a\u202Eb" }, ["name"]],
    [{ name: "backup", days: "30" }, ["self"]],
    [{ ...KEY, self: "0" }, ["self"]],
    [{ ...KEY, days: "" }, ["days"]],
    [{ ...KEY, days: "366" }, ["days"]],
    [{ ...KEY, days: "0" }, ["days"]],
    [{ ...KEY, days: "-1" }, ["days"]],
    [{ ...KEY, days: "1e9" }, ["days"]],
    [{ name: "backup", self: "1" }, ["days"]],
    [{}, ["name", "days"]],
    [{ ...KEY, expires_at: "2099-01-01" }, ["expires_at"]],
    [{ ...KEY, user_id: 1 }, ["user_id"]],
    [{ ...KEY, everything: "1" }, ["everything"]],
  ];
  for (const [fields, wrong] of table) {
    const { status, text } = await browser.sendJson("POST", "/api_keys", fields);
    assert.equal(status, 422, JSON.stringify(fields));
    assert.deepEqual(Object.keys(JSON.parse(text).errors), wrong);
  }
  assert.deepEqual(await rowsOf(app), []);
  assert.equal((await browser.sendJson("POST", "/api_keys", { ...KEY, days: "365" })).status, 201);
});

appTest("a wrong form comes back with what was typed and ticked", async (app) => {
  const person = await addPerson(app, "ana");
  const browser = await signedIn(app, person);
  const fields = { ...KEY, name: "x".repeat(61), days: "180", viewer_id: String(person.user_id) };
  const { status, text } = await browser.postForm("/api_keys", fields);
  assert.equal(status, 422);
  assert.match(text, /Name has 61 characters, at most 60 fit/);
  assert.match(text, /<input[^>]*name="self"[^>]*checked/);
  assert.match(text, /<option[^>]*value="180"[^>]*selected/);
});

appTest("scopes of a key are no wider than its user's role", async (app) => {
  const ana = await signedIn(app, await addPerson(app, "ana"));
  for (const scope of ["users:read", "users:write"]) {
    const answer = await ana.sendJson("POST", "/api_keys", { ...KEY, [scope]: "1" });
    assert.equal(answer.status, 403);
    assert.ok(!(await ana.get("/api_keys")).text.includes(scope));
  }
  assert.deepEqual(await rowsOf(app), []);
  const admin = await signedIn(app, await addAdmin(app));
  const fields = { name: "sync", "users:read": "1", "users:write": "1", days: "7" };
  assert.equal((await admin.sendJson("POST", "/api_keys", fields)).status, 201);
  assert.deepEqual((await rowsOf(app))[0]?.scopes, ["users:read", "users:write"]);
});

appTest("the page of API keys and making one need a fresh proof", async (app) => {
  const person = await addPerson(app, "ana");
  const browser = await signedIn(app, person);
  await ageProofs(app, 6);
  const opened = await browser.getJson("/api_keys");
  assert.deepEqual([opened.status, JSON.parse(opened.text).next], [403, "/step_up"]);
  const page = await browser.get("/api_keys");
  assert.equal(page.headers.get("location"), "/step_up?next=%2Fapi_keys");
  // A form that was opened in time can still be sent, and its key is not lost.
  const form = { ...KEY, viewer_id: String(person.user_id) };
  assert.match((await browser.postForm("/api_keys", form)).text, /roster_\w{49}/);
  await ageProofs(app, 16);
  const late = await browser.postForm("/api_keys", form);
  assert.equal(late.status, 403);
  assert.match(late.text, /name="kept_path" value="\/api_keys"/);
  assert.equal((await rowsOf(app)).length, 1);
  await ageProofs(app, 0);
  const back = await browser.postForm("/api_keys", { ...form, _method: "GET" });
  assert.match(back.text, /<input[^>]*name="name"[^>]*value="backup"/);
  assert.match(back.text, /<input[^>]*name="self"[^>]*checked/);
});

appTest("a user has at most 20 API keys, however many are asked for at once", async (app) => {
  const person = await addPerson(app, "ana");
  const browser = await signedIn(app, person);
  for (let count = 2; count < API_KEYS_MAX; count++) await programOf(app, person);
  for (let round = 0; round < 20; round++) {
    const answers = await Promise.all(
      Array.from({ length: 4 }, () => browser.sendJson("POST", "/api_keys", KEY)),
    );
    assert.deepEqual(answers.map(({ status }) => status).sort(), [201, 201, 409, 409]);
    const rows = await rowsOf(app);
    assert.equal(rows.length, API_KEYS_MAX);
    for (const { id: key_id } of rows.slice(-2)) {
      assert.equal((await browser.sendJson("DELETE", "/api_keys", { key_id })).status, 200);
    }
  }
});

mailAppTest(
  "the owner gets an e-mail when a key is made and when it ends",
  async (app, mailbox) => {
    const person = await addPerson(app, "ana", { email_verified_at: new Date() });
    const browser = await signedIn(app, person);
    const { text } = await browser.sendJson("POST", "/api_keys", KEY);
    const { token, api_key } = JSON.parse(text);
    const made = await mailbox.next();
    assert.match(made.text, /An API key was made for your account ana/);
    assert.match(made.text, /from 127\.0\.0\.1/);
    assert.ok(!made.text.includes("roster_") && !made.text.includes(token));
    await browser.sendJson("DELETE", "/api_keys", { key_id: api_key.key_id });
    assert.match((await mailbox.next()).text, /API keys of your account ana at Roster were ended/);
  },
);

appTest(
  "an admin sees names and first letters of a user's keys and ends them, but never a key",
  async (app) => {
    const ana = await addPerson(app, "ana");
    const { token, key, ask } = await programOf(app, ana);
    const admin = await signedIn(app, await addAdmin(app));
    const path = `/api_keys?user_id=${ana.user_id}`;
    const [listed] = await keysOf(admin, path);
    assert.deepEqual([listed?.name, listed?.prefix], ["backup", token.slice(0, 11)]);
    assert.match(
      (await admin.get(`/edit_user?user_id=${ana.user_id}`)).text,
      /\/api_keys\?user_id/,
    );
    const { text } = await admin.get(path);
    assert.match(text, /API keys of ana/);
    assert.ok(!text.includes(token.slice(0, 12)) && !text.includes("Make an API key"));
    const fields = { user_id: ana.user_id, key_id: key.key_id };
    assert.equal((await admin.sendJson("DELETE", "/api_keys", fields)).status, 200);
    assert.equal((await ask("GET", "/profile")).status, 401);
    const [event] = await eventsOf(app, "end_api_key");
    assert.deepEqual([event?.actor_name, event?.target_name], ["admin", "ana"]);
    assert.deepEqual(event?.details, { name: "backup", prefix: key.prefix });
  },
);

appTest("another user's keys can neither be seen nor ended", async (app) => {
  const ana = await addPerson(app, "ana");
  const { key, ask } = await programOf(app, ana);
  const bo = await signedIn(app, await addPerson(app, "bo"));
  assert.equal((await bo.getJson(`/api_keys?user_id=${ana.user_id}`)).status, 403);
  const { key_id } = key;
  const both = { user_id: ana.user_id, key_id };
  assert.equal((await bo.sendJson("DELETE", "/api_keys", both)).status, 403);
  const answer = await bo.sendJson("DELETE", "/api_keys", { key_id });
  assert.equal(answer.status, 404);
  assert.equal((await ask("GET", "/profile")).status, 200);
});

appTest("an ended key is listed as such for 30 days, and then forgotten", async (app) => {
  const person = await addPerson(app, "ana");
  const browser = await signedIn(app, person);
  await programOf(app, person);
  const { db } = app.services;
  for (const [days, left] of [[29, 1], [31, 0]] as const) {
    await db.updateTable("api_keys")
      .set({ expires_at: new Date(Date.now() - days * 86_400_000) }).execute();
    await maintain(app.services);
    const keys = await keysOf(browser);
    assert.deepEqual(keys.map(({ expired }) => expired), Array(left).fill(true));
  }
});

appTest("an operator ends all keys of a user, and nobody else's", async (app) => {
  const [ana, bo] = [await addPerson(app, "ana"), await addPerson(app, "bo")];
  const programs = [await programOf(app, ana), await programOf(app, ana), await programOf(app, bo)];
  const actor = { kind: "task", name: "users" } as const;
  for (let round = 0; round < 2; round++) {
    await doUserAction(app.services, actor, "end_api_keys", { user_id: ana.user_id });
  }
  const statuses = await Promise.all(programs.map(({ ask }) => ask("GET", "/profile")));
  assert.deepEqual(statuses.map(({ status }) => status), [401, 401, 200]);
  const events = await eventsOf(app, "end_api_keys");
  assert.deepEqual(events.map(({ target_name }) => target_name), ["ana"]);
});
