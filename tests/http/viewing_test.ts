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
import { type AppOptions, appTest as registerTest, type TestApp } from "@/tests/kit/app.ts";
import type { TestClient } from "@/tests/kit/client.ts";
import { accountOf, addAdmin, addPerson, logIn, PASSWORD, signedIn } from "@/tests/kit/people.ts";
import { ageProofs } from "@/tests/kit/second_factor.ts";
import { ageViewing, viewingAs } from "@/tests/kit/viewing.ts";

const ROUNDS = 20;

function appTest(name: string, fn: (app: TestApp) => unknown, options: AppOptions = {}): void {
  const environment = { IMPERSONATION: "on", ...options.environment };
  registerTest(name, fn, { ...options, environment });
}

async function cast(app: TestApp) {
  const [bo, ana] = [await addAdmin(app, "bo"), await addPerson(app, "ana")];
  return { bo, ana, browser: await viewingAs(app, bo, ana) };
}

const viewAs = (browser: TestClient, user_id: number) =>
  browser.sendJson("PUT", "/view_as", { user_id });

/** Whether the browser is an admin's. */
const isAdmins = async (browser: TestClient) =>
  (await browser.getJson("/user_list")).status === 200;

const problemOf = ({ text }: { text: string }): string => JSON.parse(text).detail;

const plain = (html: string) => html.replaceAll(/<[^>]+>/g, "").replaceAll(/\s+/g, " ");

const eventsOf = ({ services }: TestApp) =>
  services.db.selectFrom("audit_events").orderBy("id")
    .select(["action", "actor_name", "real_actor_name", "target_name", "details"])
    .where("action", "<>", "create_user").execute();

const BAR = /You are viewing as ana\. 1 hour left\./;

