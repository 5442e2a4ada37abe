import assert from "node:assert/strict";
import { listRecentAuditEvents } from "@/lib/repo/audit_events.ts";
import { NOTES_MAX, TAGS_MAX } from "@/lib/shared/limits.ts";
import { appTest, type TestApp } from "@/tests/kit/app.ts";
import type { TestClient } from "@/tests/kit/client.ts";
import { addAdmin, addPerson, type Person, signedIn } from "@/tests/kit/people.ts";

const tagsOf = async ({ services: { db } }: TestApp, { user_id }: Person) =>
  (await db.selectFrom("user_tags").select("tag").where("user_id", "=", user_id).orderBy("tag")
    .execute()).map(({ tag }) => tag);

const notesOf = ({ services: { db } }: TestApp, { user_id }: Person) =>
  db.selectFrom("user_notes").select(["id", "author_id", "text", "at"])
    .where("user_id", "=", user_id).orderBy("id").execute();

const put = async (client: TestClient, path: string, fields: Record<string, unknown>) =>
  (await client.sendJson("PUT", path, fields)).status;

appTest("a tag is folded, counts once, and is refused where it is no word", async (app) => {
  const admin = await signedIn(app, await addAdmin(app));
  const ana = await addPerson(app, "ana");
  const { user_id } = ana;
  for (const tag of ["VIP", " vip ", "ｖｉｐ", "Straße.2026", "été"]) {
    assert.equal(await put(admin, "/tag_user", { user_id, tag }), 200, tag);
  }
  assert.deepEqual((await tagsOf(app, ana)).sort(), ["strasse.2026", "vip", "été"]);
  // The last one becomes several words when it is folded.
  for (const tag of ["", "two words", "a,b", "x".repeat(31), "<b>", "ﷺ"]) {
    assert.equal(await put(admin, "/tag_user", { user_id, tag }), 422, tag);
  }
  assert.equal(await put(admin, "/untag_user", { user_id, tag: "Vip" }), 200);
  assert.equal(await put(admin, "/untag_user", { user_id, tag: "Vip" }), 200);
  assert.deepEqual((await tagsOf(app, ana)).sort(), ["strasse.2026", "été"]);
  const events = await listRecentAuditEvents(app.services.db, { limit: 99, targetId: user_id });
  assert.deepEqual(
    events.map(({ action, details }) => [action, details.tag]).slice(0, 4),
    [
      ["untag_user", "vip"],
      ["tag_user", "été"],
      ["tag_user", "strasse.2026"],
      ["tag_user", "vip"],
    ],
  );
});

appTest("a user has so many tags and notes at most, also of admins at once", async (app) => {
  const admin = await signedIn(app, await addAdmin(app));
  const ana = await addPerson(app, "ana");
  const { user_id } = ana;
  const tags = Array.from({ length: TAGS_MAX - 1 }, (_, index) => ({ user_id, tag: `t${index}` }));
  await app.services.db.insertInto("user_tags").values(tags).execute();
  const notes = tags.concat(...Array<typeof tags>(NOTES_MAX)).slice(0, NOTES_MAX - 1)
    .map(() => ({ user_id, author_id: null, text: "Called" }));
  await app.services.db.insertInto("user_notes").values(notes).execute();
  const statuses = await Promise.all(
    ["a", "b", "c"].map((tag) => put(admin, "/tag_user", { user_id, tag })),
  );
  assert.deepEqual(statuses.sort(), [200, 409, 409]);
  assert.equal((await tagsOf(app, ana)).length, TAGS_MAX);
  const written = await Promise.all(
    ["a", "b", "c"].map((note) => put(admin, "/write_note", { user_id, note })),
  );
  assert.deepEqual(written.sort(), [200, 409, 409]);
  assert.equal((await notesOf(app, ana)).length, NOTES_MAX);
}, { everyDatabase: true });

appTest("users see nothing of the tags and notes about them", async (app) => {
  const admin = await signedIn(app, await addAdmin(app));
  const ana = await addPerson(app, "ana");
  const { user_id } = ana;
  await put(admin, "/tag_user", { user_id, tag: "secret-tag" });
  await put(admin, "/write_note", { user_id, note: "secret note" });
  const [note] = await notesOf(app, ana);
  await put(admin, "/remove_note", { user_id, note_id: note!.id });
  assert.equal(await put(admin, "/remove_note", { user_id, note_id: note!.id }), 404);
  await put(admin, "/untag_user", { user_id, tag: "secret-tag" });
  const own = await signedIn(app, ana);
  const { events } = JSON.parse((await own.getJson("/activity")).text);
  assert.deepEqual(
    events.map(({ action }: { action: string }) => action).filter((name: string) =>
      /tag|note/.test(name)
    ),
    [],
  );
  for (const path of ["/profile", "/activity", `/edit_user?user_id=${user_id}`]) {
    assert.doesNotMatch((await own.getJson(path)).text, /secret.(tag|note)/, path);
  }
});

appTest("tags and notes come back with a deleted user and go with an erased one", async (app) => {
  const boss = await addAdmin(app);
  const admin = await signedIn(app, boss);
  const ana = await addPerson(app, "ana");
  const { user_id } = ana;
  await put(admin, "/tag_user", { user_id, tag: "vip" });
  await put(admin, "/write_note", { user_id, note: "Called on Monday" });
  const before = (await notesOf(app, ana)).map(({ id: _, ...note }) => note);
  assert.equal(before[0]?.author_id, boss.user_id);
  await admin.sendJson("DELETE", "/delete_user", { user_id });
  assert.deepEqual([await tagsOf(app, ana), await notesOf(app, ana)], [[], []]);
  await put(admin, "/restore_user", { user_id });
  assert.deepEqual(await tagsOf(app, ana), ["vip"]);
  assert.deepEqual((await notesOf(app, ana)).map(({ id: _, ...note }) => note), before);
});

appTest("a bad tag brings its form back with what was typed", async (app) => {
  const admin = await signedIn(app, await addAdmin(app));
  const { user_id } = await addPerson(app, "ana");
  const { status, text } = await admin.postForm("/tag_user", {
    _method: "PUT",
    user_id: String(user_id),
    tag: "two words",
  });
  assert.equal(status, 422);
  assert.match(text, /value="two words"/);
  assert.match(text, /Use letters, digits, dots and hyphens only/);
});
