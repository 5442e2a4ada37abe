/** A form that is sent after its session has ended: sign in and continue with its input. */
import assert from "node:assert/strict";
import { appTest, type TestApp } from "@/tests/kit/app.ts";
import type { Answer, Fields, TestClient } from "@/tests/kit/client.ts";
import { addAdmin, addPerson, everythingOf, PASSWORD, signedIn } from "@/tests/kit/people.ts";
import { noise } from "@/tests/storage/pictures.ts";

/** Returns the hidden fields of a page's form, as a browser would send them. */
function hiddenFields({ text }: Answer): Record<string, string> {
  const main = text.slice(text.indexOf("<main"), text.indexOf("</main>"));
  const inputs = main.matchAll(/<input +type="hidden" name="([^"]*)" value="([^"]*)">/g);
  return Object.fromEntries([...inputs].map(([, name, value]) => [name, unescape(value!)]));
}

const unescape = (html: string) =>
  html.replaceAll("&quot;", '"').replaceAll("&lt;", "<").replaceAll("&amp;", "&");

const endSessions = ({ services }: TestApp) => services.db.deleteFrom("sessions").execute();

const signIn = (client: TestClient, username: string, asked: Answer, password = PASSWORD) => {
  const { kept = "", kept_path = "" } = hiddenFields(asked);
  return client.postForm("/login", { username, password, kept, kept_path });
};

/** Signs in an admin whose session ends while the form of `person` is open. */
async function openForm(app: TestApp) {
  const admin = await addAdmin(app);
  const person = await addPerson(app, "grace");
  const browser = await signedIn(app, admin);
  const list = "/user_list?q=g";
  const query = new URLSearchParams({ user_id: String(person.user_id), next: list });
  const form = hiddenFields(await browser.get(`/edit_user?${query}`));
  const typed: Record<string, string> = {
    ...form,
    full_name: 'Grace "Amazing" <Hopper>',
    bio: "one\r\ntwo & é 李",
  };
  return { admin, person, browser, typed, list };
}

appTest(
  "a form whose session has ended leads to signing in and back to its input",
  async (app) => {
    const { person, browser, typed, list } = await openForm(app);
    await endSessions(app);
    const asked = await browser.postForm("/edit_user", { ...typed, current_password: "my secret" });
    assert.equal(asked.status, 401);
    assert.match(asked.text, /Your session has ended/);
    assert.match(asked.text, /except\s+for passwords and pictures/);
    assert.doesNotMatch(asked.text, /my secret/);
    assert.equal(asked.headers.get("cache-control"), "private, no-store");

    const wrong = await signIn(browser, "admin", asked, "wrong password");
    assert.equal(wrong.status, 401);
    assert.equal(hiddenFields(wrong)["kept"], hiddenFields(asked)["kept"]);
    const right = await signIn(browser, "admin", wrong);
    assert.equal(right.status, 200);
    assert.match(right.text, /action="\/edit_user"/);
    assert.match(right.text, /You are signed in again/);
    assert.equal((await everythingOf(app, person))[1]?.full_name, "", "nothing is saved yet");

    const form = await browser.postForm("/edit_user", hiddenFields(right));
    assert.equal(form.status, 200);
    assert.match(form.text, /value="Grace &quot;Amazing&quot; &lt;Hopper>"/);
    assert.match(form.text, /one\r?\ntwo &amp; é 李<\/textarea>/);
    assert.equal((await everythingOf(app, person))[1]?.full_name, "", "nor now");
    const { _method, user_id, next, version, before, viewer_id } = hiddenFields(form);
    assert.deepEqual(
      { ...typed, ...{ _method, user_id, next, version, before, viewer_id } },
      typed,
    );
    const saved = await browser.postForm("/edit_user", typed);
    assert.deepEqual([saved.status, saved.headers.get("location")], [303, list]);
    assert.equal((await everythingOf(app, person))[1]?.bio, "one\ntwo & é 李");
  },
);

appTest("another user who signs in there gets a plain page", async (app) => {
  const { browser, typed } = await openForm(app);
  await addAdmin(app, "other");
  await endSessions(app);
  const asked = await browser.postForm("/edit_user", typed);
  const answer = await signIn(browser, "other", asked);
  assert.deepEqual([answer.status, answer.headers.get("location")], [303, "/admin"]);
  assert.doesNotMatch(answer.text, /Amazing/);
  const refused = await browser.postForm("/edit_user", typed);
  assert.equal(refused.status, 409);
  assert.match(refused.text, /You are now signed in as somebody else/);
});

