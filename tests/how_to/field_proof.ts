import assert from "node:assert/strict";
import { takeProfile } from "@/lib/import/profile.ts";
import { appTest } from "@/tests/kit/app.ts";
import { addAdmin, addPerson, signedIn } from "@/tests/kit/people.ts";

appTest("a new field is saved, limited, shown, and back with a deleted user", async (app) => {
  const { user_id } = await addPerson(app, "grace");
  const admin = await signedIn(app, await addAdmin(app));
  const companyOf = async () =>
    JSON.parse((await admin.getJson(`/edit_user?user_id=${user_id}`)).text).company;
  assert.equal(await companyOf(), "");

  const long = { user_id, company: "x".repeat(81) };
  const refused = await admin.sendJson("PUT", "/edit_user", long);
  assert.equal(refused.status, 422);
  assert.match(refused.text, /Company has 81 characters, at most 80 fit/);

  const saved = await admin.sendJson("PUT", "/edit_user", { user_id, company: "Eckert–Mauchly" });
  assert.equal(saved.status, 200, saved.text);
  assert.equal(await companyOf(), "Eckert–Mauchly");
  const form = await admin.get(`/edit_user?user_id=${user_id}`);
  assert.match(form.text, /<input[^>]* name="company"[^>]* value="Eckert–Mauchly"/);
  const grace = await signedIn(app, { user_id, username: "grace", email: "grace@example.org" });
  const profile = await grace.get("/profile");
  assert.match(profile.text, /<dt>Company<\/dt><dd[^>]*>Eckert–Mauchly/);

  await admin.sendJson("DELETE", "/delete_user", { user_id });
  await admin.sendJson("PUT", "/restore_user", { user_id });
  assert.equal(await companyOf(), "Eckert–Mauchly");
});

Deno.test("a new field is a column of the import", () => {
  const { texts } = takeProfile(new Map([["company", "Eckert–Mauchly"]]), "grace@example.org");
  assert.ok(Object.entries(texts).some((entry) => entry.join() === "company,Eckert–Mauchly"));
});
