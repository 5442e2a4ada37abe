/** Simultaneous requests, on one instance and on two. */
import assert from "node:assert/strict";
import { setTimeout as pause } from "node:timers/promises";
import { appTest as registerTest, serveApp, type TestApp } from "@/tests/kit/app.ts";
import { databaseTest } from "@/tests/kit/databases.ts";
import {
  addAdmin,
  addPerson,
  everythingOf,
  logIn,
  PASSWORD,
  signedIn,
} from "@/tests/kit/people.ts";

/**
 * Through a pooler, which gives each transaction another session, so that locks are tested there.
 */
function appTest(name: string, fn: (app: TestApp) => unknown): void {
  registerTest(name, fn, { pooled: true });
}

const ROUNDS = 8;
const NEW_PASSWORD = "eleven orange turtles";

appTest("a sign-in during a suspension leaves no session", async (app) => {
  const admin = await signedIn(app, await addAdmin(app));
  for (let round = 0; round < ROUNDS; round++) {
    const { user_id, username } = await addPerson(app, `grace${round}`);
    await Promise.all([
      logIn(app.client(), username),
      admin.sendJson("PUT", "/update_status", { user_id, status: "suspended" }),
      logIn(app.client(), username),
    ]);
    const sessions = await app.services.db.selectFrom("sessions").select("id")
      .where("user_id", "=", user_id).execute();
    assert.deepEqual(sessions, []);
  }
});

appTest("a sign-in with the old password during its change leaves no session", async (app) => {
  for (let round = 0; round < ROUNDS; round++) {
    const person = await addPerson(app, `grace${round}`);
    const browser = await signedIn(app, person);
    const [, changed] = await Promise.all([
      logIn(app.client(), person.username),
      browser.sendJson("POST", "/change_password", {
        current_password: PASSWORD,
        password: NEW_PASSWORD,
        password2: NEW_PASSWORD,
      }),
      logIn(app.client(), person.username),
    ]);
    assert.equal(changed.status, 200);
    const sessions = await app.services.db.selectFrom("sessions").select("id")
      .where("user_id", "=", person.user_id).execute();
    assert.equal(sessions.length, 1, "that of the browser which changed it");
    assert.equal((await browser.getJson("/profile")).status, 200);
  }
});

appTest("a new password during a suspension leaves no session", async (app) => {
  const admin = await signedIn(app, await addAdmin(app));
  for (let round = 0; round < ROUNDS; round++) {
    const person = await addPerson(app, `grace${round}`);
    const browser = await signedIn(app, person);
    const { user_id } = person;
    const [changed, suspended] = await Promise.all([
      browser.sendJson("POST", "/change_password", {
        current_password: PASSWORD,
        password: NEW_PASSWORD,
        password2: NEW_PASSWORD,
      }),
      admin.sendJson("PUT", "/update_status", { user_id, status: "suspended" }),
    ]);
    assert.ok(changed.status === 200 || changed.status === 401, changed.text);
    assert.equal(suspended.status, 200);
    const sessions = await app.services.db.selectFrom("sessions").select("id")
      .where("user_id", "=", user_id).execute();
    assert.deepEqual(sessions, []);
  }
});

/** A body whose last part is not sent until `finish` is called. */
function slowBody(fields: Record<string, string>) {
  const text = new TextEncoder().encode(new URLSearchParams(fields).toString());
  const { promise, resolve } = Promise.withResolvers<void>();
  const body = new ReadableStream<Uint8Array<ArrayBuffer>>({
    async start(controller) {
      controller.enqueue(text.slice(0, 3));
      await promise;
      controller.enqueue(text.slice(3));
      controller.close();
    },
  });
  return { body, finish: resolve };
}

appTest("an admin who is demoted while their request arrives changes nobody", async (app) => {
  const boss = await signedIn(app, await addAdmin(app, "boss"));
  const accomplice = await addPerson(app, "accomplice");
  const user_id = String(accomplice.user_id);
  const requests = [
    ["PUT", "/edit_user", { user_id, role: "admin" }],
    ["PUT", "/update_status", { user_id, status: "suspended" }],
    ["DELETE", "/delete_user", { user_id }],
    ["PUT", "/restore_user", { user_id: "999" }],
  ] as const;
  for (const [index, [method, path, fields]] of requests.entries()) {
    const mallory = await addAdmin(app, `mallory${index}`);
    const browser = await signedIn(app, mallory);
    const { body, finish } = slowBody(fields);
    const headers = {
      "accept": "application/json",
      "content-type": "application/x-www-form-urlencoded",
      "origin": app.origin,
    };
    const before = await everythingOf(app, accomplice);
    const answer = browser.send(path, { method, headers, body });
    // Much longer than the server needs to find the session.
    await pause(300);
    await boss.sendJson("PUT", "/edit_user", { user_id: mallory.user_id, role: "user" });
    finish();
    assert.equal((await answer).status, 401, path);
    assert.deepEqual(await everythingOf(app, accomplice), before, path);
  }
});

appTest("an edit during a deletion changes nobody and breaks nothing", async (app) => {
  const admin = await signedIn(app, await addAdmin(app));
  for (let round = 0; round < ROUNDS; round++) {
    const { user_id } = await addPerson(app, `grace${round}`);
    const [edited, deleted] = await Promise.all([
      admin.sendJson("PUT", "/edit_user", { user_id, bio: "late" }),
      admin.sendJson("DELETE", "/delete_user", { user_id }),
    ]);
    assert.ok(edited.status === 200 || edited.status === 404, edited.text);
    assert.equal(deleted.status, 200);
  }
  const profiles = await app.services.db.selectFrom("user_profiles").select("user_id").execute();
  assert.equal(profiles.length, 1);
});

appTest("simultaneous toggles all count", async (app) => {
  const admin = await signedIn(app, await addAdmin(app));
  const { user_id } = await addPerson(app, "grace");
  const answers = await Promise.all(
    Array.from({ length: 6 }, () => admin.sendJson("PUT", "/update_status", { user_id })),
  );
  const statuses = answers.map(({ text }) => JSON.parse(text).status).sort();
  assert.deepEqual(statuses, [
    ...Array<string>(3).fill("active"),
    ...Array<string>(3).fill("suspended"),
  ]);
});

databaseTest("suspension on one instance ends the sessions on the others", async (database) => {
  await using here = await serveApp(database);
  await using there = await serveApp(database);
  const person = await addPerson(there, "grace");
  const browser = await signedIn(there, person);
  assert.equal((await browser.getJson("/profile")).status, 200);
  const admin = await signedIn(here, await addAdmin(here));
  const { user_id } = person;
  await admin.sendJson("PUT", "/update_status", { user_id, status: "suspended" });
  assert.equal((await browser.getJson("/profile")).status, 401);
});
