/** A second factor that the installation asks for. */
import assert from "node:assert/strict";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { checkAdminFactors } from "@/lib/domain/operation/factor_check.ts";
import { actionRoutes } from "@/lib/web/user_action.ts";
import { OPEN_PATHS } from "@/lib/web/middlewares/two_factor_policy.ts";
import { appTest } from "@/tests/kit/app.ts";
import { addAdmin, addPerson, logIn, signedIn } from "@/tests/kit/people.ts";
import { turnOn } from "@/tests/kit/second_factor.ts";

const ADMINS = { environment: { TWO_FACTOR: "admins" } };
const ALL = { environment: { TWO_FACTOR: "all" } };
const inDays = (days: number) =>
  new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10);

/** The paths of all routes, except those with a parameter. */
async function paths(): Promise<string[]> {
  const root = join(import.meta.dirname!, "../../routes");
  const files = await readdir(root, { recursive: true, withFileTypes: true });
  const pages = files.filter((file) => file.isFile() && !file.name.startsWith("_"))
    .map((file) => join(file.parentPath, file.name).slice(root.length))
    .map((path) => path.replace(/\/\([^/]*\)/g, "").replace(/\.tsx?$/, "").replace("/index", "/"));
  return [...pages, ...actionRoutes().map(({ path }) => path)].filter((path) =>
    !path.includes("[")
  );
}

appTest("an admin without a second factor reaches only the pages that set one up", async (app) => {
  const admin = await signedIn(app, await addAdmin(app));
  const found = await paths();
  assert.ok(found.includes("/admin") && found.includes("/user_list"));
  for (const path of found) {
    for (const method of ["GET", "POST"] as const) {
      const answer = method === "GET"
        ? await admin.getJson(path)
        : OPEN_PATHS.has(path)
        ? undefined
        : await admin.sendJson(method, path, {});
      if (answer === undefined) continue;
      const { code, next } = answer.text.startsWith("{") ? JSON.parse(answer.text) : {};
      const expected = OPEN_PATHS.has(path) ? undefined : "two_factor_required";
      assert.equal(code, expected, `${method} ${path}`);
      if (expected) assert.deepEqual([answer.status, next], [403, "/security"]);
    }
    if (OPEN_PATHS.has(path)) continue;
    const page = await admin.get(path);
    assert.deepEqual([page.status, page.headers.get("location")], [303, "/security"], path);
  }
  assert.match((await admin.get("/security")).text, /set up a second factor/);
}, ADMINS);

appTest("after the setup everything is open, and users are not asked", async (app) => {
  const boss = await addAdmin(app);
  const { browser } = await turnOn(app, boss);
  assert.equal((await browser.getJson("/admin")).status, 200);
  assert.doesNotMatch((await browser.get("/admin")).text, /set up a second factor/);
  const ana = await signedIn(app, await addPerson(app, "ana"));
  assert.equal((await ana.getJson("/profile")).status, 200);
  assert.equal((await logIn(app.client(), "ana")).status, 200);
}, ADMINS);

appTest("with the policy for all, users are asked, too", async (app) => {
  const ana = await signedIn(app, await addPerson(app, "ana"));
  assert.equal((await ana.getJson("/profile")).status, 403);
}, ALL);

for (const [days, status] of [[1, 200], [0, 403], [-1, 403]] as const) {
  appTest(
    `${days} days before its date the policy answers ${status}`,
    async (app) => {
      const admin = await signedIn(app, await addAdmin(app));
      assert.equal((await admin.getJson("/admin")).status, status);
      const { text } = await admin.get("/security");
      assert.match(text, days > 0 ? /on you need a second factor to go on/ : /To go on, set up/);
    },
    { environment: { TWO_FACTOR: "admins", TWO_FACTOR_FROM: inDays(days) } },
  );
}

appTest("while the policy holds the last second factor cannot be removed", async (app) => {
  const { browser } = await turnOn(app, await addAdmin(app));
  const refused = await browser.sendJson("POST", "/turn_off_two_factor", {});
  assert.equal(refused.status, 409);
  assert.match(JSON.parse(refused.text).detail, /asks you for a second factor/);
  assert.equal((await browser.getJson("/admin")).status, 200);
  const ana = await turnOn(app, await addPerson(app, "ana"));
  assert.equal((await ana.browser.sendJson("POST", "/turn_off_two_factor", {})).status, 200);
}, ADMINS);

appTest("an API key opens nothing while its user lacks the second factor", async (app) => {
  const { db } = app.services;
  const boss = await addAdmin(app);
  const { browser } = await turnOn(app, boss);
  const made = await browser.sendJson("POST", "/api_keys", {
    name: "backup",
    "users:read": "1",
    days: "30",
  });
  const { token } = JSON.parse(made.text);
  const list = () =>
    app.client().send("/user_list", { headers: { authorization: `Bearer ${token}` } });
  assert.equal((await list()).status, 200);
  await db.deleteFrom("second_factors").execute();
  const refused = await list();
  assert.deepEqual([refused.status, JSON.parse(refused.text).code], [403, "two_factor_required"]);
}, ADMINS);

appTest("a second factor that an admin resets has to be set up again", async (app) => {
  const boss = await turnOn(app, await addAdmin(app));
  const other = await addAdmin(app, "other");
  await turnOn(app, other);
  const reset = await boss.browser.sendJson("PUT", "/reset_two_factor", { user_id: other.user_id });
  assert.equal(reset.status, 200, reset.text);
  const again = app.client();
  assert.equal((await logIn(again, "other")).status, 200);
  assert.equal((await again.getJson("/admin")).status, 403);
}, ADMINS);

appTest(
  "of two second factors that are removed at once one stays while the policy holds",
  async (app) => {
    const { db } = app.services;
    for (let round = 0; round < 20; round++) {
      const boss = await addAdmin(app, `boss${round}`);
      const { browser } = await turnOn(app, boss);
      const { id: passkey_id } = await db.insertInto("passkeys").values({
        user_id: boss.user_id,
        credential_id: `id${round}`,
        public_key: "key",
        counter: 0,
        transports: "",
        name: "Phone",
        synced: false,
      }).returning("id").executeTakeFirstOrThrow();
      const answers = await Promise.all([
        browser.sendJson("POST", "/turn_off_two_factor", {}),
        browser.sendJson("DELETE", "/passkeys", { passkey_id }),
      ]);
      const done = answers.filter(({ status }) => status === 200);
      assert.equal(done.length, 1, answers.map(({ text }) => text).join());
      const factors = await db.selectFrom("second_factors").select("user_id")
        .where("user_id", "=", boss.user_id).where("secret", "is not", null).execute();
      const passkeys = await db.selectFrom("passkeys").select("id")
        .where("user_id", "=", boss.user_id).execute();
      assert.equal(factors.length + passkeys.length, 1);
    }
  },
  { ...ADMINS, pooled: true },
);

appTest("doctor counts the admins and support who have no second factor", async (app) => {
  const counted = async () => (await checkAdminFactors(app.services)).map(({ detail }) => detail);
  await addPerson(app, "ana");
  const boss = await addAdmin(app);
  const helper = await addPerson(app, "sue", { role: "support" });
  assert.deepEqual(await counted(), ["Admins and support without a second factor: 2"]);
  const { status } = await (await signedIn(app, helper)).getJson("/user_list");
  assert.equal(status, 403, "the policy for admins covers support");
  await turnOn(app, boss);
  await turnOn(app, helper);
  assert.deepEqual(await counted(), ["All admins and support have a second factor"]);
}, ADMINS);
