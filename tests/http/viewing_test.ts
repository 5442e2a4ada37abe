/** Admins view as a user, within bounds, and the user sees that they did. */
import assert from "node:assert/strict";
import { sql } from "kysely";
import type { UserActor } from "@/lib/domain/actor.ts";
import { authorise } from "@/lib/domain/authorise.ts";
import { DomainError } from "@/lib/domain/errors.ts";
import {
  type ActionName,
  actionOf,
  actionsWith,
  type PermittedAction,
} from "@/lib/shared/actions.ts";
import { appTest } from "@/tests/kit/app.ts";
import { detailOf, type TestClient } from "@/tests/kit/client.ts";
import { accountOf, addAdmin, addPerson, logIn, PASSWORD, signedIn } from "@/tests/kit/people.ts";
import { ageProofs } from "@/tests/kit/second_factor.ts";
import { cast, eventsOf, isAdmins, plain, viewAs, viewingTest } from "@/tests/kit/viewing.ts";

const BAR = /You are viewing as ana\. 1 hour left\./;

viewingTest(
  "an admin who views as a user sees that user's pages, with a bar and the way out",
  async (app) => {
    const { browser } = await cast(app);
    for (const path of ["/profile", "/activity", "/sessions", "/forgot_password"]) {
      const { status, text } = await browser.get(path);
      assert.equal(status, 200, path);
      assert.match(plain(text), BAR, path);
      assert.match(text, /<form method="post" action="\/stop_viewing">/, path);
      // First the link to the content, then the bar.
      assert.ok(text.indexOf("skip-link") < text.indexOf("viewing-bar"), path);
      assert.ok(text.indexOf("viewing-bar") < text.indexOf("<main"), path);
    }
    assert.match((await browser.get("/profile")).text, /ana@example\.org/);
    const stopped = await browser.postForm("/stop_viewing", {});
    assert.deepEqual([stopped.status, stopped.headers.get("location")], [303, "/user_list"]);
    const list = await browser.get("/user_list");
    assert.equal(list.status, 200);
    assert.match(list.text, /You are yourself again/);
    assert.doesNotMatch(list.text, /viewing-bar/);
  },
);

viewingTest(
  "viewing does not begin if its entry cannot be written to the audit log",
  async (app) => {
    const [bo, ana] = [await addAdmin(app, "bo"), await addPerson(app, "ana")];
    const browser = await signedIn(app, bo);
    const { db } = app.services;
    await sql`alter table audit_events add constraint full_disk check (action <> 'view_as')`
      .execute(db);
    assert.equal((await viewAs(browser, ana.user_id)).status, 500);
    assert.equal(await isAdmins(browser), true);
    const { viewing_user_id } = await db.selectFrom("sessions").select("viewing_user_id")
      .where("user_id", "=", bo.user_id).executeTakeFirstOrThrow();
    assert.equal(viewing_user_id, null);
    await sql`alter table audit_events drop constraint full_disk`.execute(db);
    assert.equal((await viewAs(browser, ana.user_id)).status, 200);
  },
);

viewingTest("error pages have the bar, and say why something is refused", async (app) => {
  const { browser } = await cast(app);
  const refused = ["/security", "/change_password", "/step_up", "/set_up_two_factor", "/admin"];
  for (const path of [...refused, "/recovery_codes", "/turn_off_two_factor", "/user_list"]) {
    const { status, text } = await browser.get(path);
    assert.equal(status, 403, path);
    assert.match(plain(text), BAR, path);
    assert.match(text, /stop viewing first/, path);
  }
  const { status, text } = await browser.get("/nothing");
  assert.equal(status, 404);
  assert.match(plain(text), BAR);
});

Deno.test("only what the table of actions allows is allowed while viewing", () => {
  const actor: UserActor = {
    kind: "user",
    source: { requestId: "test", ip: "192.0.2.1", userAgent: "Test" },
    userId: 2,
    username: "ana",
    role: "user",
    sessionId: 1,
    viewedBy: { userId: 1, username: "bo" },
  };
  const refused: ActionName[] = [];
  for (const name of actionsWith<PermittedAction>(({ by }) => by !== undefined)) {
    try {
      authorise(actor, name, actor.userId);
    } catch (error) {
      assert.ok(error instanceof DomainError && error.code === "not_while_viewing", name);
      refused.push(name);
    }
  }
  const allowed = actionsWith<PermittedAction>(({ by }) => by !== undefined)
    .filter((name) => !refused.includes(name));
  assert.deepEqual(allowed.toSorted(), [
    "edit_user",
    "see_activity",
    "see_sessions",
    "see_user",
    "stop_viewing",
    "undo",
  ]);
  assert.ok(allowed.every((name) => actionOf(name).whileViewing));
});

