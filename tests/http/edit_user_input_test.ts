import assert from "node:assert/strict";
import { appTest } from "@/tests/kit/app.ts";
import { addAdmin, addPerson, everythingOf, PASSWORD, signedIn } from "@/tests/kit/people.ts";

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
