import assert from "node:assert/strict";
import { ACTIONS } from "@/tasks/users/actions.ts";
import { appTest } from "@/tests/kit/app.ts";
import { addAdmin, addPerson, signedIn } from "@/tests/kit/people.ts";

appTest("PUT /review_user sets the column, says so and leaves an entry", async (app) => {
  const admin = await signedIn(app, await addAdmin(app));
  const { user_id } = await addPerson(app, "grace");
  const list = (await admin.get("/user_list")).text;
  assert.match(list, /action="\/review_user"[^]*Mark as reviewed/);
  const answer = await admin.sendJson("PUT", "/review_user", { user_id });
  assert.equal(JSON.parse(answer.text).message, "grace is marked as reviewed.");
  const { reviewed_at }: Record<string, unknown> = await app.services.db.selectFrom("users")
    .selectAll().where("id", "=", user_id).executeTakeFirstOrThrow();
  assert.ok(reviewed_at instanceof Date);
  const { text } = await admin.get("/admin");
  assert.match(text.replaceAll(/<[^>]+>/g, ""), /admin reviewed grace/);
});

appTest("a restored user has the new column, too", async (app) => {
  const admin = await signedIn(app, await addAdmin(app));
  const { user_id } = await addPerson(app, "grace");
  await admin.sendJson("PUT", "/review_user", { user_id });
  await admin.sendJson("DELETE", "/delete_user", { user_id });
  assert.equal((await admin.sendJson("PUT", "/restore_user", { user_id })).status, 200);
  const { reviewed_at }: Record<string, unknown> = await app.services.db.selectFrom("users")
    .selectAll().where("id", "=", user_id).executeTakeFirstOrThrow();
  assert.ok(reviewed_at instanceof Date);
});

appTest("POST /review_user does the same for a form", async (app) => {
  const admin = await signedIn(app, await addAdmin(app));
  const user_id = String((await addPerson(app, "grace")).user_id);
  const { status, headers } = await admin.postForm("/review_user", { _method: "PUT", user_id });
  assert.deepEqual([status, headers.get("location")], [303, "/user_list"]);
  assert.match((await admin.get("/user_list")).text, /grace is marked as reviewed/);
});

Deno.test("deno task users has the new action", () => {
  assert.equal(ACTIONS.review?.help, "notes a look at the account");
});
