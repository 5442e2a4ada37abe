import assert from "node:assert/strict";
import type { Updateable } from "kysely";
import { explanationText } from "@/tasks/users/text.ts";

import type { UsersTable } from "@/lib/db/schema.ts";
import { actionOf, type PressedAction } from "@/lib/shared/actions.ts";
import type { DeletedPersonView, PersonView, SignInCause } from "@/lib/shared/person.ts";
import { explainSignIn } from "@/lib/domain/users/explain_sign_in.ts";
import { appTest, type TestApp } from "@/tests/kit/app.ts";
import type { TestClient } from "@/tests/kit/client.ts";
import { accountOf, addAdmin, addPerson, type Person, signedIn } from "@/tests/kit/people.ts";
import { turnOn } from "@/tests/kit/second_factor.ts";

const TASK = { kind: "task", name: "users" } as const;
const HOUR_MS = 3_600_000;
const soon = () => new Date(Date.now() + HOUR_MS);
const CONFIRMED = { email_verified_at: new Date() };

async function viewOf(client: TestClient, { user_id }: Pick<Person, "user_id">) {
  const { status, text } = await client.getJson(`/user?user_id=${user_id}`);
  assert.equal(status, 200, text);
  return JSON.parse(text) as PersonView;
}

const pageOf = async (client: TestClient, { user_id }: Pick<Person, "user_id">) =>
  (await client.get(`/user?user_id=${user_id}`)).text;

const set =
  (changes: Updateable<UsersTable>) => async ({ services: { db } }: TestApp, person: Person) => {
    await db.updateTable("users").set(changes).where("id", "=", person.user_id).execute();
  };

async function addPasskey({ services: { db } }: TestApp, { user_id }: Person): Promise<void> {
  const values = { credential_id: `of ${user_id}`, public_key: "", counter: 0, transports: "" };
  await db.insertInto("passkeys").values({ ...values, user_id, name: "Phone", synced: false })
    .execute();
}

async function lockCodes(app: TestApp, person: Person): Promise<void> {
  await turnOn(app, person);
  await app.services.db.updateTable("second_factors").set({ locked_until: soon() })
    .where("user_id", "=", person.user_id).execute();
}

async function exhaust(
  { services: { limits } }: TestApp,
  name: "guesses" | "failedSignIns",
  client: string,
): Promise<void> {
  while (await limits[name].tryTake(client));
}

async function failFrom(app: TestApp, { user_id, username }: Person, ip: string): Promise<void> {
  await exhaust(app, "failedSignIns", ip);
  await app.services.db.insertInto("audit_events").values({
    actor_name: "anonymous",
    action: "sign_in_failed",
    target_id: user_id,
    target_name: username,
    ip,
    details: "{}",
  }).execute();
}

const demand = async (admin: TestClient, { user_id }: Person) => {
  assert.equal((await admin.sendJson("PUT", "/demand_password", { user_id })).status, 200);
};

