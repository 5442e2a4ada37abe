/** Actions that are taken back. */
import assert from "node:assert/strict";
import { sql } from "kysely";
import { doUserAction } from "@/lib/domain/users/user_actions.ts";
import { maintain } from "@/lib/domain/operation/maintenance.ts";
import { programOf } from "@/tests/kit/api_keys.ts";
import { appTest, type TestApp } from "@/tests/kit/app.ts";
import type { TestClient } from "@/tests/kit/client.ts";
import { addAdmin, addPerson, logIn, type Person, signedIn } from "@/tests/kit/people.ts";
import { CHANGES, remove, request, rowsOf, suspend, TASK } from "@/tests/kit/undo.ts";

const ROUNDS = 20;

/** Somebody with a value in each column, and times that no date of a script can hold. */
async function addLived(app: TestApp, username: string): Promise<Person> {
  const person = await addPerson(app, username);
  const { db } = app.services;
  const time = (day: number) => sql<Date>`${`2026-01-0${day} 03:04:05.678912+00`}::timestamptz`;
  await db.updateTable("users").set({
    email_verified_at: time(1),
    last_login_at: time(2),
    created_at: time(1),
    updated_at: time(3),
    failed_logins: 5,
    locked_until: sql<Date>`now() + interval '1 hour'`,
    new_email: `new-${username}@example.org`,
  }).where("id", "=", person.user_id).execute();
  await db.updateTable("user_profiles").set({
    full_name: "Grace Hopper",
    bio: "Compilers",
    created_at: time(1),
    updated_at: time(4),
  }).where("user_id", "=", person.user_id).execute();
  return person;
}

appTest(
  "an action that is taken back leaves account and profile as they were, to the microsecond",
  async (app) => {
    const admin = await signedIn(app, await addAdmin(app));
    for (const [name, change] of Object.entries(CHANGES)) {
      const { user_id } = await addLived(app, name.replaceAll(" ", "."));
      if (name === "activate") {
        await app.services.db.updateTable("users")
          .set({ status: "suspended", status_reason: "Spam", new_email: null })
          .where("id", "=", user_id).execute();
      }
      const before = await rowsOf(app, user_id);
      const entry = await change(app, admin, user_id);
      assert.notDeepEqual(await rowsOf(app, user_id), before, name);
      const undone = await admin.sendJson("PUT", "/undo", { user_id, entry });
      assert.equal(undone.status, 200, `${name}: ${undone.text}`);
      assert.deepEqual(await rowsOf(app, user_id), before, name);
      const { db } = app.services;
      assert.deepEqual(await db.selectFrom("former_usernames").selectAll().execute(), [], name);
      const again = await admin.sendJson("PUT", "/undo", { user_id, entry });
      assert.equal(again.status, 409, name);
      assert.match(again.text, /already taken back/);
      assert.deepEqual(await rowsOf(app, user_id), before, name);
    }
  },
);

appTest("a version does not come back, so that an older edit is still noticed", async (app) => {
  const admin = await signedIn(app, await addAdmin(app));
  const versionOf = async (user_id: number) =>
    JSON.parse((await admin.getJson(`/edit_user?user_id=${user_id}`)).text).version;
  for (const change of [suspend, remove]) {
    const { user_id } = await addPerson(app, change === remove ? "grace" : "ada");
    await admin.sendJson("PUT", "/edit_user", { user_id, bio: "Compilers" });
    const version = await versionOf(user_id);
    const entry = await change(app, admin, user_id);
    await admin.sendJson("PUT", "/undo", { user_id, entry });
    assert.ok(await versionOf(user_id) > version);
  }
});

appTest("what an action ended stays ended, and a user can sign in again", async (app) => {
  const admin = await signedIn(app, await addAdmin(app));
  for (const [name, change] of Object.entries({ suspend, remove })) {
    const person = await addPerson(app, name);
    const browser = await signedIn(app, person);
    const program = await programOf(app, person);
    const entry = await change(app, admin, person.user_id);
    await admin.sendJson("PUT", "/undo", { user_id: person.user_id, entry });
    assert.equal((await browser.getJson("/profile")).status, 401, name);
    assert.equal((await program.ask("GET", "/profile")).status, 401, name);
    assert.equal((await logIn(app.client(), name)).status, 200, name);
  }
});

appTest(
  "taking a promotion back ends the sessions and keys of the admin that the user was",
  async (app) => {
    const admin = await signedIn(app, await addAdmin(app));
    const person = await addPerson(app, "grace");
    const { user_id } = person;
    const entry = await CHANGES["make an admin"]!(app, admin, user_id);
    const browser = await signedIn(app, person);
    const program = await programOf(app, person, ["users:write"]);
    await admin.sendJson("PUT", "/undo", { user_id, entry });
    assert.equal((await browser.getJson("/user_list")).status, 401);
    assert.equal((await program.ask("GET", "/user_list")).status, 401);
  },
);

