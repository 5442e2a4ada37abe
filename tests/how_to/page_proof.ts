import assert from "node:assert/strict";
import { appTest } from "@/tests/kit/app.ts";
import { addAdmin, addPerson, signedIn } from "@/tests/kit/people.ts";

appTest("GET /former_names lists the user's former names, and nobody else's", async (app) => {
  const admin = await signedIn(app, await addAdmin(app));
  const rename = async (name: string, username: string) => {
    const { user_id, ...person } = await addPerson(app, name);
    await admin.sendJson("PUT", "/edit_user", { user_id, username });
    return await signedIn(app, { user_id, ...person });
  };
  await rename("ada", "lovelace");
  const browser = await rename("grace", "hopper");
  const { names } = JSON.parse((await browser.getJson("/former_names")).text);
  assert.deepEqual(names, [{ name: "grace" }]);
  const { text } = await browser.get("/former_names");
  assert.match(text, /<title>Former names · /);
  assert.match(text, /<a class="nav-link" href="\/former_names" aria-current="page">/);
});
