import assert from "node:assert/strict";
import { type ActionName, actionOf, actionsWith } from "@/lib/shared/actions.ts";
import { updateStatus } from "@/lib/domain/users/update_status.ts";
import { appTest } from "@/tests/kit/app.ts";
import type { Answer, TestClient } from "@/tests/kit/client.ts";
import {
  accountOf,
  addAdmin,
  addPerson,
  everythingOf,
  PASSWORD,
  type Person,
  signedIn,
} from "@/tests/kit/people.ts";
import { addPasskey, ask } from "@/tests/kit/soft_passkey.ts";
import { ageProofs, codeOf, prove, turnOn, wrongCode } from "@/tests/kit/second_factor.ts";

const NEW_PASSWORD = "twelve green lanterns";
const PAGES = ["/change_password", "/set_up_two_factor", "/recovery_codes", "/turn_off_two_factor"];

appTest(
  "pages that change how one signs in ask for a proof of the last 5 minutes",
  async (app) => {
    const ana = await addPerson(app, "ana");
    const browser = await signedIn(app, ana);
    for (const path of PAGES) assert.equal((await browser.get(path)).status, 200, path);
    await ageProofs(app, 6);
    for (const path of PAGES) {
      const answer = await browser.get(path);
      const location = answer.headers.get("location");
      assert.deepEqual([answer.status, location], [
        303,
        `/step_up?next=${encodeURIComponent(path)}`,
      ]);
      const { status, text } = await browser.getJson(path);
      assert.deepEqual([status, JSON.parse(text).next], [403, "/step_up"]);
    }
    const fields = { password: PASSWORD, next: "/change_password" };
    const proven = await browser.postForm("/step_up", fields);
    assert.deepEqual([proven.status, proven.headers.get("location")], [303, "/change_password"]);
    assert.equal((await browser.get("/change_password")).status, 200);
  },
);

appTest("a form that was opened in time is taken for 15 minutes", async (app) => {
  const ana = await addPerson(app, "ana");
  const browser = await signedIn(app, ana);
  const fields = {
    viewer_id: String(ana.user_id),
    current_password: PASSWORD,
    password: NEW_PASSWORD,
    password2: NEW_PASSWORD,
  };
  await ageProofs(app, 16);
  const late = await browser.postForm("/change_password", fields);
  assert.equal(late.status, 403);
  assert.match(late.text, /Confirm that it is you/);
  assert.match(late.text, /name="kept_path" value="\/change_password"/);
  for (const secret of [PASSWORD, NEW_PASSWORD]) assert.equal(late.text.includes(secret), false);
  const script = await browser.sendJson("POST", "/change_password", fields);
  assert.equal(script.status, 403);
  await ageProofs(app, 14);
  assert.equal((await browser.postForm("/change_password", fields)).status, 303);
});

appTest("after the proof the form opens again that was being sent", async (app) => {
  const ana = await addPerson(app, "ana");
  const { browser, secret } = await turnOn(app, ana);
  await ageProofs(app, 16);
  const late = await browser.postForm("/turn_off_two_factor", { viewer_id: String(ana.user_id) });
  const [, kept = ""] = /name="kept" value="([^"]*)"/.exec(late.text) ?? [];
  const back = await browser.postForm("/step_up", {
    viewer_id: String(ana.user_id),
    kept_path: "/turn_off_two_factor",
    kept: kept.replaceAll("&quot;", '"'),
    code: await codeOf(secret),
  });
  assert.equal(back.status, 200);
  assert.match(back.text, /action="\/turn_off_two_factor"/);
  assert.equal((await browser.postForm("/turn_off_two_factor", {})).status, 303);
});