appTest("taking an activation back suspends: it ends the sessions since", async (app) => {
  const admin = await signedIn(app, await addAdmin(app));
  const person = await addPerson(app, "grace");
  await suspend(app, admin, person.user_id);
  const activate = request("PUT", "/update_status", { status: "active" });
  const entry = await activate(app, admin, person.user_id);
  const browser = await signedIn(app, person);
  await admin.sendJson("PUT", "/undo", { user_id: person.user_id, entry });
  assert.equal((await browser.getJson("/profile")).status, 401);
});

appTest("who may not do an action may not take it back", async (app) => {
  const admin = await signedIn(app, await addAdmin(app));
  const person = await addPerson(app, "grace");
  const { user_id } = person;
  const own = await signedIn(app, person);
  const other = await signedIn(app, await addPerson(app, "mallory"));
  const named = await CHANGES["edit the account"]!(app, admin, user_id);
  const edited = JSON.parse(
    (await own.sendJson("PUT", "/edit_user", { user_id, bio: "Mine" })).text,
  ).entry;
  const asked = async (client: TestClient, entry: number) =>
    (await client.sendJson("PUT", "/undo", { user_id, entry })).status;
  assert.deepEqual([await asked(own, named), await asked(other, edited)], [403, 403]);
  assert.equal(await asked(app.client(), edited), 401);
  const { user_id: mallory } = await addPerson(app, "eve");
  // The entry of one user under the number of another.
  const mixed = await admin.sendJson("PUT", "/undo", { user_id: mallory, entry: edited });
  assert.equal(mixed.status, 404);
  assert.equal(await asked(own, edited), 200);
});

appTest("admins do not take back what made them admins, or the last of them", async (app) => {
  const boss = await addAdmin(app, "boss");
  const admin = await signedIn(app, boss);
  const person = await addPerson(app, "grace");
  const { user_id } = person;
  const entry = await CHANGES["make an admin"]!(app, admin, user_id);
  const grace = await signedIn(app, person);
  const own = await grace.sendJson("PUT", "/undo", { user_id, entry });
  assert.equal(own.status, 409);
  assert.match(own.text, /Ask another admin/);
  await suspend(app, grace, boss.user_id);
  await assert.rejects(
    doUserAction(app.services, TASK, "undo", { user_id, entry }),
    { code: "last_admin" },
  );
});

appTest("if two admins take one action back at once, it counts once", async (app) => {
  const [one, two] = [
    await signedIn(app, await addAdmin(app, "one")),
    await signedIn(app, await addAdmin(app, "two")),
  ];
  const changes = [suspend, remove, CHANGES["edit the profile"]!];
  for (let round = 0; round < ROUNDS; round++) {
    const { user_id } = await addPerson(app, `grace${round}`);
    const before = await rowsOf(app, user_id);
    const entry = await changes[round % changes.length]!(app, one, user_id);
    const answers = await Promise.all(
      [one, two, one, two].map((client) => client.sendJson("PUT", "/undo", { user_id, entry })),
    );
    const statuses = answers.map(({ status }) => status).sort();
    assert.deepEqual(statuses, [200, 409, 409, 409]);
    assert.deepEqual(await rowsOf(app, user_id), before);
    const trail = await app.services.db.selectFrom("audit_events").select("id")
      .where("action", "=", "undo").where("target_id", "=", user_id).execute();
    assert.equal(trail.length, 1);
  }
}, { pooled: true });

appTest("if admins take each other's promotion back at once, one stays an admin", async (app) => {
  for (let round = 0; round < ROUNDS; round++) {
    const people = [await addPerson(app, `a${round}`), await addPerson(app, `b${round}`)];
    const entries = await Promise.all(people.map(async ({ user_id }) => {
      const input = { user_id, role: "admin" } as const;
      return (await doUserAction(app.services, TASK, "edit_role", input)).entry!;
    }));
    await app.services.db.updateTable("users").set({ role: "user" })
      .where("role", "=", "admin").where("id", "not in", people.map(({ user_id }) => user_id))
      .execute();
    const clients = await Promise.all(people.map((person) => signedIn(app, person)));
    const answers = await Promise.all(
      clients.map((client, index) =>
        client.sendJson("PUT", "/undo", {
          user_id: people[1 - index]!.user_id,
          entry: entries[1 - index]!,
        })
      ),
    );
    const statuses = answers.map(({ status }) => status).sort();
    assert.ok(statuses[0] === 200 && statuses[1]! >= 400 && statuses[1]! < 500, statuses.join());
    const admins = await app.services.db.selectFrom("users").select("id")
      .where("role", "=", "admin").where("status", "=", "active").execute();
    assert.equal(admins.length, 1);
  }
}, { pooled: true });

