import assert from "node:assert/strict";
import { appTest } from "@/tests/kit/app.ts";
import {
  accountOf,
  addAdmin,
  addPerson,
  everythingOf,
  logIn,
  PASSWORD,
  signedIn,
} from "@/tests/kit/people.ts";

const PROFILE = {
  full_name: "Grace Brewster Hopper",
  bio: "Rear admiral\nand programmer 🚢",
  address: "1 Main Street\nArlington",
  zipcode: "22201",
  phone: "+1 (555) 010-9999",
  contact_email: "office@example.org",
  website: "https://example.org/~grace?a=1&b=2",
};

appTest("PUT /edit_user saves every field and answers with the new values", async (app) => {
  const person = await addPerson(app, "grace");
  const browser = await signedIn(app, person);
  const answer = await browser.sendJson("PUT", "/edit_user", {
    ...person,
    username: undefined,
    ...PROFILE,
  });
  assert.equal(answer.status, 200, answer.text);
  const saved = JSON.parse(answer.text);
  assert.deepEqual({ ...saved, ...PROFILE }, saved);
  assert.equal(saved.message, "Your changes are saved.");
  const shown = JSON.parse((await browser.getJson(`/edit_user?user_id=${person.user_id}`)).text);
  const { message: _, entry, ...user } = saved;
  assert.equal(typeof entry, "number");
  assert.deepEqual(user, shown);
}, { pooled: true });

appTest("only admins see the fields for admins, and nobody sees the hash", async (app) => {
  const person = await addPerson(app, "grace");
  const path = `/edit_user?user_id=${person.user_id}`;
  const own = await (await signedIn(app, person)).getJson(path);
  const shown = await (await signedIn(app, await addAdmin(app))).getJson(path);
  assert.equal(JSON.parse(own.text).admin, undefined);
  assert.equal(JSON.parse(shown.text).admin.failed_logins, 0);
  for (const { text } of [own, shown]) assert.doesNotMatch(text, /argon2|password_hash|_key"/);
});

appTest(
  "without a next page the form leads back to the user's row, or the own profile",
  async (app) => {
    const [admin, person] = [await addAdmin(app), await addPerson(app, "grace")];
    const browser = await signedIn(app, admin);
    const wayBack = async (path: string) =>
      /name="next" value="([^"]*)"/.exec((await browser.get(path)).text.split("<main")[1]!)?.[1];
    for (const { user_id } of [admin, person]) {
      const rows = (await browser.get("/user_list")).text;
      const [link] = new RegExp(`/edit_user\\?user_id=${user_id}\\b[^"]*`).exec(rows)!;
      assert.equal(await wayBack(link.replace("&amp;", "&")), `/user_list#user_${user_id}`);
    }
    assert.equal(await wayBack(`/edit_user?user_id=${admin.user_id}`), "/profile");
    assert.equal(
      await wayBack(`/edit_user?user_id=${person.user_id}`),
      `/user_list#user_${person.user_id}`,
    );
  },
);

appTest("a field that is sent empty becomes empty", async (app) => {
  const person = await addPerson(app, "grace");
  const { user_id } = person;
  const browser = await signedIn(app, person);
  await browser.sendJson("PUT", "/edit_user", { user_id, ...PROFILE });
  const answer = await browser.sendJson("PUT", "/edit_user", { user_id, bio: "", website: "" });
  const { bio, website, full_name } = JSON.parse(answer.text);
  assert.deepEqual([bio, website, full_name], ["", "", PROFILE.full_name]);
});

