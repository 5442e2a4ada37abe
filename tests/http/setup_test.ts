/** The first admin, created in the browser through the printed link. */
import assert from "node:assert/strict";
import { FirstAdmin } from "@/lib/domain/accounts/first_admin.ts";
import { keepFigures } from "@/lib/domain/operation/dashboard.ts";
import { appTest, SETUP_TOKEN, type TestApp } from "@/tests/kit/app.ts";
import type { TestClient } from "@/tests/kit/client.ts";
import { addAdmin, addPerson, logIn, PASSWORD, signedIn } from "@/tests/kit/people.ts";

const HINT = /has no admin yet: open the link/;

const FIELDS = {
  username: "ada",
  email: "ada@example.org",
  password: PASSWORD,
  password2: PASSWORD,
};

/** Opens the link. */
async function withLink(app: TestApp): Promise<TestClient> {
  const client = app.client();
  const { status, headers } = await client.get(`/setup?token=${SETUP_TOKEN}`);
  assert.equal(status, 303);
  assert.equal(headers.get("location"), "/setup");
  return client;
}

appTest("the link makes the first admin, who is signed in, once", async (app) => {
  const client = await withLink(app);
  await keepFigures(app.services);
  assert.match((await client.get("/setup")).text, /Create the admin/);
  const answer = await client.postForm("/setup", FIELDS);
  assert.equal(answer.status, 303, answer.text);
  assert.equal(answer.headers.get("location"), "/admin");
  assert.equal(client.cookies().has("roster_setup"), false);
  assert.equal(JSON.parse((await client.getJson("/admin")).text).counts.users, 1);
  const user = await app.database.db.selectFrom("users").selectAll().executeTakeFirstOrThrow();
  assert.equal(user.role, "admin");
  assert.ok(user.email_verified_at);
  assert.equal((await app.client().get(`/setup?token=${SETUP_TOKEN}`)).status, 404);
  assert.equal((await logIn(app.client(), "ada")).status, 200);
});

appTest("the token leaves the URL and reaches no other page", async (app) => {
  const { headers } = await app.client().get(`/setup?token=${SETUP_TOKEN}`);
  assert.equal(headers.get("referrer-policy"), "no-referrer");
  const cookie = headers.getSetCookie().find((line) => line.includes(SETUP_TOKEN)) ?? "";
  for (const part of ["HttpOnly", "SameSite=Lax", "Max-Age="]) assert.ok(cookie.includes(part));
});

appTest("a new installation tells everybody how to get the first admin", async (app) => {
  for (const path of ["/login", "/register", "/setup"]) {
    const { status, text } = await app.client().get(path);
    assert.equal(status, 200);
    assert.match(text, HINT, path);
  }
  const refused = await app.client().postForm("/login", { username: "x", password: "y" });
  assert.match(refused.text, HINT);
});

appTest(
  "once there is an admin the link is gone, and the database is not asked again",
  async (app) => {
    const early = await withLink(app);
    await addAdmin(app);
    const pages = async () => {
      for (const path of ["/login", "/register"]) {
        assert.doesNotMatch((await app.client().get(path)).text, HINT, path);
      }
      for (const client of [app.client(), early]) {
        assert.equal((await client.get("/setup")).status, 404);
        assert.equal((await client.get(`/setup?token=${SETUP_TOKEN}`)).status, 404);
        assert.equal((await client.postForm("/setup", FIELDS)).status, 404);
      }
    };
    await pages();
    // The process remembers it, even if the database is emptied.
    await app.database.db.deleteFrom("users").execute();
    await pages();
  },
);

appTest("without the right token nobody gets the form or creates an admin", async (app) => {
  const forger = app.client();
  forger.keep("roster_setup=wrong");
  for (const client of [app.client(), forger, await signedIn(app, await addPerson(app, "grace"))]) {
    assert.equal((await client.get("/setup?token=wrong")).status, 403);
    assert.equal((await client.sendJson("POST", "/setup", FIELDS)).status, 403);
  }
  const admins = await app.database.db.selectFrom("users").where("role", "=", "admin")
    .select("id").execute();
  assert.deepEqual(admins, []);
});

appTest("wrong tokens are limited per client, right ones are not", async (app) => {
  for (let i = 0; i < 20; i++) await withLink(app);
  const statuses = new Set<number>();
  for (let i = 0; i < 20; i++) statuses.add((await app.client().get("/setup?token=x")).status);
  assert.deepEqual([...statuses], [403, 429]);
});

appTest("errors are shown at their fields", async (app) => {
  const client = await withLink(app);
  const answer = await client.postForm("/setup", { ...FIELDS, password: "ada", password2: "ada" });
  assert.equal(answer.status, 422);
  assert.match(answer.text, /value="ada@example.org"/);
  assert.match(answer.text, /is-invalid/);
  assert.equal((await client.postForm("/setup", FIELDS)).status, 303);
});

appTest(
  "if many create the first admin at once, one wins and the others get a message",
  async (app) => {
    const clients = await Promise.all(Array.from({ length: 6 }, () => withLink(app)));
    const answers = await Promise.all(
      clients.map((client, index) =>
        client.sendJson("POST", "/setup", {
          ...FIELDS,
          username: `ada${index}`,
          email: `ada${index}@example.org`,
        })
      ),
    );
    const statuses = answers.map(({ status }) => status).sort();
    assert.equal(statuses[0], 201);
    for (const { status, text } of answers) {
      if (status === 409) assert.match(text, /has just made the first admin/);
      else assert.ok(status === 201 || status === 404, text);
    }
    assert.equal(statuses.filter((status) => status === 201).length, 1);
    const admins = await app.database.db.selectFrom("users").select("role").execute();
    assert.deepEqual(admins.map(({ role }) => role), ["admin"]);
  },
  { everyDatabase: true },
);

appTest("a user who makes the first admin leaves their own session", async (app) => {
  const client = await signedIn(app, await addPerson(app, "grace"));
  await client.get(`/setup?token=${SETUP_TOKEN}`);
  assert.equal((await client.postForm("/setup", FIELDS)).status, 303);
  assert.equal((await client.get("/admin")).status, 200);
  const sessions = await app.database.db.selectFrom("sessions").select("id").execute();
  assert.equal(sessions.length, 1);
});

appTest("no link works if the start has not made one", async (app) => {
  for (const token of ["", "undefined", SETUP_TOKEN]) {
    const { status } = await app.client().get(`/setup?token=${token}`);
    assert.equal(status, 403);
  }
}, { adapt: ({ db }) => ({ firstAdmin: new FirstAdmin(db, undefined) }) });