/** How each cause comes about, a word of its line, and what mends it at once. */
const CAUSES: readonly (readonly [
  cause: string,
  bring: (app: TestApp, person: Person, admin: TestClient) => Promise<unknown>,
  words: RegExp,
  mend?: PressedAction,
])[] = [
  [
    "suspended",
    set({ status: "suspended", status_reason: "Spam" }),
    /suspended until somebody activates it \(Spam\)/,
    "activate_user",
  ],
  [
    "suspended_until",
    set({ status: "suspended", suspended_until: new Date("2090-01-31") }),
    /suspended until 31 Jan 2090, 00:00 UTC \(no reason/,
    "activate_user",
  ],
  [
    "locked",
    set({ locked_until: soon(), failed_logins: 6 }),
    /locked until .* after 6 failed/,
    "unlock_user",
  ],
  [
    "guessed",
    (app, { username }) => exhaust(app, "guesses", username),
    /Too many sign-ins with this name/,
    "unlock_user",
  ],
  ["code_locked", lockCodes, /After wrong codes .* in 60 minutes/, "unlock_user"],
  ["unconfirmed", set({ email_verified_at: null }), /is not confirmed/, "confirm_email"],
  ["password_demanded", (_app, person, admin) => demand(admin, person), /demanded a new password/],
  ["no_password", set({ password_hash: "!" }), /has no password: the user has to set/],
  [
    "passkey_only",
    async (app, person) => {
      await addPasskey(app, person);
      await set({ password_hash: "!" })(app, person);
    },
    /only a passkey signs/,
  ],
  ["second_factor", turnOn, /A code is asked for/, "reset_two_factor"],
  ["factor_due", () => Promise.resolve(), /TWO_FACTOR asks .* from 31 Jan 2090, 00:00 UTC on/],
  [
    "network_blocked",
    (app, person) => failFrom(app, person, "192.0.2.9"),
    /Too many sign-ins have failed from 192\.0\.2\.9/,
  ],
  ["shared_name", set({ username_key: "shared name" }), /signs in only with shared_name@/],
];

const OPTIONS = {
  environment: {
    EMAIL_VERIFICATION: "required",
    TWO_FACTOR: "all",
    TWO_FACTOR_FROM: "2090-01-31",
  },
} as const;

appTest("each cause that keeps a user out has its line, its button and its mend", async (app) => {
  const admin = await signedIn(app, await addAdmin(app));
  const prevents: boolean[] = [];
  for (const [name, bring, words, mend] of CAUSES) {
    const person = await addPerson(app, name, CONFIRMED);
    const find = async () =>
      (await viewOf(admin, person)).causes.find(({ cause }) => cause === name);
    const usual = await viewOf(admin, person);
    assert.deepEqual(usual.causes.map(({ cause }) => cause), ["factor_due"], name);
    await bring(app, person, admin);
    const found = await find();
    assert.match(found?.text ?? "", words, name);
    prevents.push(found!.prevents);
    const html = await pageOf(admin, person);
    for (const action of found!.mends) {
      assert.ok(html.includes(actionOf(action).button!.label), `${name}: ${action}`);
    }
    const { user } = await viewOf(admin, person);
    const explained = await explainSignIn(app.services, TASK, person.user_id);
    assert.ok(explanationText(user, explained).includes(found!.text), name);
    if (mend === undefined) continue;
    assert.ok(found!.mends.includes(mend), name);
    const { method, path, fields } = actionOf(mend).route!;
    const { status, text } = await admin.sendJson(method as "PUT", path, {
      ...fields,
      user_id: person.user_id,
    });
    assert.equal(status, 200, text);
    assert.equal(await find(), undefined, name);
  }
  assert.equal(prevents.filter((is) => is).length, 8);
}, OPTIONS);

appTest(
  "the page of a deleted user offers to restore them, and of nobody is not found",
  async (app) => {
    const admin = await signedIn(app, await addAdmin(app));
    const person = await addPerson(app, "ana");
    const { user_id } = person;
    await admin.sendJson("DELETE", "/delete_user", { user_id });
    const answer = await admin.getJson(`/user?user_id=${user_id}`);
    const { deleted, causes } = JSON.parse(answer.text) as DeletedPersonView;
    assert.equal(deleted.username, "ana");
    assert.deepEqual(causes.map(({ cause, mends }: SignInCause) => [cause, mends]), [
      ["deleted", ["restore_user"]],
    ]);
    assert.match(await pageOf(admin, person), /cannot sign in.*was deleted by admin.*Restore/s);
    const next = `/user?user_id=${user_id}`;
    const restored = await admin.postForm("/restore_user", {
      _method: "PUT",
      user_id: String(user_id),
      next,
    });
    assert.deepEqual([restored.status, restored.headers.get("location")], [303, next]);
    assert.equal((await viewOf(admin, person)).can_sign_in, true);
    assert.equal((await admin.getJson("/user?user_id=987654")).status, 404);
    assert.equal((await admin.getJson("/user?user_id=ana")).status, 422);
  },
);

appTest("the page offers what has an effect, and not what has none", async (app) => {
  const boss = await addAdmin(app);
  const admin = await signedIn(app, boss);
  const person = await addPerson(app, "ana", CONFIRMED);
  const offers = async () => new Set((await viewOf(admin, person)).actions);
  assert.deepEqual(
    [...await offers()].sort(),
    ["delete_user", "demand_password", "edit_user", "send_password_reset", "suspend_user"],
  );
  await signedIn(app, person);
  await set({ locked_until: soon(), email_verified_at: null })(app, person);
  await addPasskey(app, person);
  for (
    const action of [
      "sign_out_user",
      "unlock_user",
      "confirm_email",
      "send_confirmation",
      "reset_two_factor",
    ] as const
  ) assert.ok((await offers()).has(action), action);
  await admin.sendJson("PUT", "/update_status", { user_id: person.user_id, status: "suspended" });
  const suspended = await offers();
  assert.deepEqual(
    [suspended.has("activate_user"), suspended.has("suspend_user"), suspended.has("sign_out_user")],
    [true, false, false],
  );
  const own = new Set((await viewOf(admin, boss)).actions);
  for (
    const action of ["suspend_user", "delete_user", "demand_password", "reset_two_factor"] as const
  ) assert.equal(own.has(action), false, action);
});

appTest("a demanded password ends password, sessions and keys, and sends a link", async (app) => {
  const boss = await addAdmin(app);
  const admin = await signedIn(app, boss);
  const ana = await addPerson(app, "ana", CONFIRMED);
  const own = await signedIn(app, ana);
  await demand(admin, ana);
  assert.equal((await own.getJson("/profile")).status, 401);
  assert.equal((await accountOf(app, ana)).password_hash, "!");
  const { history, can_sign_in } = await viewOf(admin, ana);
  assert.equal(can_sign_in, false);
  assert.equal(history.events[0]?.action, "demand_password");
  const { status } = await admin.sendJson("PUT", "/demand_password", { user_id: boss.user_id });
  assert.equal(status, 409);
});

appTest("an admin confirms an address or sends its link again", async (app) => {
  const admin = await signedIn(app, await addAdmin(app));
  const { user_id } = await addPerson(app, "ana");
  const put = async (path: string) => (await admin.sendJson("PUT", path, { user_id })).status;
  const letters = async () =>
    (await app.services.db.selectFrom("audit_events").select("action")
      .where("target_id", "=", user_id).where("action", "=", "send_confirmation").execute()).length;
  assert.deepEqual([await put("/send_confirmation"), await letters()], [200, 1]);
  assert.equal(await put("/confirm_email"), 200);
  assert.equal((await viewOf(admin, { user_id })).user.email_verified, true);
  assert.deepEqual([await put("/send_confirmation"), await letters()], [409, 1]);
});

appTest("the history has sign-ins, changes, tags and notes, page by page", async (app) => {
  const admin = await signedIn(app, await addAdmin(app));
  const ana = await addPerson(app, "ana");
  const { user_id } = ana;
  await app.client().sendJson("POST", "/login", { username: "ana", password: "wrong password" });
  await admin.sendJson("PUT", "/edit_user", { user_id, bio: "Compilers" });
  await admin.sendJson("PUT", "/tag_user", { user_id, tag: "vip" });
  await admin.sendJson("PUT", "/write_note", { user_id, note: "Called on <Monday>" });
  await admin.sendJson("PUT", "/update_status", { user_id, status: "suspended", reason: "Spam" });
  const { history, tags, notes } = await viewOf(admin, ana);
  assert.deepEqual(
    history.events.map(({ action, remark }) => [action, remark]).slice(0, 5),
    [
      ["suspend_user", "Spam"],
      ["write_note", null],
      ["tag_user", "vip"],
      ["edit_user", null],
      ["sign_in_failed", null],
    ],
  );
  assert.deepEqual([tags, notes.map(({ text, author }) => [text, author])], [["vip"], [[
    "Called on <Monday>",
    "admin",
  ]]]);
  const html = await pageOf(admin, ana);
  assert.match(html, /Called on &lt;Monday>/);
  const entries = Array.from({ length: 60 }, () => ({
    actor_name: "ana",
    action: "sign_in",
    target_id: user_id,
    target_name: "ana",
    details: "{}",
  }));
  await app.services.db.insertInto("audit_events").values(entries).execute();
  const seen: number[] = [];
  let after: number | null = null;
  do {
    const query: string = after === null ? "" : `&after=${after}`;
    const { text } = await admin.getJson(`/user?user_id=${user_id}${query}`);
    const page: PersonView["history"] = JSON.parse(text).history;
    seen.push(...page.events.map(({ id }) => id));
    after = page.next;
  } while (after !== null);
  assert.equal(new Set(seen).size, seen.length);
  assert.ok(seen.length > 65);
  assert.match(await pageOf(admin, ana), new RegExp(`/user\\?user_id=${user_id}&amp;after=`));
});

appTest("the lists of admins lead to the page of a user", async (app) => {
  const admin = await signedIn(app, await addAdmin(app));
  const { user_id } = await addPerson(app, "ana");
  const link = `href="/user?user_id=${user_id}"`;
  assert.ok((await admin.get("/user_list")).text.includes(link));
  await admin.sendJson("DELETE", "/delete_user", { user_id });
  assert.ok((await admin.get("/deleted_users")).text.includes(link));
});