appTest(
  "nothing is taken back after 30 days, and maintenance forgets what it took",
  async (app) => {
    const admin = await signedIn(app, await addAdmin(app));
    const { user_id } = await addPerson(app, "grace");
    const entry = await suspend(app, admin, user_id);
    const { db } = app.services;
    await db.updateTable("undo_log").set({ at: sql<Date>`now() - interval '30 days 1 minute'` })
      .execute();
    assert.equal((await admin.sendJson("PUT", "/undo", { user_id, entry })).status, 404);
    const later = await CHANGES["edit the profile"]!(app, admin, user_id);
    await maintain(app.services);
    const left = await db.selectFrom("undo_log").select("entry").execute();
    assert.deepEqual(left, [{ entry: later }]);
  },
);

appTest("nothing of an erased user is kept, and never a secret", async (app) => {
  const admin = await signedIn(app, await addAdmin(app));
  const { user_id } = await addPerson(app, "grace");
  await CHANGES["edit the profile"]!(app, admin, user_id);
  await remove(app, admin, user_id);
  const { db } = app.services;
  const { rows: [kept] } = await sql<{ text: string }>`
    select string_agg(l::text, ' ') as text from undo_log l
  `.execute(db);
  assert.match(kept!.text, /grace@example.org/);
  assert.doesNotMatch(kept!.text, /password|\$argon2|\$pbkdf2/);
  await db.updateTable("deleted_users").set({ deleted_at: new Date(0) }).execute();
  await maintain(app.services);
  assert.deepEqual(await db.selectFrom("undo_log").select("entry").execute(), []);
});

appTest(
  "the page after an action offers to take it back, without script and with focus kept",
  async (app) => {
    const admin = await signedIn(app, await addAdmin(app));
    const { user_id } = await addPerson(app, "grace");
    await admin.postForm("/update_status", {
      _method: "PUT",
      user_id: String(user_id),
      status: "suspended",
      next: "/user_list?status=suspended",
    });
    const page = (await admin.get("/user_list?status=suspended")).text;
    const form = /<form method="post" action="\/undo">(.*?)<\/form>/s.exec(page)?.[1] ?? "";
    const fields = Object.fromEntries(
      [...form.matchAll(/name="(\w+)" value="([^"]*)"/g)].map(([, name, value]) => [name!, value!]),
    );
    assert.equal(fields.next, "/user_list?status=suspended");
    const answer = await admin.postForm("/undo", fields);
    assert.deepEqual(
      [answer.status, answer.headers.get("location")],
      [303, "/user_list?status=suspended"],
    );
    const after = (await admin.get("/user_list?status=suspended")).text;
    assert.match(after, /grace is as before/);
    assert.doesNotMatch(after, /action="\/undo"/);
    // Late, the button says so on a page.
    const late = await admin.postForm("/undo", fields);
    assert.equal(late.status, 409);
    assert.match(late.text, /This was already taken back/);
  },
);

appTest("admins take an action back in the audit log, and on the page of the user", async (app) => {
  const admin = await signedIn(app, await addAdmin(app));
  const { user_id } = await addPerson(app, "grace");
  const entry = await suspend(app, admin, user_id);
  const path = `/audit_log?target=${user_id}`;
  const page = `/user?user_id=${user_id}`;
  const offered = async () =>
    JSON.parse((await admin.getJson(path)).text).entries
      .flatMap(({ undo }: { undo?: object }) => undo ?? []);
  assert.deepEqual(await offered(), [{ user_id, entry }]);
  assert.match((await admin.get(path)).text, /name="next" value="\/audit_log\?target=\d+"/);
  assert.match((await admin.get(page)).text, /action="\/undo"/);
  await admin.sendJson("PUT", "/undo", { user_id, entry });
  assert.deepEqual(await offered(), []);
  assert.doesNotMatch((await admin.get(page)).text, /action="\/undo"/);
});

appTest("users take their own edits back on the page of their activity", async (app) => {
  const admin = await signedIn(app, await addAdmin(app));
  const person = await addPerson(app, "grace");
  const { user_id } = person;
  const own = await signedIn(app, person);
  await admin.sendJson("PUT", "/edit_user", { user_id, phone: "1" });
  await own.sendJson("PUT", "/edit_user", { user_id, bio: "Mine" });
  const { events } = JSON.parse((await own.getJson("/activity")).text);
  const offered = events.filter((event: { undo?: object }) => event.undo !== undefined);
  assert.deepEqual(offered.map((event: { action: string }) => event.action), ["edit_user"]);
  assert.match((await own.get("/activity")).text, /action="\/undo"/);
  const answer = await own.sendJson("PUT", "/undo", offered[0].undo);
  assert.equal(answer.status, 200, answer.text);
  assert.doesNotMatch((await own.get("/activity")).text, /action="\/undo"/);
  const trail = JSON.parse((await own.getJson("/activity")).text).events[0];
  assert.equal(trail.text, "An action was taken back by you");
});