viewingTest(
  "password, factors, address, sessions, deletion and other impersonations are refused",
  async (app) => {
    const { ana, browser } = await cast(app);
    const cleo = await addPerson(app, "cleo");
    const before = await accountOf(app, ana);
    const new_password = { password: "eleven orange turtles", password2: "eleven orange turtles" };
    const requests = [
      ["POST", "/change_password", { current_password: PASSWORD, ...new_password }],
      ["POST", "/set_up_two_factor", {}],
      ["POST", "/recovery_codes", {}],
      ["POST", "/turn_off_two_factor", {}],
      ["POST", "/step_up", { password: PASSWORD }],
      ["POST", "/change_email", { cancel: "1" }],
      ["POST", "/change_email", { send_again: "1" }],
      ["POST", "/activity", {}],
      ["DELETE", "/sessions", { others: "1" }],
      ["PUT", "/edit_user", {
        user_id: ana.user_id,
        email: "x@example.org",
        current_password: PASSWORD,
      }],
      ["PUT", "/edit_user", { user_id: ana.user_id, email: "ANA@example.org" }],
      ["PUT", "/edit_user", { user_id: ana.user_id, username: "anna" }],
      ["PUT", "/edit_user", { user_id: ana.user_id, role: "admin" }],
      ["DELETE", "/delete_user", { user_id: ana.user_id }],
      ["PUT", "/view_as", { user_id: cleo.user_id }],
      ["PUT", "/view_as", { user_id: ana.user_id }],
    ] as const;
    for (const [method, path, fields] of requests) {
      const answer = await browser.sendJson(method, path, fields);
      const asked = `${method} ${path} ${JSON.stringify(fields)}`;
      assert.equal(answer.status, 403, asked);
      assert.match(detailOf(answer), /while you view as somebody else/, asked);
    }
    assert.deepEqual(await accountOf(app, ana), before);
  },
);

viewingTest(
  "the trail has both names, and the user sees who viewed as them, and when",
  async (app) => {
    const { ana, browser } = await cast(app);
    const { user_id, email } = ana;
    const answer = await browser.sendJson("PUT", "/edit_user", {
      user_id,
      email,
      full_name: "Ana A",
    });
    assert.equal(answer.status, 200, answer.text);
    assert.match(
      plain((await browser.get("/profile")).text),
      /You are viewing as Ana A \(ana\)\. 1 hour left/,
    );
    await browser.sendJson("POST", "/stop_viewing", {});
    const entries = (await eventsOf(app)).map((
      { action, actor_name, real_actor_name, target_name },
    ) => [action, actor_name, real_actor_name, target_name]);
    assert.deepEqual(entries, [
      ["view_as", "bo", null, "ana"],
      ["edit_user", "ana", "bo", "ana"],
      ["stop_viewing", "bo", null, "ana"],
    ]);
    const { text } = await browser.get("/admin");
    assert.match(plain(text), /bo \(viewing as ana\) edited ana/);
    assert.match(plain(text), /bo began to view as ana, for up to 60 minutes/);
    const activity = await (await signedIn(app, ana)).getJson("/activity");
    const { events } = JSON.parse(activity.text);
    assert.deepEqual(
      events.slice(0, 3).map(({ text, ip }: { text: string; ip: string | null }) => [text, ip]),
      [
        ["Was no longer viewed by bo", null],
        ["Was edited by bo (viewing as you)", null],
        ["Was viewed from inside the account for up to 60 minutes by bo", null],
      ],
    );
  },
);

viewingTest("a form of the browser shows why the address stays, above the form", async (app) => {
  const { ana, browser } = await cast(app);
  const fields = { _method: "PUT", user_id: String(ana.user_id), email: "x@example.org" };
  const { status, text } = await browser.postForm("/edit_user", fields);
  assert.equal(status, 403);
  assert.match(text, /stop viewing first/);
  assert.match(text, /action="\/edit_user"/);
});

viewingTest("the reason is in the audit log only", async (app) => {
  const [bo, ana] = [await addAdmin(app, "bo"), await addPerson(app, "ana")];
  const browser = await signedIn(app, bo);
  const fields = { user_id: String(ana.user_id), reason: "Ticket 7", _method: "PUT" };
  const answer = await browser.postForm("/view_as", fields);
  assert.deepEqual([answer.status, answer.headers.get("location")], [303, "/profile"]);
  assert.deepEqual((await eventsOf(app))[0]?.details, { reason: "Ticket 7" });
  assert.doesNotMatch((await browser.getJson("/activity")).text, /Ticket/);
});

