import assert from "node:assert/strict";
import { appTest, type TestApp } from "@/tests/kit/app.ts";
import { addAdmin, addPerson, logIn, PASSWORD, signedIn } from "@/tests/kit/people.ts";

function register(app: TestApp, username: string, email: string) {
  const fields = { username, email, password: PASSWORD, password2: PASSWORD };
  return app.client().sendJson("POST", "/register", fields);
}

appTest("POST /register refuses a name that equals or looks like another one", async (app) => {
  await addPerson(app, "coco");
  await addPerson(app, "\u1E96anna", { email: "hanna@example.org" });
  const cases = [
    ["сосо", 409, /looks like/],
    ["H\u0331ANNA", 409, /already/],
    ["аdmin", 422, /one alphabet/],
    ["...", 422, /letter or digit/],
    [`abc${"\u0301".repeat(30)}`, 422, /at most 4 accents/],
    ["阿里", 201, /./],
    ["иван", 201, /./],
  ] as const;
  for (const [index, [username, status, words]] of cases.entries()) {
    const answer = await register(app, username, `new${index}@example.org`);
    assert.equal(answer.status, status, `${username}: ${answer.text}`);
    assert.match(JSON.parse(answer.text).errors?.username ?? "taken", words);
  }
});

appTest("two names that look the same cannot be registered at once", async (app) => {
  const answers = await Promise.all(
    ["soso", "ѕоѕо", "susu", "lolo"].map((name, index) => register(app, name, `n${index}@x.org`)),
  );
  const statuses = answers.map(({ status }) => status).sort();
  assert.deepEqual(statuses, [201, 201, 201, 409].sort());
}, { everyDatabase: true });

appTest("PUT /edit_user refuses a name that looks like another one", async (app) => {
  const admin = await signedIn(app, await addAdmin(app));
  await addPerson(app, "coco");
  const { user_id } = await addPerson(app, "grace");
  for (const [username, status] of [["сосо", 409], ["grаce", 422], ["---", 422]] as const) {
    const answer = await admin.sendJson("PUT", "/edit_user", { user_id, username });
    assert.equal(answer.status, status, answer.text);
    assert.ok(JSON.parse(answer.text).errors.username);
  }
});

appTest(
  "a user with a name that is no longer allowed can be edited, and renamed by today's rules",
  async (app) => {
    const admin = await signedIn(app, await addAdmin(app));
    const username = "аdmin";
    const { user_id } = await addPerson(app, "grace");
    await app.services.db.updateTable("users")
      .set({ username, username_key: `${username} ${user_id}` }).where("id", "=", user_id)
      .execute();
    const edit = { user_id, username, full_name: "Grace" };
    assert.equal((await admin.sendJson("PUT", "/edit_user", edit)).status, 200);
    const renamed = await admin.sendJson("PUT", "/edit_user", { user_id, username: "grace" });
    assert.equal(renamed.status, 200, renamed.text);
  },
);

appTest("a user who was renamed signs in with the old name until somebody has it", async (app) => {
  const admin = await signedIn(app, await addAdmin(app));
  const { user_id } = await addPerson(app, "grace");
  await admin.sendJson("PUT", "/edit_user", { user_id, username: "hopper" });
  assert.equal((await logIn(app.client(), "GRACE")).status, 200);
  assert.equal((await logIn(app.client(), "hopper")).status, 200);
  assert.equal((await register(app, "grace", "other@example.org")).status, 201);
  const browser = app.client();
  assert.equal((await logIn(browser, "grace")).status, 200);
  const profile = await browser.get("/profile");
  assert.match(profile.text, /other@example\.org/);
});

appTest("an international domain and its ASCII form are the same address", async (app) => {
  const address = "info@müller.example";
  const answer = await register(app, "mueller", address);
  assert.equal(answer.status, 201, answer.text);
  assert.equal((await register(app, "other", "Info@xn--mller-kva.example")).status, 409);
  for (const login of [address, "info@MÜLLER.example", "info@xn--mller-kva.example"]) {
    const browser = app.client();
    assert.equal((await logIn(browser, login)).status, 200, login);
    assert.match((await browser.get("/profile")).text, /info@müller\.example/);
  }
});

appTest("a placeholder of a template in a name stays as it is", async (app) => {
  const person = await addPerson(app, "mallory");
  const browser = await signedIn(app, person);
  const full_name = "${7*7} {{7*7}} %{7*7} #{7*7} [%=7*7%]";
  const { user_id } = person;
  const saved = await browser.sendJson("PUT", "/edit_user", { user_id, full_name });
  assert.equal(JSON.parse(saved.text).full_name, full_name);
  const admin = await signedIn(app, await addAdmin(app));
  for (const page of [await browser.get("/profile"), await admin.get("/user_list")]) {
    assert.ok(page.text.includes(full_name));
  }
});
