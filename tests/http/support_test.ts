/** The role support: what it sees masked, what it finds, and what it does to whom. */
import assert from "node:assert/strict";
import { actionOf, actionsWith, type PressedAction } from "@/lib/shared/actions.ts";
import type { PersonView } from "@/lib/shared/person.ts";
import type { UserListView } from "@/lib/shared/views.ts";
import { appTest, type TestApp } from "@/tests/kit/app.ts";
import type { TestClient } from "@/tests/kit/client.ts";
import { accountOf, addAdmin, addPerson, type Person, signedIn } from "@/tests/kit/people.ts";

const EMAIL = "quirin.zebra@hidden-place.example";
const CONTACT = "other.box@second-place.example";
const SECRETS = [
  "quirin.zebra",
  "hidden-place",
  "other.box",
  "second-place",
  "+49 555 0199",
  "Xylophone Street",
  "only for admins",
  "only-for-admins",
];

async function addGrace(app: TestApp): Promise<Person> {
  const grace = await addPerson(app, "grace", { email: EMAIL });
  const admin = await signedIn(app, await addAdmin(app, "ada"));
  const put = async (path: string, fields: object) => {
    const { status, text } = await admin.sendJson("PUT", path, {
      user_id: grace.user_id,
      ...fields,
    });
    assert.equal(status, 200, text);
  };
  await put("/edit_user", {
    full_name: "Grace Hopper",
    contact_email: CONTACT,
    phone: "+49 555 0199",
    address: "Xylophone Street 1",
  });
  await put("/write_note", { note: "only for admins" });
  await put("/tag_user", { tag: "only-for-admins" });
  await put("/update_status", { status: "suspended", reason: `Wrote from ${CONTACT}` });
  await app.services.db.insertInto("jobs").values({
    kind: "letter",
    payload: JSON.stringify({ about: "forgotten", to: EMAIL, at: new Date().toISOString() }),
    run_at: new Date(Date.now() + 60_000),
    last_error: `550 <${EMAIL}>: unknown`,
  }).execute();
  return grace;
}

async function addSupport(app: TestApp): Promise<TestClient> {
  return await signedIn(app, await addPerson(app, "sue", { role: "support" }));
}

appTest("support sees addresses masked and no contact data, notes or tags, on all pages", async (
  app,
) => {
  const grace = await addGrace(app);
  const support = await addSupport(app);
  const paths = [
    "/user_list",
    "/user_list?q=grace",
    "/user_list?sort=-created_at&limit=1",
    `/user?user_id=${grace.user_id}`,
    `/user?user_id=${grace.user_id}&after=1000000`,
  ];
  for (const path of paths) {
    for (const { status, text } of [await support.get(path), await support.getJson(path)]) {
      assert.equal(status, 200, path);
      for (const secret of SECRETS) assert.ok(!text.includes(secret), `${path} shows ${secret}`);
      if (path.includes("grace")) assert.match(text, /q•••@h•••\.example/);
    }
  }
  const { text } = await support.getJson(`/user?user_id=${grace.user_id}`);
  const { masked, tags, notes, actions, user, emails } = JSON.parse(text) as PersonView;
  assert.deepEqual([masked, tags, notes, user.phone], [true, [], [], ""]);
  assert.deepEqual(emails.map(({ to }) => to), ["q•••@h•••.example"]);
  assert.deepEqual(actions, ["send_confirmation", "send_password_reset"]);
});

appTest(
  "support looks at an address with an entry in the trail, that its user sees",
  async (app) => {
    const grace = await addPerson(app, "grace", { email: EMAIL });
    const support = await addSupport(app);
    const shown = await support.sendJson("POST", "/show_address", { user_id: grace.user_id });
    assert.equal(JSON.parse(shown.text).email, EMAIL);
    const page = await support.postForm("/show_address", { user_id: String(grace.user_id) });
    assert.match(page.text, /quirin\.zebra@hidden-place\.example/);
    const events = await app.services.db.selectFrom("audit_events").select(["actor_name"])
      .where("action", "=", "show_address").where("target_id", "=", grace.user_id).execute();
    assert.deepEqual(events, [{ actor_name: "sue" }, { actor_name: "sue" }]);
    const { text } = await (await signedIn(app, grace)).getJson("/activity");
    assert.match(text, /The address was looked at by sue/);
  },
);