appTest(
  "a suspension keeps its reason, and a button without input leads back to its page",
  async (app) => {
    const { person, browser, typed, list } = await openForm(app);
    const user_id = String(person.user_id);
    const common = { _method: "PUT", user_id, viewer_id: typed["viewer_id"]!, next: list };
    const requests: [string, Fields, number, RegExp][] = [
      ["/update_status", { ...common, status: "suspended", reason: "Spam!" }, 200, /value="Spam!"/],
      ["/delete_user", { ...common, _method: "DELETE" }, 200, /Do you want to delete/],
      ["/restore_user", common, 303, /^$/],
      [
        "/change_password",
        { viewer_id: typed["viewer_id"]!, password: "x" },
        200,
        /Current password/,
      ],
    ];
    for (const [path, fields, status, shows] of requests) {
      await endSessions(app);
      const right = await signIn(browser, "admin", await browser.postForm(path, fields));
      const back = await browser.postForm(path, hiddenFields(right));
      assert.equal(back.status, status, path);
      assert.match(back.text, shows);
      if (status === 303) assert.equal(back.headers.get("location"), list);
    }
    assert.equal((await everythingOf(app, person))[0]?.status, "active");
  },
);

appTest("a kept form has no picture, whatever its size", async (app) => {
  const { browser, typed } = await openForm(app);
  await endSessions(app);
  const body = new FormData();
  for (const [name, value] of Object.entries(typed)) body.set(name, value);
  body.set("image", new File([new Uint8Array(await noise(900, 900, "png"))], "photo.png"));
  const headers = { accept: "text/html", origin: app.origin };
  const asked = await browser.send("/edit_user", { method: "POST", headers, body });
  assert.equal(asked.status, 401);
  const { image, full_name } = JSON.parse(hiddenFields(asked)["kept"]!);
  assert.deepEqual([image, full_name], [undefined, typed["full_name"]]);
});

appTest(
  "a request that is not one of our forms is not kept and leads to signing in",
  async (app) => {
    const { person, typed } = await openForm(app);
    const stranger = app.client();
    const user_id = String(person.user_id);
    const plain: Fields[] = [
      { _method: "PUT", user_id, full_name: "no viewer" },
      { ...typed, bio: "x".repeat(30_000) },
      { ...typed, bio: "x".repeat(70_000) },
    ];
    for (const fields of plain) {
      const answer = await stranger.postForm("/edit_user", fields);
      assert.deepEqual([answer.status, answer.headers.get("location")], [303, "/login"]);
    }
    const script = await stranger.sendJson("PUT", "/edit_user", { user_id, bio: "x" });
    assert.equal(script.status, 401);
    const foreign = await stranger.send("/edit_user", {
      method: "POST",
      headers: { accept: "text/html", origin: "https://evil.example" },
      body: new URLSearchParams(typed),
    });
    assert.equal(foreign.status, 403);
  },
);

appTest(
  "a kept form leads to no other site and to no method except GET",
  async (app) => {
    const { admin, person, browser, typed } = await openForm(app);
    const kept = JSON.stringify({ ...typed, _method: "DELETE" });
    const bad = [
      ["//evil.example", kept],
      ["https://evil.example/", kept],
      ["/edit_user?user_id=1", kept],
      ["/edit_user", "[]"],
      ["/edit_user", "null"],
      ["/edit_user", "x"],
      ["/edit_user", JSON.stringify({ ...typed, viewer_id: "" })],
      ["/edit_user", JSON.stringify({ ...typed, viewer_id: admin.user_id })],
    ] as const;
    for (const [kept_path, value] of bad) {
      const login = { username: "admin", password: PASSWORD, kept_path, kept: value };
      const answer = await app.client().postForm("/login", login);
      assert.deepEqual([answer.status, answer.headers.get("location")], [303, "/admin"], kept_path);
    }
    const login = { username: "admin", password: PASSWORD, kept_path: "/delete_user", kept };
    const answer = await browser.postForm("/login", login);
    assert.equal(hiddenFields(answer)["_method"], "GET");
    await browser.postForm("/delete_user", hiddenFields(answer));
    assert.ok((await everythingOf(app, person))[0]);
  },
);

appTest("a link cannot fill in a form", async (app) => {
  const { person, browser } = await openForm(app);
  const query = new URLSearchParams({ user_id: String(person.user_id), full_name: "Planted" });
  for (const path of ["/edit_user", "/update_status"]) {
    const { status, text } = await browser.get(`${path}?${query}&reason=Planted`);
    assert.equal(status, 200);
    // The address of the page may stand in its footer and in the props of its islands.
    const forms = text.replace(/<footer.*<\/footer>|<script.*?<\/script>/gs, "");
    assert.doesNotMatch(forms, /Planted/);
  }
});