appTest(
  "with a second factor a code is asked for, and the password is not enough",
  async (app) => {
    const { browser, secret, codes } = await turnOn(app, await addPerson(app, "ana"));
    await ageProofs(app, 16);
    assert.match((await browser.get("/step_up")).text, /name="code"/);
    const proofs = [
      { password: PASSWORD },
      { password: PASSWORD, code: await wrongCode(secret) },
    ];
    for (const proof of proofs) {
      assert.equal((await browser.sendJson("POST", "/step_up", proof)).status, 422);
      assert.equal((await browser.sendJson("POST", "/recovery_codes", {})).status, 403);
    }
    for (const code of [await codeOf(secret), codes[0]!]) {
      await ageProofs(app, 16);
      assert.equal((await browser.sendJson("POST", "/step_up", { code })).status, 200, code);
      assert.equal((await browser.getJson("/recovery_codes")).status, 200);
    }
  },
);

appTest("a proof replaces the session by a new one", async (app) => {
  const browser = await signedIn(app, await addPerson(app, "ana"));
  const [name, old] = [...browser.cookies()][0]!;
  const answer = await browser.sendJson("POST", "/step_up", { password: PASSWORD });
  assert.equal(answer.status, 200);
  const thief = app.client();
  thief.keep(`${name}=${old}`);
  assert.equal((await thief.getJson("/profile")).status, 401);
  assert.equal((await browser.getJson("/profile")).status, 200);
});

appTest("a proof for somebody else is refused, and the waiting form is dropped", async (app) => {
  const [ana, bo] = [await addPerson(app, "ana"), await addPerson(app, "bo")];
  const browser = await signedIn(app, bo);
  const kept = JSON.stringify({ viewer_id: String(ana.user_id) });
  const fields = { kept_path: "/turn_off_two_factor", kept, password: PASSWORD };
  const foreign = await browser.postForm("/step_up", { ...fields, viewer_id: String(ana.user_id) });
  assert.equal(foreign.status, 409);
  const own = await browser.postForm("/step_up", { ...fields, viewer_id: String(bo.user_id) });
  assert.deepEqual([own.status, own.headers.get("location")], [303, "/security"]);
});

appTest(
  "a proof of another user is a new session of that user, and the waiting form is dropped",
  async (app) => {
    const [ana, bo] = [await addPerson(app, "ana"), await addPerson(app, "bo")];
    const [anas, bos] = [await addPasskey(app, ana), await addPasskey(app, bo)];
    const stolen = [...anas.browser.cookies()];
    const waiting = {
      kept_path: "/turn_off_two_factor",
      kept: JSON.stringify({ viewer_id: String(ana.user_id) }),
      next: "/change_password",
      viewer_id: String(ana.user_id),
    };
    const credential = bos.passkey.use(await ask(anas.browser, "/step_up"));
    const answer = await anas.browser.postForm("/step_up", { ...waiting, credential });
    assert.deepEqual([answer.status, answer.headers.get("location")], [303, "/profile"]);
    const { text } = await anas.browser.getJson("/profile");
    assert.equal(JSON.parse(text).username, "bo");
    const before = app.client();
    for (const [name, value] of stolen) before.keep(`${name}=${value}`);
    assert.equal((await before.getJson("/profile")).status, 401);
    const entries = await app.services.db.selectFrom("audit_events").select("action")
      .where("actor_id", "=", ana.user_id).where("action", "=", "step_up").execute();
    assert.deepEqual(entries, []);
  },
);

appTest(
  "a passkey of a suspended user is refused as a proof, and nobody signs in",
  async (app) => {
    const [ana, bo] = [await addPerson(app, "ana"), await addPerson(app, "bo")];
    const [anas, bos] = [await addPasskey(app, ana), await addPasskey(app, bo)];
    await updateStatus(app.services, { kind: "task", name: "test" }, {
      user_id: bo.user_id,
      status: "suspended",
    });
    const credential = bos.passkey.use(await ask(anas.browser, "/step_up"));
    const answer = await anas.browser.sendJson("POST", "/step_up", { credential });
    assert.equal(answer.status, 401, answer.text);
    assert.equal(JSON.parse((await anas.browser.getJson("/profile")).text).username, "ana");
  },
);

appTest("a wrong password proves nothing", async (app) => {
  const browser = await signedIn(app, await addPerson(app, "ana"));
  await ageProofs(app, 16);
  const answer = await browser.sendJson("POST", "/step_up", { password: "wrong password" });
  assert.equal(answer.status, 422);
  assert.equal((await browser.getJson("/change_password")).status, 403);
});

