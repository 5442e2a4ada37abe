/** What ends that an admin views as a user. */
import assert from "node:assert/strict";
import { appTest } from "@/tests/kit/app.ts";
import { detailOf } from "@/tests/kit/client.ts";
import { accountOf, addAdmin, addPerson, signedIn } from "@/tests/kit/people.ts";
import {
  ageViewing,
  cast,
  eventsOf,
  isAdmins,
  plain,
  viewAs,
  viewingAs,
  viewingTest,
} from "@/tests/kit/viewing.ts";

viewingTest("viewing ends after 60 minutes, and the next page says so", async (app) => {
  const { browser } = await cast(app);
  await ageViewing(app, 59);
  assert.match(plain((await browser.get("/profile")).text), /ana\. 1 minute left/);
  await ageViewing(app, 1);
  assert.equal((await browser.getJson("/sessions")).status, 200);
  const { status, text } = await browser.get("/user_list");
  assert.equal(status, 200);
  assert.match(text, /Viewing as somebody else is over/);
  assert.doesNotMatch((await browser.get("/user_list")).text, /is over/);
});

viewingTest("a form that was opened while viewing is refused after its end", async (app) => {
  const { bo, ana, browser } = await cast(app);
  await ageViewing(app, 60);
  const fields = {
    viewer_id: String(ana.user_id),
    _method: "DELETE",
    user_id: String(ana.user_id),
  };
  assert.equal((await browser.postForm("/delete_user", fields)).status, 409);
  assert.equal((await accountOf(app, ana)).status, "active");
  assert.equal((await accountOf(app, bo)).role, "admin");
});

viewingTest("viewing ends when its user becomes an admin or is deleted", async (app) => {
  const boss = await signedIn(app, await addAdmin(app, "boss"));
  const { bo, ana, browser } = await cast(app);
  await boss.sendJson("PUT", "/edit_user", { user_id: ana.user_id, role: "admin" });
  assert.ok(await isAdmins(browser));
  const again = await viewAs(browser, ana.user_id);
  assert.deepEqual([again.status, detailOf(again)], [403, "Nobody can view as an admin"]);
  const cleo = await addPerson(app, "cleo");
  const other = await viewingAs(app, bo, cleo);
  await boss.sendJson("DELETE", "/delete_user", { user_id: cleo.user_id });
  assert.ok(await isAdmins(other));
});

viewingTest("an admin who is demoted, suspended or signed out views no more", async (app) => {
  const boss = await signedIn(app, await addAdmin(app, "boss"));
  const ana = await addPerson(app, "ana");
  const ends = [
    ["/edit_user", { role: "user" }],
    ["/update_status", { status: "suspended" }],
  ] as const;
  for (const [index, [path, fields]] of ends.entries()) {
    const admin = await addAdmin(app, `admin${index}`);
    const browser = await viewingAs(app, admin, ana);
    await boss.sendJson("PUT", path, { user_id: admin.user_id, ...fields });
    assert.equal((await browser.getJson("/profile")).status, 401, path);
  }
  const browser = await viewingAs(app, await addAdmin(app, "bo"), ana);
  await browser.sendJson("POST", "/logout", {});
  assert.equal((await browser.getJson("/profile")).status, 401);
  const last = (await eventsOf(app)).at(-1);
  assert.deepEqual([last?.action, last?.actor_name, last?.target_name], ["sign_out", "bo", "bo"]);
});

viewingTest(
  "a user who becomes an admin while viewing begins is never viewed as one",
  async (app) => {
    const boss = await signedIn(app, await addAdmin(app, "boss"));
    const bo = await addAdmin(app, "bo");
    for (let round = 0; round < 20; round++) {
      const { user_id } = await addPerson(app, `ana${round}`);
      const browser = await signedIn(app, bo);
      const [viewed, promoted] = await Promise.all([
        viewAs(browser, user_id),
        boss.sendJson("PUT", "/edit_user", { user_id, role: "admin" }),
      ]);
      assert.equal(promoted.status, 200);
      assert.ok(viewed.status === 200 || viewed.status === 403, viewed.text);
      assert.ok(await isAdmins(browser));
      const begun = await app.services.db.selectFrom("audit_events").select("id")
        .where("action", "=", "view_as").where("target_id", "=", user_id).execute();
      assert.equal(begun.length, viewed.status === 200 ? 1 : 0);
    }
  },
);

viewingTest(
  "an edit that overlaps with the end of viewing is made as the user, or not at all",
  async (app) => {
    const { bo, ana } = await cast(app);
    for (let round = 0; round < 20; round++) {
      const browser = await viewingAs(app, bo, ana);
      const [edited] = await Promise.all([
        browser.sendJson("PUT", "/edit_user", {
          user_id: ana.user_id,
          viewer_id: ana.user_id,
          full_name: `Ana ${round}`,
        }),
        browser.sendJson("POST", "/stop_viewing", {}),
      ]);
      assert.ok(edited.status === 200 || edited.status === 409, edited.text);
      const edits = await app.services.db.selectFrom("audit_events").select("real_actor_name")
        .where("action", "=", "edit_user").execute();
      assert.ok(edits.every(({ real_actor_name }) => real_actor_name === "bo"));
      await app.services.db.deleteFrom("audit_events").execute();
      assert.equal(edits.length, edited.status === 200 ? 1 : 0);
    }
  },
);

appTest("viewing ends at the next request after it is turned off", async (app) => {
  const [bo, ana] = [await addAdmin(app, "bo"), await addPerson(app, "ana")];
  const browser = await signedIn(app, bo);
  await app.services.db.updateTable("sessions")
    .set({ viewing_user_id: ana.user_id, viewing_until: new Date(Date.now() + 600_000) }).execute();
  const { status, text } = await browser.get("/user_list");
  assert.equal(status, 200);
  assert.match(text, /Viewing as somebody else is over/);
});
