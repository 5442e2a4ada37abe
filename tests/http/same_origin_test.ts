import assert from "node:assert/strict";
import { appTest } from "@/tests/kit/app.ts";
import { accountOf, addAdmin, addPerson, signedIn } from "@/tests/kit/people.ts";

const OWN = "https://people.example.com";

/** What a request says of where it comes from, and whether its change is made. */
const TABLE: readonly (readonly [headers: Record<string, string>, made: boolean])[] = [
  [{ origin: OWN }, true],
  [{ "sec-fetch-site": "same-origin" }, true],
  [{ "origin": OWN, "sec-fetch-site": "same-origin" }, true],
  [{}, false],
  [{ origin: "null" }, false],
  [{ origin: "" }, false],
  [{ origin: "https://evil.example" }, false],
  [{ origin: "http://people.example.com" }, false],
  [{ origin: `${OWN}:8443` }, false],
  [{ origin: `${OWN}.evil.example` }, false],
  [{ origin: `${OWN}/` }, false],
  [{ origin: "https://sub.people.example.com" }, false],
  [{ "sec-fetch-site": "same-site" }, false],
  [{ "sec-fetch-site": "cross-site" }, false],
  [{ "sec-fetch-site": "none" }, false],
  [{ "sec-fetch-site": "Same-Origin" }, false],
  [{ "origin": OWN, "sec-fetch-site": "cross-site" }, false],
  [{ "origin": "https://evil.example", "sec-fetch-site": "cross-site" }, false],
  [{ referer: `${OWN}/user_list` }, false],
  [{ "x-requested-with": "XMLHttpRequest" }, false],
];

appTest("a change is made for the own pages alone", async (app) => {
  const admin = await signedIn(app, await addAdmin(app));
  const person = await addPerson(app, "grace");
  const user_id = String(person.user_id);
  for (const [method, path] of [["PUT", "/update_status"], ["POST", "/update_status"]] as const) {
    for (const [headers, made] of TABLE) {
      const { db } = app.services;
      await db.updateTable("users").set({ status: "active" }).execute();
      const answer = await admin.send(path, {
        method,
        headers: { accept: "application/json", ...headers },
        body: new URLSearchParams({ user_id, status: "suspended", _method: "PUT" }),
      });
      const name = `${method} ${JSON.stringify(headers)}`;
      assert.equal(answer.status, made ? 200 : 403, name);
      assert.equal((await accountOf(app, person)).status, made ? "suspended" : "active", name);
    }
  }
}, { environment: { APP_URL: OWN } });

appTest("another site can neither sign a browser in nor out", async (app) => {
  const person = await addPerson(app, "grace");
  const browser = await signedIn(app, person);
  const headers = { origin: "https://evil.example" };
  for (const path of ["/login", "/logout", "/register", "/color_mode", "/verify_email"]) {
    const answer = await browser.send(path, { method: "POST", headers });
    assert.equal(answer.status, 403, path);
    assert.deepEqual(answer.headers.getSetCookie(), [], path);
  }
  assert.equal((await browser.getJson("/profile")).status, 200);
});

appTest("reading is free of it: links of other sites work", async (app) => {
  const browser = await signedIn(app, await addPerson(app, "grace"));
  const headers = { "accept": "text/html", "sec-fetch-site": "cross-site" };
  assert.equal((await browser.send("/profile", { headers })).status, 200);
});

appTest("no other site may read an answer", async (app) => {
  const browser = await signedIn(app, await addPerson(app, "grace"));
  const headers = { origin: "https://evil.example", accept: "application/json" };
  for (const method of ["GET", "OPTIONS"]) {
    const answer = await browser.send("/profile", { method, headers });
    const granted = [...answer.headers.keys()].filter((name) => name.startsWith("access-control"));
    assert.deepEqual(granted, [], method);
  }
});
