/** Users see their sessions and end them. */
import assert from "node:assert/strict";
import { sql } from "kysely";
import type { SessionView } from "@/lib/shared/account_views.ts";
import { appTest, type TestApp } from "@/tests/kit/app.ts";
import type { TestClient } from "@/tests/kit/client.ts";
import { countQueries } from "@/tests/kit/counting.ts";
import { addPerson, signedIn } from "@/tests/kit/people.ts";

const FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0";
const SAFARI =
  "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Mobile/15E148 Safari/604.1";
const PROXY = { environment: { TRUST_PROXY: "127.0.0.1" } };

const statusOf = async (browser: TestClient) => (await browser.getJson("/profile")).status;

async function sessionsOf(browser: TestClient): Promise<SessionView[]> {
  return JSON.parse((await browser.getJson("/sessions")).text).sessions;
}

/** Opens a page with another browser's name, from another network. */
const visit = (browser: TestClient, userAgent: string, ip: string) =>
  browser.send("/profile", {
    headers: { "accept": "application/json", "user-agent": userAgent, "x-forwarded-for": ip },
  });

const eventsOf = ({ services }: TestApp, action: string) =>
  services.db.selectFrom("audit_events").selectAll().where("action", "=", action).execute();

appTest("GET /sessions shows browser, network, times and which one this is", async (app) => {
  const person = await addPerson(app, "ana");
  await signedIn(app, await addPerson(app, "bo"));
  const [old, phone, here] = [
    await signedIn(app, person),
    await signedIn(app, person),
    await signedIn(app, person),
  ];
  await visit(old, FIREFOX, "192.0.2.1");
  await visit(phone, SAFARI, "2001:db8::1");
  await app.services.db.updateTable("sessions").set({ last_seen_at: sql`now() - interval '1 h'` })
    .where("ip", "=", "192.0.2.1").execute();
  const sessions = await sessionsOf(here);
  assert.deepEqual(sessions.map(({ browser, ip, current }) => [browser, ip, current]), [
    ["an unknown browser", "127.0.0.1", true],
    ["Safari on iOS", "2001:db8::1", false],
    ["Firefox on Linux", "192.0.2.1", false],
  ]);
  for (const { created_at, last_seen_at } of sessions) {
    assert.ok(Date.now() - Date.parse(created_at) < 60_000);
    assert.ok(Date.now() - Date.parse(last_seen_at) < 3_700_000);
  }
  const { text } = await here.get("/sessions");
  assert.equal(text.match(/This one/g)?.length, 1);
  assert.match(text, /End session<span[^>]*> of Safari on iOS, 2001:db8::1<\/span>/);
}, PROXY);

appTest("a session that has expired is not listed", async (app) => {
  const person = await addPerson(app, "ana");
  await signedIn(app, person);
  await app.services.db.updateTable("sessions")
    .set({ last_seen_at: sql`now() - interval '3 hours'` }).execute();
  assert.equal((await sessionsOf(await signedIn(app, person))).length, 1);
});

appTest("a session that is ended works no more at its next request", async (app) => {
  const person = await addPerson(app, "ana");
  const [other, here] = [await signedIn(app, person), await signedIn(app, person)];
  const [, session] = await sessionsOf(here);
  const answer = await here.sendJson("DELETE", "/sessions", { session_id: session!.session_id });
  assert.equal(answer.status, 200, answer.text);
  assert.equal(JSON.parse(answer.text).message, "The session is ended.");
  assert.deepEqual([await statusOf(other), await statusOf(here)], [401, 200]);
  const [event] = await eventsOf(app, "end_session");
  assert.deepEqual([event?.actor_id, event?.target_id], [person.user_id, person.user_id]);
});

appTest("a form ends one session or all others, and the page says so", async (app) => {
  const person = await addPerson(app, "ana");
  const browsers = [];
  for (let count = 0; count < 4; count++) browsers.push(await signedIn(app, person));
  const here = browsers.pop()!;
  const session_id = String((await sessionsOf(here))[1]!.session_id);
  const viewer_id = String(person.user_id);
  const one = await here.postForm("/sessions", { _method: "DELETE", session_id, viewer_id });
  assert.deepEqual([one.status, one.headers.get("location")], [303, "/sessions"]);
  assert.match((await here.get("/sessions")).text, /The session is ended/);
  const all = await here.postForm("/sessions", { _method: "DELETE", others: "1", viewer_id });
  assert.deepEqual([all.status, all.headers.get("location")], [303, "/sessions"]);
  const { text } = await here.get("/sessions");
  assert.match(text, /All other sessions are ended/);
  assert.doesNotMatch(text, /End all other sessions|End session/);
  assert.deepEqual(await Promise.all([...browsers, here].map(statusOf)), [401, 401, 401, 200]);
  assert.equal((await eventsOf(app, "end_other_sessions")).length, 1);
});

appTest("ending the current session signs out", async (app) => {
  const here = await signedIn(app, await addPerson(app, "ana"));
  const session_id = String((await sessionsOf(here))[0]!.session_id);
  const answer = await here.postForm("/sessions", { _method: "DELETE", session_id });
  assert.deepEqual([answer.status, answer.headers.get("location")], [303, "/login"]);
  assert.ok(!here.cookies().has("roster_session"));
});