appTest(
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

appTest("viewing does not begin if its entry cannot be written to the audit log", async (app) => {
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
});

appTest("error pages have the bar, and say why something is refused", async (app) => {
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

appTest(
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
      assert.match(problemOf(answer), /while you view as somebody else/, asked);
    }
    assert.deepEqual(await accountOf(app, ana), before);
  },
);

appTest("the trail has both names, and the user sees who viewed as them, and when", async (app) => {
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
});

appTest("a form of the browser shows why the address stays, above the form", async (app) => {
  const { ana, browser } = await cast(app);
  const fields = { _method: "PUT", user_id: String(ana.user_id), email: "x@example.org" };
  const { status, text } = await browser.postForm("/edit_user", fields);
  assert.equal(status, 403);
  assert.match(text, /stop viewing first/);
  assert.match(text, /action="\/edit_user"/);
});

appTest("the reason is in the audit log only", async (app) => {
  const [bo, ana] = [await addAdmin(app, "bo"), await addPerson(app, "ana")];
  const browser = await signedIn(app, bo);
  const fields = { user_id: String(ana.user_id), reason: "Ticket 7", _method: "PUT" };
  const answer = await browser.postForm("/view_as", fields);
  assert.deepEqual([answer.status, answer.headers.get("location")], [303, "/profile"]);
  assert.deepEqual((await eventsOf(app))[0]?.details, { reason: "Ticket 7" });
  assert.doesNotMatch((await browser.getJson("/activity")).text, /Ticket/);
});

appTest("viewing ends after 60 minutes, and the next page says so", async (app) => {
  const { browser } = await cast(app);
  await ageViewing(app, 59);
  assert.match(plain((await browser.get("/profile")).text), /ana\. 1 minute left/);
  await ageViewing(app, 1);
  assert.equal((await browser.getJson("/sessions")).status, 200);
  const { status, text } = await browser.get("/user_list");
  assert.equal(status, 200);
  assert.match(text, /Viewing as somebody else is over/);
  assert.doesNotMatch((await browser.get("/user_list")).text, /is over/);
});

appTest("a form that was opened while viewing is refused after its end", async (app) => {
  const { bo, ana, browser } = await cast(app);
  await ageViewing(app, 60);
  const fields = {
    viewer_id: String(ana.user_id),
    _method: "DELETE",
    user_id: String(ana.user_id),
  };
  assert.equal((await browser.postForm("/delete_user", fields)).status, 409);
  assert.equal((await accountOf(app, ana)).status, "active");
  assert.equal((await accountOf(app, bo)).role, "admin");
});

appTest("viewing ends when its user becomes an admin or is deleted", async (app) => {
  const boss = await signedIn(app, await addAdmin(app, "boss"));
  const { bo, ana, browser } = await cast(app);
  await boss.sendJson("PUT", "/edit_user", { user_id: ana.user_id, role: "admin" });
  assert.ok(await isAdmins(browser));
  const again = await viewAs(browser, ana.user_id);
  assert.deepEqual([again.status, problemOf(again)], [403, "Nobody can view as an admin"]);
  const cleo = await addPerson(app, "cleo");
  const other = await viewingAs(app, bo, cleo);
  await boss.sendJson("DELETE", "/delete_user", { user_id: cleo.user_id });
  assert.ok(await isAdmins(other));
});

appTest("an admin who is demoted, suspended or signed out views no more", async (app) => {
  const boss = await signedIn(app, await addAdmin(app, "boss"));
  const ana = await addPerson(app, "ana");
  const ends = [
    ["/edit_user", { role: "user" }],
    ["/update_status", { status: "suspended" }],
  ] as const;
  for (const [index, [path, fields]] of ends.entries()) {
    const admin = await addAdmin(app, `admin${index}`);
    const browser = await viewingAs(app, admin, ana);
    await boss.sendJson("PUT", path, { user_id: admin.user_id, ...fields });
    assert.equal((await browser.getJson("/profile")).status, 401, path);
  }
  const browser = await viewingAs(app, await addAdmin(app, "bo"), ana);
  await browser.sendJson("POST", "/logout", {});
  assert.equal((await browser.getJson("/profile")).status, 401);
  const last = (await eventsOf(app)).at(-1);
  assert.deepEqual([last?.action, last?.actor_name, last?.target_name], ["sign_out", "bo", "bo"]);
});

appTest("the session stays the admin's: the user neither sees nor ends it", async (app) => {
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

appTest("viewing needs a fresh proof, on the page and for its form", async (app) => {
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

appTest(
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

appTest("a user who becomes an admin while viewing begins is never viewed as one", async (app) => {
  const boss = await signedIn(app, await addAdmin(app, "boss"));
  const bo = await addAdmin(app, "bo");
  for (let round = 0; round < ROUNDS; round++) {
    const { user_id } = await addPerson(app, `ana${round}`);
    const browser = await signedIn(app, bo);
    const [viewed, promoted] = await Promise.all([
      viewAs(browser, user_id),
      boss.sendJson("PUT", "/edit_user", { user_id, role: "admin" }),
    ]);
    assert.equal(promoted.status, 200);
    assert.ok(viewed.status === 200 || viewed.status === 403, viewed.text);
    assert.ok(await isAdmins(browser));
    const begun = await app.services.db.selectFrom("audit_events").select("id")
      .where("action", "=", "view_as").where("target_id", "=", user_id).execute();
    assert.equal(begun.length, viewed.status === 200 ? 1 : 0);
  }
}, { everyDatabase: true });

appTest(
  "of two users that a session begins to view at the same time, one is viewed",
  async (app) => {
    const bo = await addAdmin(app, "bo");
    const people = [await addPerson(app, "ana"), await addPerson(app, "cleo")];
    for (let round = 0; round < ROUNDS; round++) {
      const browser = await signedIn(app, bo);
      const answers = await Promise.all(people.map(({ user_id }) => viewAs(browser, user_id)));
      assert.deepEqual(answers.map(({ status }) => status).sort(), [200, 403]);
      const winner = people[answers.findIndex(({ status }) => status === 200)]!;
      assert.match((await browser.get("/profile")).text, new RegExp(winner.email));
    }
  },
  { everyDatabase: true },
);

appTest(
  "an edit that overlaps with the end of viewing is made as the user, or not at all",
  async (app) => {
    const { bo, ana } = await cast(app);
    for (let round = 0; round < ROUNDS; round++) {
      const browser = await viewingAs(app, bo, ana);
      const [edited] = await Promise.all([
        browser.sendJson("PUT", "/edit_user", {
          user_id: ana.user_id,
          viewer_id: ana.user_id,
          full_name: `Ana ${round}`,
        }),
        browser.sendJson("POST", "/stop_viewing", {}),
      ]);
      assert.ok(edited.status === 200 || edited.status === 409, edited.text);
      const edits = await app.services.db.selectFrom("audit_events").select("real_actor_name")
        .where("action", "=", "edit_user").execute();
      assert.ok(edits.every(({ real_actor_name }) => real_actor_name === "bo"));
      await app.services.db.deleteFrom("audit_events").execute();
      assert.equal(edits.length, edited.status === 200 ? 1 : 0);
    }
  },
  { everyDatabase: true },
);

appTest("admins are offered to view users, but neither admins nor themselves", async (app) => {
  const browser = await signedIn(app, await addAdmin(app, "bo"));
  const ana = await addPerson(app, "ana");
  const { text } = await browser.get("/user_list");
  assert.deepEqual(text.match(/href="\/view_as\?user_id=\d+/g), [
    `href="/view_as?user_id=${ana.user_id}`,
  ]);
  assert.match((await browser.get(`/edit_user?user_id=${ana.user_id}`)).text, /\/view_as\?/);
});

registerTest(
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
    assert.deepEqual([answer.status, /IMPERSONATION=on/.test(problemOf(answer))], [403, true]);
    const user = await signedIn(app, ana);
    const forbidden = await viewAs(user, bo.user_id);
    assert.deepEqual([forbidden.status, problemOf(forbidden)], [
      403,
      "Your account may not do this",
    ]);
  },
);

registerTest("viewing ends at the next request after it is turned off", async (app) => {
  const [bo, ana] = [await addAdmin(app, "bo"), await addPerson(app, "ana")];
  const browser = await signedIn(app, bo);
  await app.services.db.updateTable("sessions")
    .set({ viewing_user_id: ana.user_id, viewing_until: new Date(Date.now() + 600_000) }).execute();
  const { status, text } = await browser.get("/user_list");
  assert.equal(status, 200);
  assert.match(text, /Viewing as somebody else is over/);
});
