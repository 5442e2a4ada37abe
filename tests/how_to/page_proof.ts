import assert from "node:assert/strict";
import { appTest } from "@/tests/kit/app.ts";
import { addPerson, signedIn } from "@/tests/kit/people.ts";

appTest("GET /sessions lists the user's sessions, and nobody else's", async (app) => {
  await signedIn(app, await addPerson(app, "ada"));
  const browser = await signedIn(app, await addPerson(app, "grace"));
  const { sessions } = JSON.parse((await browser.getJson("/sessions")).text);
  assert.equal(sessions.length, 1);
  const { text } = await browser.get("/sessions");
  assert.match(text, /<title>Sessions · /);
  assert.match(text, /<a class="nav-link" href="\/sessions" aria-current="page">/);
});