appTest("another user's session can neither be seen nor ended", async (app) => {
  const ana = await signedIn(app, await addPerson(app, "ana"));
  const admin = await signedIn(app, await addPerson(app, "bo", { role: "admin" }));
  const [session] = await sessionsOf(ana);
  assert.ok(!(await sessionsOf(admin)).some((it) => it.session_id === session!.session_id));
  for (const session_id of [session!.session_id, 999_999]) {
    const answer = await admin.sendJson("DELETE", "/sessions", { session_id });
    assert.deepEqual(
      [answer.status, JSON.parse(answer.text).detail],
      [404, "There is no such session, or it has already ended"],
    );
  }
  await admin.sendJson("DELETE", "/sessions", { others: "1" });
  assert.equal(await statusOf(ana), 200);
  assert.deepEqual(await eventsOf(app, "end_session"), []);
});

appTest("DELETE /sessions refuses anything but one session or all others", async (app) => {
  const person = await addPerson(app, "ana");
  const [other, here] = [await signedIn(app, person), await signedIn(app, person)];
  const { session_id } = (await sessionsOf(here))[1]!;
  const bad = [{}, { session_id: "x" }, { session_id: -1 }, { others: "0" }, { others: "" }, {
    others: "1",
    session_id,
  }, { session_id, user_id: 1 }];
  for (const fields of bad) {
    const { status } = await here.sendJson("DELETE", "/sessions", fields);
    assert.equal(status, 422, JSON.stringify(fields));
  }
  const foreign = { session_id, viewer_id: person.user_id + 1 };
  assert.equal((await here.sendJson("DELETE", "/sessions", foreign)).status, 409);
  assert.equal(await statusOf(other), 200);
});

appTest("of two sessions that end each other at the same time, one stays", async (app) => {
  const person = await addPerson(app, "ana");
  for (let round = 0; round < 20; round++) {
    const both = [await signedIn(app, person), await signedIn(app, person)];
    const answers = await Promise.all(
      both.map((browser) => browser.sendJson("DELETE", "/sessions", { others: "1" })),
    );
    assert.deepEqual(answers.map(({ status }) => status).sort(), [200, 401]);
    const { length } = await app.services.db.selectFrom("sessions").select("id").execute();
    assert.equal(length, 1);
  }
});

appTest(
  "a session that changes address and browser lists the last ones, and the trail has the change",
  async (app) => {
    const person = await addPerson(app, "ana");
    const browser = await signedIn(app, person);
    await visit(browser, FIREFOX, "192.0.2.1");
    await app.services.db.deleteFrom("audit_events").execute();
    for (let round = 0; round < 2; round++) await visit(browser, SAFARI, "198.51.100.7");
    const rows = await app.services.db.selectFrom("sessions").selectAll().execute();
    assert.deepEqual(rows.map(({ ip, user_agent }) => [ip, user_agent]), [[
      "198.51.100.7",
      SAFARI,
    ]]);
    const events = await eventsOf(app, "move_session");
    assert.deepEqual(events.map(({ target_id, ip, details }) => [target_id, ip, details]), [[
      person.user_id,
      "198.51.100.7",
      {
        from: { ip: "192.0.2.1", browser: "Firefox on Linux" },
        to: { ip: "198.51.100.7", browser: "Safari on iOS" },
      },
    ]]);
  },
  PROXY,
);

appTest("many requests at once from a new network are one change in the trail", async (app) => {
  const browser = await signedIn(app, await addPerson(app, "ana"));
  for (let round = 1; round <= 5; round++) {
    await Promise.all(
      Array.from({ length: 20 }, () => visit(browser, FIREFOX, `192.0.2.${round}`)),
    );
    assert.equal((await eventsOf(app, "move_session")).length, round);
  }
}, { ...PROXY, everyDatabase: true });

appTest("a browser's update is no change in the trail, and no flood fits into it", async (app) => {
  const browser = await signedIn(app, await addPerson(app, "ana"));
  await visit(browser, FIREFOX, "192.0.2.1");
  await visit(browser, FIREFOX.replaceAll("140", "141"), "192.0.2.1");
  assert.equal((await eventsOf(app, "move_session")).length, 1);
  for (let round = 0; round < 40; round++) await visit(browser, FIREFOX, `192.0.2.${round % 2}`);
  assert.equal((await eventsOf(app, "move_session")).length, 20);
  const [row] = await app.services.db.selectFrom("sessions").select("ip").execute();
  assert.equal(row?.ip, "192.0.2.1");
}, PROXY);

let queries: ReturnType<typeof countQueries>;

appTest("a request of a session costs one statement", async (app) => {
  const browser = await signedIn(app, await addPerson(app, "ana"));
  await browser.get("/");
  const before = queries.count();
  assert.equal((await browser.get("/")).status, 302);
  assert.equal(queries.count() - before, 1);
}, {
  adapt: ({ db }) => {
    queries = countQueries(db);
    return { db: queries.db };
  },
});
