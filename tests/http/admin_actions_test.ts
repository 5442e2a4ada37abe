import assert from "node:assert/strict";
import { restoreUser } from "@/lib/domain/users/deleted_users.ts";
import { appTest, type TestApp } from "@/tests/kit/app.ts";
import {
  accountOf,
  addAdmin,
  addPerson,
  everythingOf,
  logIn,
  signedIn,
} from "@/tests/kit/people.ts";
import { prove } from "@/tests/kit/second_factor.ts";

const TASK = { kind: "task", name: "test" } as const;

const activeAdmins = async ({ services: { db } }: TestApp) =>
  (await db.selectFrom("users").select("id")
    .where("role", "=", "admin").where("status", "=", "active").execute()).length;

appTest(
  "PUT /update_status suspends and activates, and toggles without a status",
  async (app) => {
    const admin = await signedIn(app, await addAdmin(app));
    const person = await addPerson(app, "grace");
    const { user_id } = person;
    const change = async (fields: Record<string, string>) => {
      const answer = await admin.sendJson("PUT", "/update_status", { user_id, ...fields });
      assert.equal(answer.status, 200, answer.text);
      return JSON.parse(answer.text).status;
    };
    assert.equal(await change({}), "suspended");
    assert.equal(await change({}), "active");
    const until = "2999-12-31T12:00:00.000Z";
    assert.equal(await change({ status: "suspended", reason: "Spam", until }), "suspended");
    assert.equal(await change({ status: "suspended", reason: "Spam", until }), "suspended");
    const { status_reason, suspended_until } = await accountOf(app, person);
    assert.deepEqual([status_reason, suspended_until?.toISOString()], ["Spam", until]);
    assert.equal((await logIn(app.client(), "grace")).status, 401);
    assert.equal(await change({ status: "active" }), "active");
    assert.deepEqual((await accountOf(app, person)).status_reason, null);
    assert.equal((await logIn(app.client(), "grace")).status, 200);
  },
);

appTest("PUT /update_status refuses bad input with 422 and changes nothing", async (app) => {
  const admin = await signedIn(app, await addAdmin(app));
  const person = await addPerson(app, "grace");
  const before = await everythingOf(app, person);
  for (
    const fields of [
      { status: "deleted" },
      { reason: "r".repeat(301) },
      { until: "tomorrow" },
      { until: "2000-01-01" },
      { until: "2030-02-30" },
      { until: "2030-01-31T24:00" },
      { until: "9999-12-31T23:59-01:00" },
    ]
  ) {
    const [field] = Object.keys(fields);
    const { user_id } = person;
    const answer = await admin.sendJson("PUT", "/update_status", { user_id, ...fields });
    assert.equal(answer.status, 422);
    assert.deepEqual(Object.keys(JSON.parse(answer.text).errors), [field]);
  }
  assert.deepEqual(await everythingOf(app, person), before);
});

appTest("a suspended user is signed out at once, also in pending requests", async (app) => {
  const admin = await signedIn(app, await addAdmin(app));
  const person = await addPerson(app, "grace");
  const browser = await signedIn(app, person);
  assert.equal((await browser.getJson("/profile")).status, 200);
  await admin.sendJson("PUT", "/update_status", { user_id: person.user_id, status: "suspended" });
  assert.equal((await browser.getJson("/profile")).status, 401);
  await admin.sendJson("PUT", "/update_status", { user_id: person.user_id, status: "active" });
  assert.equal((await browser.getJson("/profile")).status, 401);
}, { everyDatabase: true });

appTest("a form of the list does what its script does, and comes back to the page", async (app) => {
  const admin = await signedIn(app, await addAdmin(app));
  const person = await addPerson(app, "grace");
  const user_id = String(person.user_id);
  const next = "/user_list?q=gra";
  const changed = await admin.postForm("/update_status", { _method: "PUT", user_id, next });
  assert.deepEqual([changed.status, changed.headers.get("location")], [303, next]);
  assert.equal((await accountOf(app, person)).status, "suspended");
  const deleted = await admin.postForm("/delete_user", { _method: "DELETE", user_id });
  assert.deepEqual([deleted.status, deleted.headers.get("location")], [303, "/user_list"]);
  assert.match((await admin.get("/user_list")).text, /grace is deleted/);
  assert.equal((await admin.postForm("/delete_user", { _method: "PATCH", user_id })).status, 405);
  assert.equal((await admin.postForm("/delete_user", { user_id })).status, 405);
});

