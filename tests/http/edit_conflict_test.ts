/** Edits that meet another one. */
import assert from "node:assert/strict";
import { appTest } from "@/tests/kit/app.ts";
import { addPerson, everythingOf, signedIn } from "@/tests/kit/people.ts";

appTest("an edit of an older version is a conflict, and the first edit stays", async (app) => {
  const person = await addPerson(app, "grace");
  const { user_id } = person;
  const [one, two] = [await signedIn(app, person), await signedIn(app, person)];
  const { version } = JSON.parse((await one.getJson(`/edit_user?user_id=${user_id}`)).text);
  const first = await one.sendJson("PUT", "/edit_user", { user_id, version, bio: "first" });
  assert.equal(first.status, 200);
  const second = await two.sendJson("PUT", "/edit_user", { user_id, version, bio: "second" });
  assert.equal(second.status, 409);
  const page = await two.postForm("/edit_user", {
    _method: "PUT",
    user_id: String(user_id),
    version: String(version),
    bio: "third",
  });
  assert.equal(page.status, 409);
  assert.match(page.text, /third/);
  assert.match(page.text, /Somebody else has changed this user/);
  assert.equal((await everythingOf(app, person))[1]?.bio, "first");
  assert.equal(JSON.parse(first.text).version, version + 1);
}, { everyDatabase: true });

appTest(
  "a conflict names the fields that both have changed, and the version to continue from",
  async (app) => {
    const person = await addPerson(app, "grace");
    const { user_id } = person;
    const browser = await signedIn(app, person);
    const path = `/edit_user?user_id=${user_id}`;
    const before = JSON.parse((await browser.getJson(path)).text);
    await browser.sendJson("PUT", "/edit_user", { user_id, full_name: "Theirs", phone: "2" });
    const mine = { user_id, version: before.version, full_name: "Mine", phone: "", bio: "Mine" };
    const plain = await browser.sendJson("PUT", "/edit_user", mine);
    assert.equal(plain.status, 409);
    const problem = JSON.parse(plain.text);
    assert.deepEqual(problem.conflicts, [
      { field: "full_name", yours: "Mine", theirs: "Theirs" },
      { field: "phone", yours: "", theirs: "2" },
      { field: "bio", yours: "Mine", theirs: "" },
    ]);
    assert.equal(problem.current.version, before.version + 1);
    // A client that sends its starting values: the phone is unchanged, the name is not.
    const base = JSON.stringify({ full_name: "", phone: "", bio: "" });
    const based = await browser.sendJson("PUT", "/edit_user", { ...mine, before: base });
    assert.equal(based.status, 409);
    assert.deepEqual(JSON.parse(based.text).conflicts, [
      { field: "full_name", before: "", yours: "Mine", theirs: "Theirs" },
    ]);
    const { full_name: _, ...other } = mine;
    const merged = await browser.sendJson("PUT", "/edit_user", { ...other, before: base });
    assert.equal(merged.status, 200, merged.text);
    const saved = JSON.parse(merged.text);
    assert.deepEqual([saved.full_name, saved.phone, saved.bio], ["Theirs", "2", "Mine"]);
    assert.match(saved.message, /somebody else made in the meantime/);
    for (const bad of ["", "x", "[]", "null", "1", '{"bio":1}']) {
      const answer = await browser.sendJson("PUT", "/edit_user", {
        user_id,
        before: bad,
        bio: "x",
      });
      assert.equal(answer.status, bad === "" ? 200 : 422, bad);
    }
  },
  { everyDatabase: true },
);

appTest(
  "a refused form still starts from its own version, not from later changes",
  async (app) => {
    const person = await addPerson(app, "grace");
    const { user_id } = person;
    const browser = await signedIn(app, person);
    const { text } = await browser.get(`/edit_user?user_id=${user_id}`);
    const hidden = (html: string, name: string) =>
      new RegExp(`name="${name}" value="([^"]*)"`).exec(html)?.[1]?.replaceAll("&quot;", '"') ?? "";
    const form = {
      _method: "PUT",
      user_id: String(user_id),
      version: hidden(text, "version"),
      before: hidden(text, "before"),
      full_name: "Mine",
      website: "no address",
    };
    await browser.sendJson("PUT", "/edit_user", { user_id, full_name: "Theirs" });
    const refused = await browser.postForm("/edit_user", form);
    assert.equal(refused.status, 422);
    const { version, before } = form;
    assert.equal(hidden(refused.text, "version"), version);
    assert.equal(hidden(refused.text, "before"), before);
    const mended = await browser.postForm("/edit_user", { ...form, website: "" });
    assert.equal(mended.status, 409);
    assert.equal(hidden(mended.text, "version"), String(Number(version) + 1));
    // What was typed is kept, beside the value of before and that of somebody else.
    const words = mended.text.replace(/<[^>]*>/g, " ").replace(/\s+/g, " ");
    assert.match(words, /Full name Before: empty Yours: Mine Theirs: Theirs/);
    assert.match(
      mended.text,
      /name="full_name"[^>]*value="Mine"|value="Mine"[^>]*name="full_name"/,
    );
    const saved = await browser.postForm("/edit_user", {
      ...form,
      website: "",
      version: hidden(mended.text, "version"),
      before: hidden(mended.text, "before"),
    });
    assert.equal(saved.status, 303);
    assert.equal((await everythingOf(app, person))[1]?.full_name, "Mine");
  },
  { everyDatabase: true },
);

appTest("of simultaneous edits of one version, one wins", async (app) => {
  const person = await addPerson(app, "grace");
  const { user_id } = person;
  const browser = await signedIn(app, person);
  const answers = await Promise.all(
    ["a", "b", "c", "d"].map((bio) =>
      browser.sendJson("PUT", "/edit_user", { user_id, version: 1, bio })
    ),
  );
  assert.deepEqual(answers.map(({ status }) => status).sort(), [200, 409, 409, 409]);
}, { everyDatabase: true });
