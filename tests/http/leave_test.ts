import assert from "node:assert/strict";
import { appTest, mailAppTest, type TestApp } from "@/tests/kit/app.ts";
import { maintain } from "@/lib/domain/operation/maintenance.ts";
import { programOf } from "@/tests/kit/api_keys.ts";
import type { TestClient } from "@/tests/kit/client.ts";
import { askTwice, leaveRoster } from "@/tests/kit/leaving.ts";
import { tokenIn } from "@/tests/kit/mailbox.ts";
import {
  accountOf,
  addAdmin,
  addPerson,
  everythingOf,
  logIn,
  PASSWORD,
  type Person,
  signedIn,
} from "@/tests/kit/people.ts";
import { ageProofs, codeOf, forgetSteps, prove, turnOn } from "@/tests/kit/second_factor.ts";

const ROUNDS = 20;

/** Both requests by which users delete their own account. */
const WAYS: Readonly<
  Record<string, (browser: TestClient, person: Person) => ReturnType<TestClient["send"]>>
> = {
  "POST /leave": (browser, { username }) => browser.sendJson("POST", "/leave", { username }),
  "DELETE /delete_user": (browser, { user_id }) =>
    browser.sendJson("DELETE", "/delete_user", { user_id }),
};

for (const [name, send] of Object.entries(WAYS)) {
  appTest(
    `${name} of the own account asks for a new proof, however fresh the last`,
    async (app) => {
      const ana = await addPerson(app, "ana");
      const browser = app.client();
      assert.equal((await logIn(browser, "ana")).status, 200);
      await prove(browser, "/change_password");
      assert.equal((await askTwice(browser, () => send(browser, ana))).status, 200);
      assert.deepEqual(await everythingOf(app, ana), [undefined, undefined]);
    },
  );

  appTest(`${name} takes no proof of more than 15 minutes ago`, async (app) => {
    const ana = await addPerson(app, "ana");
    const browser = await signedIn(app, ana);
    await prove(browser);
    await ageProofs(app, 16);
    assert.equal((await send(browser, ana)).status, 403);
    await accountOf(app, ana);
  });

  appTest(`${name} of two admins at the same time leaves one of them`, async (app) => {
    for (let round = 0; round < ROUNDS; round++) {
      await app.services.db.deleteFrom("users").execute();
      const admins = [await addAdmin(app, `a${round}.x`), await addAdmin(app, `b${round}.x`)];
      const browsers = await Promise.all(admins.map((admin) => signedIn(app, admin)));
      for (const [index, browser] of browsers.entries()) {
        assert.equal((await send(browser, admins[index]!)).status, 403);
        await prove(browser);
      }
      const answers = await Promise.all(
        browsers.map((browser, index) => send(browser, admins[index]!)),
      );
      assert.deepEqual(answers.map(({ status }) => status).sort(), [200, 409]);
    }
  }, { everyDatabase: true });
}

appTest("the last active admin cannot leave", async (app) => {
  const admin = await addAdmin(app);
  await addPerson(app, "former", { role: "admin", status: "suspended" });
  const browser = await signedIn(app, admin);
  await prove(browser);
  for (const erase of [{}, { erase: "1" }]) {
    const answer = await browser.sendJson("POST", "/leave", { username: "admin", ...erase });
    assert.equal(answer.status, 409);
    assert.match(answer.text, /last active admin/);
  }
  await accountOf(app, admin);
});

appTest("somebody who leaves types the username, and is offered the data first", async (app) => {
  const ana = await addPerson(app, "ana");
  const browser = await signedIn(app, ana);
  assert.equal((await browser.get("/leave")).status, 303, "to /step_up");
  await prove(browser, "/leave");
  assert.match((await browser.get("/leave")).text, /href="\/download_data"/);
  for (const username of ["", "bob", "ana@example.org"]) {
    const answer = await browser.sendJson("POST", "/leave", { username });
    assert.equal(answer.status, 422, username);
    assert.ok(JSON.parse(answer.text).errors.username);
  }
  await accountOf(app, ana);
});