appTest("/step_up leads to paths of this site only", async (app) => {
  const browser = await signedIn(app, await addPerson(app, "ana"));
  for (const next of ["//evil.example", "/\\evil.example", "javascript:alert(1)"]) {
    const answer = await browser.postForm("/step_up", { password: PASSWORD, next });
    assert.equal(answer.headers.get("location"), "/security", next);
  }
});

/** A request for each action that needs a proof, by a user about their own account. */
const REQUESTS: Readonly<
  Partial<Record<ActionName, (browser: TestClient, person: Person) => Promise<Answer>>>
> = {
  see_api_keys: (browser) => browser.getJson("/api_keys"),
  edit_email: (browser, { user_id }) =>
    browser.sendJson("PUT", "/edit_user", {
      user_id,
      email: "new@example.org",
      current_password: PASSWORD,
    }),
  end_all_sessions: (browser) => browser.sendJson("DELETE", "/settings", {}),
  request_backup: (browser) => browser.sendJson("PUT", "/settings", {}),
  delete_user: (browser, { user_id }) => browser.sendJson("DELETE", "/delete_user", { user_id }),
  view_as: (browser, { user_id }) => browser.sendJson("PUT", "/view_as", { user_id }),
  copy_email_link: (browser) => browser.sendJson("POST", "/emails", { email_id: 1 }),
  turn_on_two_factor: (browser) => browser.sendJson("POST", "/set_up_two_factor", {}),
  turn_off_two_factor: (browser) => browser.sendJson("POST", "/turn_off_two_factor", {}),
  make_recovery_codes: (browser) => browser.sendJson("POST", "/recovery_codes", {}),
  add_passkey: (browser) => browser.sendJson("POST", "/passkeys", { credential: "" }),
  rename_passkey: (browser) =>
    browser.sendJson("PUT", "/passkeys", { passkey_id: 1, name: "Phone" }),
  remove_passkey: (browser) => browser.sendJson("DELETE", "/passkeys", { passkey_id: 1 }),
  remove_password: (browser) => browser.sendJson("POST", "/remove_password", {}),
  change_password: (browser) =>
    browser.sendJson("POST", "/change_password", {
      current_password: PASSWORD,
      password: NEW_PASSWORD,
      password2: NEW_PASSWORD,
    }),
  download_data: (browser) => browser.sendJson("POST", "/download_data", {}),
  prepare_import: (browser) => browser.sendJson("POST", "/import_users", {}),
  start_import: (browser) =>
    browser.sendJson("PUT", "/import_users", { import_id: 1, step: "start" }),
  invite_imported: (browser) =>
    browser.sendJson("PUT", "/import_users", { import_id: 1, step: "invite" }),
  leave: (browser) => browser.sendJson("POST", "/leave", { username: "ana" }),
  make_api_key: (browser) =>
    browser.sendJson("POST", "/api_keys", { name: "backup", self: "1", days: "30" }),
};

appTest(
  "each action that needs a proof by the table of actions refuses one of 16 minutes ago",
  async (app) => {
    const ana = await addAdmin(app, "ana");
    const browser = await signedIn(app, ana);
    const names = actionsWith<ActionName>(({ proof, ownProof }) => proof ?? ownProof);
    assert.deepEqual(Object.keys(REQUESTS).sort(), names.sort());
    const before = await everythingOf(app, ana);
    await ageProofs(app, 16);
    for (const name of names) {
      const { status, text } = await REQUESTS[name]!(browser, ana);
      assert.deepEqual([status, JSON.parse(text).next], [403, "/step_up"], name);
    }
    assert.deepEqual(await everythingOf(app, ana), before);
  },
  { environment: { IMPERSONATION: "on" } },
);

Deno.test("no API key may do what needs a proof to the account of its user", () => {
  const names = actionsWith<ActionName>(({ proof, ownProof }) => proof ?? ownProof);
  for (const name of names) assert.equal(actionOf(name).ownScope, undefined, name);
});

