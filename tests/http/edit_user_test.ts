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
  assert.deepEqual({ ...saved, message: undefined }, { ...shown, message: undefined });
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

appTest("a field that is sent empty becomes empty", async (app) => {
  const person = await addPerson(app, "grace");
  const { user_id } = person;
  const browser = await signedIn(app, person);
  await browser.sendJson("PUT", "/edit_user", { user_id, ...PROFILE });
  const answer = await browser.sendJson("PUT", "/edit_user", { user_id, bio: "", website: "" });
  const { bio, website, full_name } = JSON.parse(answer.text);
  assert.deepEqual([bio, website, full_name], ["", "", PROFILE.full_name]);
});

/** Refused values, by field. */
const BAD_INPUT: readonly (readonly [field: string, value: string])[] = [
  ["full_name", "a".repeat(121)],
  ["full_name", "Grace\u0007"],
  ["bio", "b".repeat(2_001)],
  ["bio", "\u0000"],
  ["address", "c".repeat(501)],
  ["zipcode", "1".repeat(17)],
  ["phone", "1".repeat(33)],
  ["phone", "1\n2"],
  ["zipcode", "@@@###"],
  ["zipcode", "<b>1</b>"],
  ["phone", "not a phone"],
  ["phone", "<b>1</b>"],
  ["contact_email", "nobody"],
  ["website", "example.org"],
  ["website", "ftp://example.org"],
  ["website", `https://example.org/${"a".repeat(300)}`],
  ["email", ""],
  ["email", "grace@"],
  ["version", "one"],
  ["version", "1.5"],
  ["role", "root"],
  ["username", "a b"],
  ["username", ""],
];

appTest(
  "PUT /edit_user refuses bad input with 422 at its field and changes nothing",
  async (app) => {
    const admin = await signedIn(app, await addAdmin(app));
    const person = await addPerson(app, "grace");
    const before = await everythingOf(app, person);
    for (const [field, value] of BAD_INPUT) {
      const answer = await admin.sendJson("PUT", "/edit_user", {
        user_id: person.user_id,
        bio: "changed",
        [field]: value,
      });
      const name = `${field}=${JSON.stringify(value.slice(0, 20))}: ${answer.text}`;
      assert.equal(answer.status, 422, name);
      assert.deepEqual(Object.keys(JSON.parse(answer.text).errors), [field], name);
    }
    assert.deepEqual(await everythingOf(app, person), before);
  },
);

appTest("the longest of everything fits, counted in characters", async (app) => {
  const person = await addPerson(app, "grace");
  const browser = await signedIn(app, person);
  const longest = { full_name: "𝒢".repeat(120), bio: "é".repeat(2_000), zipcode: "李".repeat(16) };
  const answer = await browser.sendJson("PUT", "/edit_user", {
    user_id: person.user_id,
    ...longest,
  });
  assert.equal(answer.status, 200, answer.text);
  const saved = JSON.parse(answer.text);
  assert.deepEqual({ ...saved, ...longest }, saved);
});

const UNKNOWN = {
  status: "suspended",
  failed_logins: "99",
  password: PASSWORD,
  password_hash: "none",
  email_verified_at: "2020-01-01",
  id: "4711",
  constructor: "x",
  "<b>": "x",
};

appTest(
  "unknown fields of a change are refused by name, and nothing is saved",
  async (app) => {
    const admin = await signedIn(app, await addAdmin(app));
    const person = await addPerson(app, "grace");
    const { user_id } = person;
    const before = await everythingOf(app, person);
    for (const [field, value] of Object.entries(UNKNOWN)) {
      for (const known of [{}, { full_name: "Grace" }]) {
        const fields = { user_id, ...known, [field]: value };
        const answer = await admin.sendJson("PUT", "/edit_user", fields);
        assert.equal(answer.status, 422, field);
        assert.deepEqual(JSON.parse(answer.text).errors, {
          [field]: `There is no field "${field}" here`,
        });
      }
      const form = { _method: "PUT", next: "/user_list", user_id: String(user_id), [field]: value };
      const page = await admin.postForm("/edit_user", form);
      assert.equal(page.status, 422, field);
      assert.match(page.text, /There is no field/);
    }
    for (
      const [method, path, fields] of [
        ["PUT", "/update_status", { user_id, until_date: "2999-01-01" }],
        ["DELETE", "/delete_user", { user_id, reason: "x" }],
        ["PUT", "/restore_user", { user_id, role: "admin" }],
        ["POST", "/change_password", { new_password: "x" }],
      ] as const
    ) {
      const { status, text } = await admin.sendJson(method, path, fields);
      assert.equal(status, 422, path);
      assert.match(JSON.parse(text).detail, /There is no field "\w+" here/, path);
    }
    assert.deepEqual(await everythingOf(app, person), before);
  },
);

appTest("a picture is sent as a file, and everything else as text", async (app) => {
  const person = await addPerson(app, "grace");
  const { user_id } = person;
  const browser = await signedIn(app, person);
  const before = await everythingOf(app, person);
  const asText = await browser.sendJson("PUT", "/edit_user", { user_id, image: "photo.png" });
  assert.deepEqual(JSON.parse(asText.text).errors, {
    image: 'Send the field "image" as a file',
  });
  const body = new FormData();
  body.set("user_id", String(user_id));
  body.set("bio", new File(["Admiral"], "bio.txt"));
  const headers = { accept: "application/json", origin: app.origin };
  const asFile = await browser.send("/edit_user", { method: "PUT", headers, body });
  assert.deepEqual([asText.status, asFile.status], [422, 422]);
  assert.deepEqual(JSON.parse(asFile.text).errors, { bio: 'Send the field "bio" as text' });
  assert.deepEqual(await everythingOf(app, person), before);
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

appTest("an invalid user id is refused, and an unknown one is 404", async (app) => {
  const admin = await signedIn(app, await addAdmin(app));
  for (const user_id of ["", "0", "-1", "1.5", "x", "1 or 1=1", "9".repeat(17), "1e3"]) {
    const path = `/edit_user?user_id=${encodeURIComponent(user_id)}`;
    assert.equal((await admin.getJson(path)).status, 422, user_id);
    assert.equal(
      (await admin.sendJson("DELETE", "/delete_user", { user_id })).status,
      422,
      user_id,
    );
    const edited = await admin.sendJson("PUT", "/edit_user", { user_id, bio: "x" });
    assert.equal(edited.status, 422, user_id);
    const changed = await admin.sendJson("PUT", "/update_status", { user_id });
    assert.equal(changed.status, 422, user_id);
  }
  const nobody = { user_id: Number.MAX_SAFE_INTEGER };
  assert.equal((await admin.getJson(`/edit_user?user_id=${nobody.user_id}`)).status, 404);
  assert.equal((await admin.sendJson("PUT", "/edit_user", { ...nobody, bio: "x" })).status, 404);
  assert.equal((await admin.sendJson("PUT", "/update_status", nobody)).status, 404);
  assert.equal((await admin.sendJson("DELETE", "/delete_user", nobody)).status, 404);
});