appTest("a change of nothing leaves the version and the audit log as they are", async (app) => {
  const admin = await signedIn(app, await addAdmin(app));
  const person = await addPerson(app, "grace");
  const { user_id, username, email } = person;
  await admin.sendJson("PUT", "/edit_user", { user_id, ...PROFILE });
  const suspension = { user_id, status: "suspended", reason: "Spam", until: "2999-01-31T12:00" };
  const changes = [
    ["/edit_user", { user_id }],
    ["/edit_user", { user_id, username, email, role: "user", ...PROFILE }],
    ["/edit_user", { user_id, bio: `  ${PROFILE.bio} `, remove_image: "1" }],
    ["/update_status", { user_id, status: "active" }],
    ["/update_status", suspension],
    ["/update_status", { ...suspension, until: "2999-01-31T13:00+01:00" }],
  ] as const;
  const entries = async () =>
    (await app.services.db.selectFrom("audit_events").select("id").execute()).length;
  for (const [index, [path, fields]] of changes.entries()) {
    const [before, entriesBefore] = [await everythingOf(app, person), await entries()];
    const answer = await admin.sendJson("PUT", path, fields);
    assert.equal(answer.status, 200, answer.text);
    // The first suspension is a change, which proves that the test would see others.
    const isSame = index !== 4;
    assert.equal(await entries() === entriesBefore, isSame, JSON.stringify(fields));
    const after = await everythingOf(app, person);
    if (isSame) assert.deepEqual(after, before);
    else assert.notEqual(after[0]?.version, before[0]?.version);
  }
});

appTest(
  "a plain user can change neither name nor role, and then nothing is changed",
  async (app) => {
    const person = await addPerson(app, "grace");
    const browser = await signedIn(app, person);
    const before = await everythingOf(app, person);
    for (const fields of [{ role: "admin" }, { username: "admin" }, { role: "user" }]) {
      const { user_id } = person;
      const answer = await browser.sendJson("PUT", "/edit_user", { user_id, bio: "x", ...fields });
      assert.equal(answer.status, 403, JSON.stringify(fields));
    }
    assert.deepEqual(await everythingOf(app, person), before);
  },
);

appTest("another user's name or address is a conflict at its field", async (app) => {
  const admin = await signedIn(app, await addAdmin(app));
  await addPerson(app, "ada");
  const person = await addPerson(app, "grace");
  const before = await everythingOf(app, person);
  for (const fields of [{ username: "ADA" }, { email: "ADA@example.org" }]) {
    const [field] = Object.keys(fields);
    const { user_id } = person;
    const answer = await admin.sendJson("PUT", "/edit_user", { user_id, bio: "x", ...fields });
    assert.equal(answer.status, 409, answer.text);
    assert.deepEqual(Object.keys(JSON.parse(answer.text).errors), [field]);
    const form = { _method: "PUT", user_id: String(user_id), bio: "typed", ...fields };
    const page = await admin.postForm("/edit_user", form);
    assert.equal(page.status, 422);
    assert.match(page.text, /Somebody has .*already/);
    assert.match(page.text, /typed/);
  }
  assert.deepEqual(await everythingOf(app, person), before);
});

appTest("changing the case of the own name or address is no conflict", async (app) => {
  const admin = await signedIn(app, await addAdmin(app));
  const { user_id } = await addPerson(app, "grace");
  const fields = { username: "Grace", email: "Grace@Example.org" };
  const answer = await admin.sendJson("PUT", "/edit_user", { user_id, ...fields });
  assert.equal(answer.status, 200, answer.text);
  assert.equal((await logIn(app.client(), "grace@example.org")).status, 200);
});

appTest("a new sign-in address needs the password and must be verified again", async (app) => {
  const person = await addPerson(app, "grace", { email_verified_at: new Date() });
  const { user_id } = person;
  const browser = await signedIn(app, person);
  const email = "new@example.org";
  for (const proof of [{}, { current_password: "wrong password" }]) {
    const answer = await browser.sendJson("PUT", "/edit_user", { user_id, email, ...proof });
    assert.equal(answer.status, 422);
    assert.deepEqual(Object.keys(JSON.parse(answer.text).errors), ["current_password"]);
  }
  const proof = { current_password: PASSWORD };
  const answer = await browser.sendJson("PUT", "/edit_user", { user_id, email, ...proof });
  assert.equal(answer.status, 200, answer.text);
  const account = await accountOf(app, person);
  assert.deepEqual([account.email, account.email_verified_at], [email, null]);
});

appTest("a new role ends the sessions of the user", async (app) => {
  const admin = await signedIn(app, await addAdmin(app));
  const person = await addPerson(app, "grace", { role: "admin" });
  const browser = await signedIn(app, person);
  const { user_id } = person;
  const answer = await admin.sendJson("PUT", "/edit_user", { user_id, role: "user" });
  assert.equal(answer.status, 200);
  assert.equal((await browser.getJson("/user_list")).status, 401);
});
