import assert from "node:assert/strict";
import { appTest } from "./app.ts";

appTest("appTest() serves the application to clients with cookies of their own", async (app) => {
  const [visitor, stranger] = [app.client(), app.client()];
  const registered = await visitor.postForm("/register", {
    username: "visitor",
    email: "visitor@example.org",
    password: "seven purple dragons",
    password2: "seven purple dragons",
  });
  assert.equal(registered.status, 303, registered.text);
  const signedIn = await visitor.postForm("/login", {
    username: "visitor",
    password: "seven purple dragons",
  });
  assert.equal(signedIn.status, 303, signedIn.text);
  assert.equal((await visitor.get("/profile")).status, 200);
  assert.equal((await stranger.get("/profile")).status, 303);
  assert.deepEqual([...stranger.cookies().keys()], []);
});
