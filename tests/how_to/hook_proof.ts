import assert from "node:assert/strict";
import { appTest } from "@/tests/kit/app.ts";
import { logIn, PASSWORD } from "@/tests/kit/people.ts";

appTest("a new user starts with the bio that the hook gives", async (app) => {
  const browser = app.client();
  const fields = { username: "grace", password: PASSWORD, password2: PASSWORD };
  await browser.sendJson("POST", "/register", { ...fields, email: "grace@example.org" });
  await logIn(browser, "grace");
  assert.match((await browser.get("/profile")).text, /New here\./);
});