appTest(
  "every form about a user comes back to the list as it was, and to no other site",
  async (app) => {
    const admin = await signedIn(app, await addAdmin(app));
    const list = "/user_list?q=g&sort=-email&limit=2";
    for (
      const [next, place] of [
        [list, list],
        ["https://evil.example/", "/user_list"],
        ["//evil.example", "/user_list"],
      ] as const
    ) {
      const { user_id: id } = await addPerson(app, "grace");
      const user_id = String(id);
      const forms: [string, Record<string, string>][] = [
        ["/edit_user", { _method: "PUT", bio: "x" }],
        ["/update_status", { _method: "PUT", status: "suspended", reason: "Spam" }],
        ["/update_status", { _method: "PUT", status: "active" }],
        ["/delete_user", { _method: "DELETE" }],
        ["/restore_user", { _method: "PUT" }],
      ];
      for (const [path, fields] of forms) {
        const answer = await admin.postForm(path, { ...fields, user_id, next });
        const fallback = path === "/restore_user" ? "/deleted_users" : place;
        const expected = next === list ? list : fallback;
        assert.deepEqual([answer.status, answer.headers.get("location")], [303, expected], path);
      }
      for (const path of ["/edit_user", "/update_status", "/delete_user"]) {
        const query = new URLSearchParams({ user_id, next });
        const { text } = await admin.get(`${path}?${query}`);
        const shown = next === list ? list : `/user_list#user_${id}`;
        const escaped = shown.replaceAll("&", "&amp;");
        assert.ok(text.includes(`href="${escaped}"`) && text.includes(`value="${escaped}"`), path);
        assert.ok(!/="(https:)?\/\/evil/.test(text), path);
      }
      await admin.sendJson("DELETE", "/delete_user", { user_id });
    }
  },
);

appTest("PUT /update_status says why and until when, and the list shows it", async (app) => {
  const admin = await signedIn(app, await addAdmin(app));
  const { user_id } = await addPerson(app, "grace");
  const until = "2999-03-03T12:00:00.000Z";
  const fields = { user_id, status: "suspended", reason: "Spam <b>", until };
  const answer = JSON.parse((await admin.sendJson("PUT", "/update_status", fields)).text);
  assert.equal(answer.message, "grace is suspended and signed out everywhere.");
  assert.deepEqual([answer.status_reason, answer.suspended_until], ["Spam <b>", until]);
  const { users } = JSON.parse((await admin.getJson("/user_list?status=suspended")).text);
  assert.deepEqual([users[0].status_reason, users[0].suspended_until], ["Spam <b>", until]);
  const { text } = await admin.get("/user_list");
  assert.match(text.replaceAll(/<\/?time[^>]*>/g, ""), /until 3 Mar 2999, 12:00 UTC: ?Spam &lt;b/);
});

appTest("DELETE /delete_user removes account, profile and sessions", async (app) => {
  const admin = await signedIn(app, await addAdmin(app));
  const person = await addPerson(app, "grace");
  const browser = await signedIn(app, person);
  const { user_id } = person;
  assert.equal((await admin.sendJson("DELETE", "/delete_user", { user_id })).status, 200);
  assert.deepEqual(await everythingOf(app, person), [undefined, undefined]);
  assert.equal((await browser.getJson("/profile")).status, 401);
  assert.equal((await logIn(app.client(), "grace")).status, 401);
  assert.equal((await admin.sendJson("DELETE", "/delete_user", { user_id })).status, 404);
});

appTest("DELETE /delete_user takes the id from the query as well", async (app) => {
  const admin = await signedIn(app, await addAdmin(app));
  const person = await addPerson(app, "grace");
  const headers = { "accept": "application/json", "sec-fetch-site": "same-origin" };
  const path = `/delete_user?user_id=${person.user_id}`;
  assert.equal((await admin.send(path, { method: "DELETE", headers })).status, 200);
  assert.deepEqual(await everythingOf(app, person), [undefined, undefined]);
});

appTest("users who delete themselves are signed out", async (app) => {
  const person = await addPerson(app, "grace");
  const browser = await signedIn(app, person);
  await prove(browser);
  const answer = await browser.postForm("/delete_user", {
    _method: "DELETE",
    user_id: String(person.user_id),
  });
  assert.deepEqual([answer.status, answer.headers.get("location")], [303, "/login"]);
  assert.ok(!browser.cookies().has("roster_session"));
  assert.match((await browser.get("/login")).text, /Your account is deleted/);
});

appTest("a deleted user can be restored as they were, but signed out", async (app) => {
  const admin = await signedIn(app, await addAdmin(app));
  const person = await addPerson(app, "grace");
  const { user_id } = person;
  const browser = await signedIn(app, person);
  await browser.sendJson("PUT", "/edit_user", { user_id, full_name: "Grace", bio: "Admiral" });
  await admin.sendJson("DELETE", "/delete_user", { user_id });
  await restoreUser(app.services, TASK, user_id);
  assert.equal((await browser.getJson("/profile")).status, 401);
  assert.equal((await logIn(browser, "grace")).status, 200);
  const shown = JSON.parse((await browser.getJson(`/edit_user?user_id=${user_id}`)).text);
  assert.deepEqual([shown.full_name, shown.bio], ["Grace", "Admiral"]);
});

appTest("the last active admin can be neither deleted, suspended nor demoted", async (app) => {
  const last = await addAdmin(app);
  await addPerson(app, "former", { role: "admin", status: "suspended" });
  const admin = await signedIn(app, last);
  const { user_id } = last;
  const before = await everythingOf(app, last);
  await prove(admin);
  const answers = [
    await admin.sendJson("DELETE", "/delete_user", { user_id }),
    await admin.sendJson("PUT", "/update_status", { user_id, status: "suspended" }),
    await admin.sendJson("PUT", "/edit_user", { user_id, role: "user" }),
  ];
  assert.deepEqual(answers.map(({ status }) => status), [409, 409, 409]);
  for (const { text } of answers) assert.match(JSON.parse(text).detail, /last active admin/);
  assert.deepEqual(await everythingOf(app, last), before);
});

appTest("admins cannot suspend or demote themselves", async (app) => {
  const own = await addAdmin(app);
  await addAdmin(app, "other");
  const admin = await signedIn(app, own);
  const { user_id } = own;
  assert.equal((await admin.sendJson("PUT", "/update_status", { user_id })).status, 409);
  assert.equal((await admin.sendJson("PUT", "/edit_user", { user_id, role: "user" })).status, 409);
  assert.equal((await accountOf(app, own)).role, "admin");
});

appTest("if admins remove each other at the same time, one stays", async (app) => {
  for (let round = 0; round < 5; round++) {
    await app.services.db.deleteFrom("users").execute();
    const admins = await Promise.all(
      ["a", "b", "c", "d"].map((name) => addAdmin(app, `admin-${name}${round}`)),
    );
    const browsers = await Promise.all(admins.map((admin) => signedIn(app, admin)));
    for (const browser of browsers) await prove(browser);
    await Promise.all(admins.flatMap(({ user_id }, index) => {
      const by = browsers[(index + 1) % browsers.length]!;
      const own = browsers[index]!;
      return [
        own.sendJson("DELETE", "/delete_user", { user_id }),
        by.sendJson("PUT", "/update_status", { user_id, status: "suspended" }),
        by.sendJson("PUT", "/edit_user", { user_id, role: "user" }),
      ];
    }));
    assert.equal(await activeAdmins(app), 1);
  }
}, { everyDatabase: true });

appTest("the audit log says who did what to whom", async (app) => {
  const boss = await addAdmin(app, "boss");
  const admin = await signedIn(app, boss);
  const { user_id } = await addPerson(app, "grace");
  await app.services.db.deleteFrom("audit_events").execute();
  await admin.sendJson("PUT", "/edit_user", { user_id, bio: "x" });
  await admin.sendJson("PUT", "/update_status", { user_id, status: "suspended" });
  await admin.sendJson("PUT", "/update_status", { user_id, status: "active" });
  await admin.sendJson("DELETE", "/delete_user", { user_id });
  const events = await app.services.db.selectFrom("audit_events").selectAll().orderBy("id")
    .execute();
  assert.deepEqual(
    events.map((
      event,
    ) => [event.actor_id, event.actor_name, event.action, event.target_id, event.ip]),
    ["edit_user", "suspend_user", "activate_user", "delete_user"].map((action) => [
      boss.user_id,
      "boss",
      action,
      user_id,
      "127.0.0.1",
    ]),
  );
  assert.match((await admin.get("/admin")).text, /grace/);
});