appTest(
  "to delete the own account a proof is asked for, however fresh the last one",
  async (app) => {
    await addAdmin(app);
    const ana = await addPerson(app, "ana");
    const browser = await signedIn(app, ana);
    const path = `/delete_user?user_id=${ana.user_id}`;
    const stepUp = `/step_up?next=${encodeURIComponent(path)}`;
    const asked = async () => {
      const page = await browser.get(path);
      assert.deepEqual([page.status, page.headers.get("location")], [303, stepUp]);
      const form = { _method: "DELETE", user_id: String(ana.user_id) };
      const sent = await browser.postForm("/delete_user", { ...form, viewer_id: form.user_id });
      assert.deepEqual([sent.status, /name="kept_path"/.test(sent.text)], [403, true]);
      const json = await browser.sendJson("DELETE", "/delete_user", { user_id: ana.user_id });
      assert.equal(json.status, 403);
    };
    await asked();
    await prove(browser, "/change_password");
    await asked();
    await prove(browser, path);
    await ageProofs(app, 6);
    assert.equal((await browser.get(path)).headers.get("location"), stepUp);
    await ageProofs(app, 4);
    assert.match((await browser.get(path)).text, /Delete your account/);
    await ageProofs(app, 16);
    await asked();
    await prove(browser, path);
    const deleted = await browser.sendJson("DELETE", "/delete_user", { user_id: ana.user_id });
    assert.equal(deleted.status, 200);
  },
);

appTest("the deletion that waits for its proof comes back, and is done after it", async (app) => {
  const ana = await addPerson(app, "ana");
  const { browser, secret } = await turnOn(app, ana);
  const fields = { user_id: String(ana.user_id), viewer_id: String(ana.user_id) };
  const asked = await browser.postForm("/delete_user", { _method: "DELETE", ...fields });
  const [, kept = ""] = /name="kept" value="([^"]*)"/.exec(asked.text) ?? [];
  const form = { kept_path: "/delete_user", kept: kept.replaceAll("&quot;", '"') };
  const { viewer_id } = fields;
  const wrong = await browser.postForm("/step_up", { ...form, viewer_id, password: PASSWORD });
  assert.equal(wrong.status, 422, "a password alone is not enough");
  const code = await codeOf(secret);
  const back = await browser.postForm("/step_up", { ...form, viewer_id, code });
  assert.match(back.text, /action="\/delete_user"/);
  const again = await browser.postForm("/delete_user", { _method: "GET", ...fields });
  assert.match(again.text, /Delete your account/);
  const done = await browser.postForm("/delete_user", { _method: "DELETE", ...fields });
  assert.deepEqual([done.status, done.headers.get("location")], [303, "/login"]);
});

appTest("an admin deletes somebody else without another proof", async (app) => {
  const admin = await signedIn(app, await addAdmin(app));
  const { user_id } = await addPerson(app, "ana");
  assert.equal((await admin.sendJson("DELETE", "/delete_user", { user_id })).status, 200);
});

appTest(
  "another address needs a fresh proof, and the rest of the profile needs none",
  async (app) => {
    const ana = await addPerson(app, "ana");
    const browser = await signedIn(app, ana);
    await ageProofs(app, 16);
    const id = String(ana.user_id);
    const form = { _method: "PUT", user_id: id, viewer_id: id, bio: "Here.", email: ana.email };
    assert.equal((await browser.postForm("/edit_user", form)).status, 303);
    const moved = { ...form, email: "new@example.org", current_password: PASSWORD };
    const asked = await browser.postForm("/edit_user", moved);
    assert.equal(asked.status, 403);
    assert.match(asked.text, /Confirm that it is you/);
    assert.match(asked.text, /new@example\.org/);
    assert.doesNotMatch(asked.text, new RegExp(PASSWORD));
    assert.equal((await accountOf(app, ana)).email, ana.email);
    await prove(browser);
    assert.equal((await browser.postForm("/edit_user", moved)).status, 303);
  },
);