viewingTest("the session stays the admin's: the user neither sees nor ends it", async (app) => {
  const { bo, ana, browser } = await cast(app);
  const own = await signedIn(app, ana);
  const listed = async (client: TestClient) =>
    JSON.parse((await client.getJson("/sessions")).text).sessions.length;
  assert.deepEqual([await listed(own), await listed(browser)], [1, 1]);
  await own.sendJson("DELETE", "/sessions", { others: "1" });
  const boss = await signedIn(app, await addAdmin(app, "boss"));
  await boss.sendJson("PUT", "/update_status", { user_id: ana.user_id, status: "suspended" });
  assert.equal((await own.getJson("/profile")).status, 401);
  // To see what a suspended user would see.
  assert.equal((await browser.get("/profile")).status, 200);
  await browser.send("/profile", {
    headers: { "accept": "text/html", "user-agent": "Mozilla/5.0 Firefox/140.0" },
  });
  const moved = (await eventsOf(app)).filter(({ action }) => action === "move_session");
  assert.deepEqual(moved.map(({ actor_name, target_name }) => [actor_name, target_name]), [[
    "bo",
    "bo",
  ]]);
  const owners = await app.services.db.selectFrom("sessions").select("user_id")
    .where("user_id", "=", bo.user_id).execute();
  assert.equal(owners.length, 1);
});

viewingTest("viewing needs a fresh proof, on the page and for its form", async (app) => {
  const [bo, ana] = [await addAdmin(app, "bo"), await addPerson(app, "ana")];
  const browser = await signedIn(app, bo);
  const page = `/view_as?user_id=${ana.user_id}`;
  assert.match((await browser.get(page)).text, /View as ana/);
  await ageProofs(app, 6);
  const { status, headers } = await browser.get(page);
  assert.deepEqual([status, headers.get("location")], [
    303,
    `/step_up?next=${encodeURIComponent(page)}`,
  ]);
  assert.equal((await viewAs(browser, ana.user_id)).status, 200);
  await browser.sendJson("POST", "/stop_viewing", {});
  await ageProofs(app, 16);
  const late = await viewAs(browser, ana.user_id);
  assert.deepEqual([late.status, JSON.parse(late.text).next], [403, "/step_up"]);
});

viewingTest(
  "a user who signs in while an admin views gets no e-mail about it and no bar",
  async (app) => {
    const { browser } = await cast(app);
    const own = app.client();
    await logIn(own, "ana");
    assert.doesNotMatch((await own.get("/profile")).text, /viewing-bar/);
    assert.deepEqual(
      await app.services.db.selectFrom("jobs").select("id").where("kind", "=", "letter").execute(),
      [],
    );
    assert.match((await browser.get("/profile")).text, /viewing-bar/);
  },
);

viewingTest(
  "of two users that a session begins to view at the same time, one is viewed",
  async (app) => {
    const bo = await addAdmin(app, "bo");
    const people = [await addPerson(app, "ana"), await addPerson(app, "cleo")];
    for (let round = 0; round < 20; round++) {
      const browser = await signedIn(app, bo);
      const answers = await Promise.all(people.map(({ user_id }) => viewAs(browser, user_id)));
      assert.deepEqual(answers.map(({ status }) => status).sort(), [200, 403]);
      const winner = people[answers.findIndex(({ status }) => status === 200)]!;
      assert.match((await browser.get("/profile")).text, new RegExp(winner.email));
    }
  },
);

viewingTest("admins are offered to view users, but neither admins nor themselves", async (app) => {
  const browser = await signedIn(app, await addAdmin(app, "bo"));
  const ana = await addPerson(app, "ana");
  const { text } = await browser.get("/user_list");
  assert.deepEqual(text.match(/href="\/view_as\?user_id=\d+/g), [
    `href="/view_as?user_id=${ana.user_id}`,
  ]);
  assert.match((await browser.get(`/edit_user?user_id=${ana.user_id}`)).text, /\/view_as\?/);
});

appTest(
  "without IMPERSONATION=on nobody is offered to view as a user, or can",
  async (app) => {
    const [bo, ana] = [await addAdmin(app, "bo"), await addPerson(app, "ana")];
    const browser = await signedIn(app, bo);
    for (const path of ["/user_list", `/edit_user?user_id=${ana.user_id}`]) {
      assert.doesNotMatch((await browser.get(path)).text, /view_as/, path);
    }
    const page = await browser.get(`/view_as?user_id=${ana.user_id}`);
    assert.equal(page.status, 403);
    assert.match(page.text, /IMPERSONATION=on/);
    const answer = await viewAs(browser, ana.user_id);
    assert.deepEqual([answer.status, /IMPERSONATION=on/.test(detailOf(answer))], [403, true]);
    const user = await signedIn(app, ana);
    const forbidden = await viewAs(user, bo.user_id);
    assert.deepEqual([forbidden.status, detailOf(forbidden)], [
      403,
      "Your account may not do this",
    ]);
  },
);