appTest("leaving ends sessions, keys and links at once", async (app) => {
  const ana = await addPerson(app, "ana");
  const [browser, other] = [await signedIn(app, ana), await signedIn(app, ana)];
  const program = await programOf(app, ana);
  await app.client().sendJson("POST", "/forgot_password", { email: ana.email });
  const answer = await leaveRoster(browser, "ANA");
  assert.equal(answer.status, 200, answer.text);
  assert.match(JSON.parse(answer.text).message, /brings it back for 30 days/);
  assert.equal((await other.getJson("/profile")).status, 401);
  assert.equal((await program.ask("GET", "/profile")).status, 401);
  assert.equal((await logIn(app.client(), "ana")).status, 401);
  const { db } = app.services;
  for (const table of ["sessions", "api_keys", "devices"] as const) {
    assert.deepEqual(await db.selectFrom(table).select("id").execute(), [], table);
  }
}, { everyDatabase: true });

appTest("the walk of leaving works with forms only", async (app) => {
  const ana = await addPerson(app, "ana");
  const browser = await signedIn(app, ana);
  const fields = { viewer_id: String(ana.user_id), username: "ana" };
  const asked = await browser.postForm("/leave", fields);
  assert.equal(asked.status, 403);
  const [, kept = ""] = /name="kept" value="([^"]*)"/.exec(asked.text) ?? [];
  const back = await browser.postForm("/step_up", {
    viewer_id: String(ana.user_id),
    kept_path: "/leave",
    kept: kept.replaceAll("&quot;", '"'),
    password: PASSWORD,
  });
  assert.match(back.text, /action="\/leave"/);
  const form = await browser.postForm("/leave", { ...fields, _method: "GET" });
  assert.match(form.text, /value="ana"/);
  const left = await browser.postForm("/leave", fields);
  assert.deepEqual([left.status, left.headers.get("location")], [303, "/login"]);
  assert.match((await browser.get("/login")).text, /Your account is deleted/);
});

mailAppTest("an e-mail brings the account back for 30 days, with the old password", async (
  app,
  mailbox,
) => {
  const { admin, ana, browser } = await anaAndAdmin(app);
  await browser.sendJson("PUT", "/edit_user", { user_id: ana.user_id, bio: "Compilers" });
  await leaveRoster(browser, "ana");
  const letter = await mailbox.next();
  assert.equal(letter.to, ana.email);
  assert.match(letter.text, /within 30 days/);
  const token = tokenIn(letter);
  const visitor = app.client();
  const opened = await visitor.get(`/restore_account?token=${token}`);
  assert.deepEqual([opened.status, opened.headers.get("location")], [303, "/restore_account"]);
  assert.match((await visitor.get("/restore_account")).text, /Bring it back/);
  assert.deepEqual(await everythingOf(app, ana), [undefined, undefined], "GET does nothing");
  const restored = await visitor.postForm("/restore_account", {});
  assert.deepEqual([restored.status, restored.headers.get("location")], [303, "/login"]);
  assert.equal((await logIn(visitor, "ana")).status, 200);
  assert.match((await visitor.getJson("/profile")).text, /Compilers/);
  const again = await app.client().sendJson("POST", "/restore_account", { token });
  assert.equal(again.status, 404);
  assert.deepEqual(JSON.parse((await admin.getJson("/deleted_users")).text).users, []);
});

mailAppTest("of 20 uses of the link at the same time one brings the account back", async (
  app,
  mailbox,
) => {
  const { browser } = await anaAndAdmin(app);
  await leaveRoster(browser, "ana");
  const token = tokenIn(await mailbox.next());
  const answers = await Promise.all(
    Array.from(
      { length: ROUNDS },
      () => app.client().sendJson("POST", "/restore_account", { token }),
    ),
  );
  const statuses = answers.map(({ status }) => status).sort();
  assert.deepEqual(statuses, [200, ...Array<number>(ROUNDS - 1).fill(404)]);
}, { everyDatabase: true });

