/** Saved views of the user list: a query with a name, for its owner, and a URL for everybody. */
import assert from "node:assert/strict";
import { USER_VIEWS_MAX } from "@/lib/shared/limits.ts";
import type { SavedViewView } from "@/lib/shared/views.ts";
import { appTest } from "@/tests/kit/app.ts";
import type { TestClient } from "@/tests/kit/client.ts";
import { addAdmin, addPerson, logIn, signedIn } from "@/tests/kit/people.ts";

const ROUNDS = 20;
const QUERY =
  "q=ann+smi&role=user&joined_after=2026-01-01&density=compact&hide_role=1&sort=-username";

async function viewsOf(client: TestClient): Promise<SavedViewView[]> {
  const { status, text } = await client.getJson("/user_views");
  assert.equal(status, 200, text);
  return JSON.parse(text).views;
}

const save = (client: TestClient, name: string, query: string) =>
  client.sendJson("POST", "/user_views", { name, query });

appTest("a saved view is there at the next sign-in, as a URL that shows the same to others", async (
  app,
) => {
  const ada = await addAdmin(app, "ada");
  await addPerson(app, "ann.smith");
  const browser = await signedIn(app, ada);
  const list = await browser.get(`/user_list?${QUERY}&limit=50&after=abc`);
  const link = /href="(\/user_views\?query=[^"]+)"/.exec(list.text)?.[1]?.replaceAll("&amp;", "&");
  const form = await browser.get(link!);
  const query = /name="query" value="([^"]+)"/.exec(form.text)![1]!.replaceAll("&amp;", "&");
  const saved = await browser.postForm("/user_views", { name: "New Anns", query });
  assert.equal(saved.status, 303, saved.text);
  const path = saved.headers.get("location")!;
  assert.deepEqual(
    [...new URL(path, app.origin).searchParams].toSorted(),
    [...new URLSearchParams(`${QUERY}&limit=50`)].toSorted(),
    "without the page that it was at",
  );
  const later = app.client();
  assert.equal((await logIn(later, "ada")).status, 200);
  const [view] = await viewsOf(later);
  assert.deepEqual([view?.name, view?.path], ["New Anns", path]);
  assert.deepEqual(view?.words, ["Search for ann smi", "Users", "Joined since 2026-01-01"]);
  const other = await signedIn(app, await addAdmin(app, "bob"));
  assert.deepEqual(await viewsOf(other), [], "the name is the owner's");
  const shown = await other.get(path);
  assert.match(shown.text, /users-table users-compact users-hide-role"/);
  assert.match((await later.get("/user_views")).text, />New Anns</);
});

appTest(
  "a view of the same name takes the place of the earlier one, and owners remove theirs",
  async (
    app,
  ) => {
    const ada = await signedIn(app, await addAdmin(app, "ada"));
    const bob = await signedIn(app, await addAdmin(app, "bob"));
    for (let round = 0; round < ROUNDS; round++) {
      const answers = await Promise.all(
        ["yes", "no"].map((locked) => save(ada, "Locked", `locked=${locked}`)),
      );
      assert.deepEqual(answers.map(({ status }) => status), [201, 201]);
    }
    const [view, ...others] = await viewsOf(ada);
    assert.deepEqual(others, []);
    const remove = (client: TestClient) =>
      client.sendJson("DELETE", "/user_views", { view_id: view!.view_id });
    assert.equal((await remove(bob)).status, 404);
    assert.equal((await remove(ada)).status, 200);
    assert.equal((await remove(ada)).status, 404);
  },
  { pooled: true },
);

appTest("bad queries and names are refused, and so is one view too many", async (app) => {
  const ada = await signedIn(app, await addAdmin(app, "ada"));
  const cases: readonly [name: string, query: string, status: number][] = [
    ["", "", 422],
    ["x".repeat(61), "", 422],
    ["bad", "role=king", 422],
    ["bad", "limit=1000", 422],
    ["long", `q=${"%C3%A4".repeat(1_000)}`, 201],
    ["longer", `q=${"a".repeat(11_000)}`, 422],
    ["unknown", "then=%0A&evil=1", 201],
  ];
  for (const [name, query, status] of cases) {
    const answer = await save(ada, name, query);
    assert.equal(answer.status, status, `${name} ${query.slice(0, 40)}: ${answer.text}`);
  }
  const paths = (await viewsOf(ada)).map(({ path }) => path);
  assert.ok(paths.includes("/user_list"), "what the list does not know is left out");
  for (let index = paths.length; index < USER_VIEWS_MAX; index++) {
    assert.equal((await save(ada, `View ${index}`, "")).status, 201);
  }
  assert.equal((await save(ada, "One more", "")).status, 409);
  assert.equal((await save(ada, "View 49", "role=user")).status, 201, "the same name is no more");
  const page = await ada.postForm("/user_views", { name: "One more", query: "role=user" });
  assert.match(page.text, /You have 50 views: remove one/);
  assert.match(page.text, /name="name"[^>]*value="One more"|value="One more"[^>]*name="name"/);
});

appTest("the views of an admin go with the account, and support has its own", async (app) => {
  const sue = await addPerson(app, "sue", { role: "support" });
  const support = await signedIn(app, sue);
  assert.equal((await save(support, "Locked", "locked=yes")).status, 201);
  await app.services.db.deleteFrom("users").where("id", "=", sue.user_id).execute();
  assert.deepEqual(await app.services.db.selectFrom("user_views").selectAll().execute(), []);
});