appTest("support finds nobody by an address, however it guesses", async (app) => {
  await addPerson(app, "grace", { email: EMAIL });
  await addPerson(app, "quirinus", { email: "x@example.org" });
  const support = await addSupport(app);
  const admin = await signedIn(app, await addAdmin(app));
  const found = async (client: TestClient, q: string) => {
    const { text } = await client.getJson(`/user_list?${new URLSearchParams({ q })}`);
    const { users, estimated_total: total } = JSON.parse(text) as UserListView;
    assert.equal(total, users.length);
    return users.map(({ username }) => username);
  };
  const guesses = [
    EMAIL,
    `email:${EMAIL}`,
    `"${EMAIL}"`,
    `${EMAIL}, nobody@example.org`,
    "quirin.zebra",
    "zebra",
    "zebr*",
    "hidden",
    "grace zebra",
    "hidden-place.example",
  ];
  for (const guess of guesses) {
    assert.deepEqual(await found(admin, guess), ["grace"], guess);
    assert.deepEqual(await found(support, guess), [], guess);
  }
  assert.deepEqual(await found(support, "quirin"), ["quirinus"]);
  assert.deepEqual(await found(support, "grac"), ["grace"]);
  assert.deepEqual(await found(admin, "quirin"), ["quirinus", "grace"], "no total is shared");
});

/** What support may do to others. */
const SUPPORTED = actionsWith<PressedAction>(({ support, route, button }) =>
  support && route && button
);

appTest("support helps users and support, and reaches no admin", async (app) => {
  const support = await addSupport(app);
  assert.deepEqual(SUPPORTED, [
    "unlock_user",
    "send_confirmation",
    "send_password_reset",
    "sign_out_user",
  ]);
  for (const role of ["user", "support", "admin"] as const) {
    const target = await addPerson(app, `target-${role}`, { role, failed_logins: 3 });
    const before = await accountOf(app, target);
    for (const action of SUPPORTED) {
      const { method, path } = actionOf(action).route!;
      const fields = { user_id: target.user_id };
      const { status } = await support.sendJson(method as "PUT", path, fields);
      assert.equal(status, role === "admin" ? 403 : 200, `${action} of ${role}`);
    }
    const shown = await support.sendJson("POST", "/show_address", { user_id: target.user_id });
    assert.equal(shown.status, role === "admin" ? 403 : 200);
    const { text } = await support.getJson(`/user?user_id=${target.user_id}`);
    const { actions } = JSON.parse(text) as PersonView;
    assert.equal(actions.length > 0, role !== "admin");
    if (role === "admin") assert.deepEqual(await accountOf(app, target), before);
  }
});

appTest("support takes back what it did, and nothing that only admins may do", async (app) => {
  const support = await addSupport(app);
  const admin = await signedIn(app, await addAdmin(app));
  const locked = { failed_logins: 9, locked_until: new Date(Date.now() + 3_600_000) };
  const { user_id } = await addPerson(app, "grace", locked);
  const change = async (client: TestClient, path: string, fields = {}) =>
    await client.sendJson("PUT", path, { user_id, ...fields });
  const unlocked = await change(support, "/unlock_user");
  assert.equal((await change(support, "/undo")).status, 200, unlocked.text);
  assert.equal((await accountOf(app, { user_id } as Person)).failed_logins, 9);
  await change(admin, "/update_status", { status: "suspended" });
  assert.equal((await change(support, "/undo")).status, 403);
});

appTest("who becomes support or stops being it signs in again, and admins stay", async (app) => {
  const grace = await addPerson(app, "grace");
  const admin = await signedIn(app, await addAdmin(app));
  const browser = await signedIn(app, grace);
  const give = (role: string) =>
    admin.sendJson("PUT", "/edit_user", { user_id: grace.user_id, role });
  assert.equal((await give("support")).status, 200);
  assert.equal((await browser.getJson("/profile")).status, 401);
  const support = await signedIn(app, grace);
  const own = await support.sendJson("PUT", "/edit_user", {
    user_id: grace.user_id,
    role: "admin",
  });
  assert.equal(own.status, 403);
  assert.equal((await support.get("/")).headers.get("location"), "/user_list");
  assert.equal((await give("user")).status, 200);
  assert.equal((await support.getJson("/user_list")).status, 401);
});