mailAppTest("leaving again ends the link of the time before", async (app, mailbox) => {
  const { browser } = await anaAndAdmin(app);
  await leaveRoster(browser, "ana");
  const first = tokenIn(await mailbox.next());
  await app.client().sendJson("POST", "/restore_account", { token: first });
  const again = app.client();
  await logIn(again, "ana");
  await leaveRoster(again, "ana");
  let letter = await mailbox.next();
  while (!letter.text.includes("restore_account")) letter = await mailbox.next();
  const restore = (token: string) => app.client().sendJson("POST", "/restore_account", { token });
  assert.equal((await restore(first)).status, 404);
  assert.equal((await restore(tokenIn(letter))).status, 200);
});

for (const taken of ["username", "address"]) {
  mailAppTest(
    `somebody whose ${taken} was taken since is told whom to ask, and may try again`,
    async (
      app,
      mailbox,
    ) => {
      const { ana, browser } = await anaAndAdmin(app);
      await leaveRoster(browser, "ana");
      const token = tokenIn(await mailbox.next());
      const thief = taken === "username"
        ? await addPerson(app, "Ana", { email: "other@example.org" })
        : await addPerson(app, "other", { email: ana.email });
      const visitor = app.client();
      await visitor.get(`/restore_account?token=${token}`);
      const refused = await visitor.postForm("/restore_account", {});
      assert.equal(refused.status, 409);
      assert.match(refused.text, /Somebody else has your username or address by now: ask an admin/);
      await app.services.db.deleteFrom("users").where("id", "=", thief.user_id).execute();
      assert.equal((await visitor.postForm("/restore_account", {})).status, 303);
    },
  );
}

mailAppTest("somebody whom an admin deletes gets an e-mail without a way back", async (
  app,
  mailbox,
) => {
  const { admin, ana } = await anaAndAdmin(app);
  await admin.sendJson("DELETE", "/delete_user", { user_id: ana.user_id });
  const { to, text } = await mailbox.next();
  assert.equal(to, ana.email);
  assert.match(text, /Your account ana at Roster was deleted/);
  assert.doesNotMatch(text, /token=/);
  const tokens = await app.services.db.selectFrom("one_time_tokens").select("id").execute();
  assert.deepEqual(tokens, []);
});

mailAppTest("the link of the e-mail ends when the 30 days are over", async (app, mailbox) => {
  const { browser } = await anaAndAdmin(app);
  await leaveRoster(browser, "ana");
  const token = tokenIn(await mailbox.next());
  const { db } = app.services;
  const days = (count: number) => new Date(Date.now() - count * 24 * 3_600_000);
  await db.updateTable("deleted_users").set({ deleted_at: days(31) }).execute();
  await maintain(app.services);
  const answer = await app.client().sendJson("POST", "/restore_account", { token });
  assert.equal(answer.status, 404);
  assert.deepEqual(await db.selectFrom("one_time_tokens").select("id").execute(), []);
});

appTest("somebody with a second factor proves it to leave", async (app) => {
  const { browser, secret } = await turnOn(app, await addPerson(app, "ana"));
  const ask = () => browser.sendJson("POST", "/leave", { username: "ana" });
  assert.equal((await ask()).status, 403);
  const wrong = await browser.sendJson("POST", "/step_up", { password: PASSWORD });
  assert.equal(wrong.status, 422);
  assert.equal((await ask()).status, 403);
  await forgetSteps(app);
  const code = await codeOf(secret);
  assert.equal((await browser.sendJson("POST", "/step_up", { code })).status, 200);
  assert.equal((await ask()).status, 200);
  const { db } = app.services;
  assert.deepEqual(await db.selectFrom("second_factors").select("user_id").execute(), []);
  const { snapshot } = await db.selectFrom("deleted_users").select("snapshot")
    .executeTakeFirstOrThrow();
  assert.equal(JSON.stringify(snapshot).includes(secret), false);
});

async function anaAndAdmin(app: TestApp) {
  const verified = { email_verified_at: new Date() };
  const ana = await addPerson(app, "ana", verified);
  const admin = await signedIn(app, await addAdmin(app));
  return { ana, admin, browser: await signedIn(app, ana) };
}
