import assert from "node:assert/strict";
import { appTest, SETUP_TOKEN } from "@/tests/kit/app.ts";

appTest("the token of a mailed link leaves the address for a cookie of that page", async (app) => {
  const browser = app.client();
  const { status, headers } = await browser.get("/verify_email?token=secret");
  assert.deepEqual([status, headers.get("location")], [303, "/verify_email"]);
  assert.equal(headers.get("referrer-policy"), "no-referrer");
  assert.deepEqual(headers.getSetCookie(), [
    "roster_verify=secret; Max-Age=3600; Path=/verify_email; HttpOnly; SameSite=Lax",
  ]);
  const { text } = await browser.get("/verify_email");
  assert.match(text, /<form[^>]*action="\/verify_email"/);
  assert.doesNotMatch(text, /secret/);
});

appTest("without the cookie the page of a mailed link says what to do", async (app) => {
  const { text } = await app.client().get("/verify_email");
  assert.match(text, /Open the link in your e-mail again/);
  assert.doesNotMatch(text, /<form[^>]*action="\/verify_email"/);
});

appTest("over https the cookie of a link goes to its page and to no other host", async (app) => {
  for (const [path, name] of [["/verify_email", "verify"], ["/setup", "setup"]] as const) {
    const token = name === "setup" ? SETUP_TOKEN : "secret";
    const [cookie] = (await app.client().get(`${path}?token=${token}`)).headers.getSetCookie();
    assert.equal(
      cookie,
      `__Secure-roster_${name}=${token}; Max-Age=3600; Path=${path}; HttpOnly; Secure; SameSite=Lax`,
    );
  }
}, { environment: { APP_URL: "https://people.example.com" } });
