/** How users are chosen for a bulk action. */
import assert from "node:assert/strict";
import { appTest } from "@/tests/kit/app.ts";
import { addCrowd, ask, read } from "@/tests/kit/bulk.ts";
import { addAdmin, signedIn } from "@/tests/kit/people.ts";

appTest(
  "without script, boxes and a choice below the list say whom it is about",
  async (app) => {
    const admin = await signedIn(app, await addAdmin(app, "boss"));
    const ids = await addCrowd(app, 30);
    const { text } = await admin.get("/user_list?q=crowd&limit=20");
    assert.equal(text.match(/type="checkbox" form="bulk_form" name="user_\d+"/g)?.length, 20);
    const hidden = (name: string) =>
      new RegExp(`name="${name}" value="([^"]*)"`).exec(text)![1]!.replaceAll("&amp;", "&");
    const form = {
      action: "suspend_user",
      filter: hidden("filter"),
      page: hidden("page"),
      role: "user",
      tag: "",
      reason: "",
      until: "",
      viewer_id: hidden("viewer_id"),
    };
    const ticked = { [`user_${ids[3]}`]: "on", [`user_${ids[7]}`]: "on" };
    const choices = [["ticked", ticked, 2], ["page", ticked, 20], ["all", ticked, 30]] as const;
    for (const [whom, boxes, expected] of choices) {
      const answer = await admin.postForm("/bulk_jobs", { ...form, ...boxes, whom });
      assert.equal(answer.status, 303);
      const [, job_id] = /job_id=(\d+)/.exec(answer.headers.get("location")!)!;
      assert.equal((await read(admin, Number(job_id))).waiting, expected, whom);
    }
  },
);

appTest(
  "a form for a bulk action that says too little comes back with its input",
  async (app) => {
    const admin = await signedIn(app, await addAdmin(app, "boss"));
    const [id] = await addCrowd(app, 1);
    const form = { action: "suspend_user", filter: "q=crowd", reason: "Spam" };
    const nobody = await admin.postForm("/bulk_jobs", { ...form, whom: "ticked" });
    assert.equal(nobody.status, 422);
    assert.match(nobody.text, /Tick at least one user/);
    assert.match(nobody.text, /value="Spam"/);
    const untagged = { ...form, action: "tag_user", [`user_${id}`]: "on", whom: "ticked" };
    const tagless = await admin.postForm("/bulk_jobs", untagged);
    assert.match(tagless.text, /Enter the tag/);
    assert.match(tagless.text, new RegExp(`name="user_${id}" value="on"`), "the tick is kept");
  },
);

appTest("a filter that is misspelt or wrong chooses nobody", async (app) => {
  const admin = await signedIn(app, await addAdmin(app, "boss"));
  for (const filter of ["rol=user", "role=boss", "role=user&role=admin", "viewer_id=1"]) {
    const fields = { action: "sign_out_user", filter };
    const { errors } = await ask<{ errors: Record<string, string> }>(
      admin,
      ["POST", "/bulk_jobs"],
      fields,
      422,
    );
    assert.ok(errors.filter, filter);
  }
  assert.deepEqual(JSON.parse((await admin.getJson("/bulk_jobs")).text), { jobs: [] });
});
