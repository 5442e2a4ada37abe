/**
 * Defects of the Flask application, each with a test that shows that it does not exist here. The
 * table of permissions covers who may do what.
 */
import assert from "node:assert/strict";
import { appTest } from "@/tests/kit/app.ts";
import {
  accountOf,
  addAdmin,
  addPerson,
  everythingOf,
  logIn,
  PASSWORD,
  signedIn,
} from "@/tests/kit/people.ts";

appTest("anonymous PUT and DELETE change nothing", async (app) => {
  const person = await addPerson(app, "grace");
  const before = await everythingOf(app, person);
  const { user_id } = person;
  const stranger = app.client();
  const answers = [
    await stranger.sendJson("PUT", "/edit_user", { user_id, full_name: "Mallory" }),
    await stranger.sendJson("PUT", "/update_status", { user_id, status: "suspended" }),
    await stranger.sendJson("DELETE", "/delete_user", { user_id }),
  ];
  assert.deepEqual(answers.map(({ status }) => status), [401, 401, 401]);
  assert.deepEqual(await everythingOf(app, person), before);
});

appTest("a field `username` is not a sign-in", async (app) => {
  const { user_id, username } = await addAdmin(app);
  const stranger = app.client();
  assert.equal((await stranger.getJson(`/profile?username=${username}`)).status, 401);
  assert.equal((await stranger.getJson(`/user_list?username=${username}`)).status, 401);
  const answer = await stranger.postForm("/edit_user", {
    _method: "PUT",
    user_id: String(user_id),
    username,
    full_name: "Mallory",
  });
  assert.deepEqual([answer.status, answer.headers.get("location")], [303, "/login"]);
  assert.deepEqual([...stranger.cookies()], []);
});

appTest("registering with a role makes a plain user all the same", async (app) => {
  const visitor = app.client();
  for (const role of ["1", "admin"]) {
    const username = `mallory${role}`;
    const answer = await visitor.sendJson("POST", "/register", {
      username,
      email: `${username}@example.org`,
      password: PASSWORD,
      password2: PASSWORD,
      role,
      status: "suspended",
    });
    assert.equal(answer.status, 201);
    const { users } = JSON.parse(
      (await (await signedIn(app, await addAdmin(app, `admin${role}`)))
        .getJson(`/user_list?q=${username}`)).text,
    );
    assert.deepEqual([users[0].role, users[0].status], ["user", "active"]);
  }
});

appTest(
  "an action in the list applies to the account of its row and to no other",
  async (app) => {
    const admin = await signedIn(app, await addAdmin(app));
    // Profiles in a different order than their accounts.
    const people = [await addPerson(app, "ada"), await addPerson(app, "grace")] as const;
    const [ada, grace] = people;
    const before = await everythingOf(app, ada);
    const { users } = JSON.parse((await admin.getJson("/user_list?q=grace")).text);
    assert.deepEqual(users.map((user: { user_id: number }) => user.user_id), [grace.user_id]);
    await admin.sendJson("PUT", "/update_status", { user_id: users[0].user_id });
    assert.equal((await accountOf(app, grace)).status, "suspended");
    await admin.sendJson("DELETE", "/delete_user", { user_id: users[0].user_id });
    assert.deepEqual(await everythingOf(app, grace), [undefined, undefined]);
    assert.deepEqual(await everythingOf(app, ada), before);
  },
);

appTest("another site cannot make a signed-in browser change anything", async (app) => {
  const person = await addPerson(app, "grace");
  const browser = await signedIn(app, person);
  const answer = await browser.send("/edit_user", {
    method: "POST",
    headers: { origin: "https://evil.example", accept: "text/html" },
    body: new URLSearchParams({ _method: "PUT", user_id: String(person.user_id), bio: "owned" }),
  });
  assert.equal(answer.status, 403);
  assert.equal((await everythingOf(app, person))[1]?.bio, "");
});

appTest("a website must be http or https", async (app) => {
  const person = await addPerson(app, "mallory");
  const browser = await signedIn(app, person);
  for (
    const website of [
      "javascript:alert(1)",
      "JavaScript:alert(1)//https://",
      " javascript:alert(1)",
      "data:text/html,<script>alert(1)</script>",
      "//evil.example",
      "https://user:secret@evil.example",
    ]
  ) {
    const { user_id } = person;
    const answer = await browser.sendJson("PUT", "/edit_user", { user_id, website });
    assert.equal(answer.status, 422, website);
    assert.ok(JSON.parse(answer.text).errors.website, website);
  }
  assert.equal((await everythingOf(app, person))[1]?.website, "");
});

appTest("markup in a name is text in every page", async (app) => {
  const admin = await addAdmin(app);
  const person = await addPerson(app, "mallory");
  const markup = `<script>alert(1)</script>"'><img src=x onerror=alert(1)>`;
  const { user_id } = person;
  const browser = await signedIn(app, person);
  const saved = await browser.sendJson("PUT", "/edit_user", {
    user_id,
    full_name: markup,
    bio: markup,
    address: markup,
  });
  assert.equal(saved.status, 200);
  const adminBrowser = await signedIn(app, admin);
  for (
    const page of [
      await adminBrowser.get("/user_list"),
      await adminBrowser.get(`/edit_user?user_id=${user_id}`),
      await adminBrowser.get("/admin"),
      await browser.get("/profile"),
    ]
  ) {
    assert.equal(page.status, 200);
    // The page's own scripts contain data. A script in a name would have no nonce.
    const shown = page.text.replace(/<script [^>]*(?:nonce=|json)[^>]*>[^]*?<\/script>/g, "");
    assert.doesNotMatch(shown, /<script>alert|<img src=x/);
  }
});

appTest("suspension, a new password and sign-out end sessions", async (app) => {
  const admin = await signedIn(app, await addAdmin(app));
  const person = await addPerson(app, "grace");
  const { user_id } = person;
  const browsers = await Promise.all([1, 2, 3].map(() => signedIn(app, person)));
  const statuses = () =>
    Promise.all(browsers.map(async (browser) => (await browser.getJson("/profile")).status));
  assert.deepEqual(await statuses(), [200, 200, 200]);

  const token = new Map(browsers[0]!.cookies());
  await browsers[0]!.postForm("/logout", {});
  for (const [name, value] of token) browsers[0]!.keep(`${name}=${value}`);
  assert.deepEqual(await statuses(), [401, 200, 200]);

  const password = "eleven orange turtles";
  const changed = await browsers[1]!.sendJson("POST", "/change_password", {
    current_password: PASSWORD,
    password,
    password2: password,
  });
  assert.equal(changed.status, 200, changed.text);
  assert.deepEqual(await statuses(), [401, 200, 401]);

  await admin.sendJson("PUT", "/update_status", { user_id, status: "suspended" });
  assert.deepEqual(await statuses(), [401, 401, 401]);
});

appTest(
  "wrong passwords at the same time are all counted",
  async (app) => {
    const person = await addPerson(app, "grace");
    await Promise.all(
      Array.from({ length: 20 }, () => logIn(app.client(), "grace", "wrong password")),
    );
    assert.equal((await accountOf(app, person)).failed_logins, 20);
  },
  { environment: { LOGIN_FAILURE_LIMIT: "100" }, everyDatabase: true },
);

appTest(
  "wrong passwords at the same time lock the account once the limit is reached",
  async (app) => {
    const person = await addPerson(app, "grace");
    await Promise.all(
      Array.from({ length: 20 }, () => logIn(app.client(), "grace", "wrong password")),
    );
    const { failed_logins, locked_until } = await accountOf(app, person);
    assert.equal(failed_logins, 5);
    assert.ok(locked_until && locked_until > new Date());
  },
  { everyDatabase: true },
);

appTest("strangers cannot lock anybody out forever", async (app) => {
  const admin = await addAdmin(app);
  const { db } = app.services;
  for (let failure = 0; failure < 12; failure++) {
    await logIn(app.client(), "admin", "wrong password");
    await db.updateTable("users").set({ locked_until: new Date(0) })
      .where("locked_until", "is not", null).execute();
  }
  assert.deepEqual(
    [(await accountOf(app, admin)).failed_logins, (await accountOf(app, admin)).status],
    [12, "active"],
  );
  assert.equal((await logIn(app.client(), "admin")).status, 200);
  assert.equal((await accountOf(app, admin)).failed_logins, 0);
}, { environment: { LOGIN_FAILURE_POLICY: "suspend" } });

appTest("activating a user resets the counter and ends the lock", async (app) => {
  const admin = await signedIn(app, await addAdmin(app));
  const person = await addPerson(app, "grace", {
    failed_logins: 9,
    locked_until: new Date(Date.now() + 3_600_000),
    status: "suspended",
  });
  const { user_id } = person;
  await admin.sendJson("PUT", "/update_status", { user_id, status: "active" });
  const { failed_logins, locked_until, status } = await accountOf(app, person);
  assert.deepEqual([failed_logins, locked_until, status], [0, null, "active"]);
  assert.equal((await logIn(app.client(), "grace")).status, 200);
});

appTest("addresses with a plus, an apostrophe or a hyphen register and sign in", async (app) => {
  for (const [index, name] of ["a+b", "o'hara", "jean-luc", "a.b_c"].entries()) {
    const email = `${name}@sub-domain.example.org`;
    const registered = await app.client().sendJson("POST", "/register", {
      username: `person${index}`,
      email,
      password: PASSWORD,
      password2: PASSWORD,
    });
    assert.equal(registered.status, 201, registered.text);
    assert.equal((await logIn(app.client(), email)).status, 200, email);
    assert.equal((await logIn(app.client(), email.toUpperCase())).status, 200, email);
  }
});

appTest("a field that is left out of an edit stays as it is", async (app) => {
  const person = await addPerson(app, "grace");
  const { user_id } = person;
  const browser = await signedIn(app, person);
  const profile = { full_name: "Grace", bio: "Admiral", address: "1 Main St", zipcode: "22201" };
  await browser.sendJson("PUT", "/edit_user", { user_id, ...profile });
  const answer = await browser.sendJson("PUT", "/edit_user", { user_id, phone: "+1 555" });
  assert.equal(answer.status, 200);
  const shown = JSON.parse((await browser.getJson(`/edit_user?user_id=${user_id}`)).text);
  assert.deepEqual({ ...shown, ...profile, phone: "+1 555" }, shown);
});

appTest("a user without a profile is in the list and can be edited", async (app) => {
  const admin = await signedIn(app, await addAdmin(app));
  const person = await addPerson(app, "grace");
  const { user_id } = person;
  const { db } = app.services;
  await db.deleteFrom("user_profiles").where("user_id", "=", user_id).execute();
  const { users } = JSON.parse((await admin.getJson("/user_list?q=grace")).text);
  assert.equal(users.length, 1);
  assert.match((await admin.get("/user_list")).text, /grace/);
  const edited = await admin.sendJson("PUT", "/edit_user", { user_id, full_name: "Grace" });
  assert.equal(edited.status, 200);
  assert.equal((await everythingOf(app, person))[1]?.full_name, "Grace");
});

appTest("names that would make a pattern search forever are answered normally", async (app) => {
  const hostile = `${"a".repeat(60)}!`;
  const client = app.client();
  assert.equal((await logIn(client, hostile)).status, 401);
  assert.equal((await logIn(client, `${hostile}@${"a.".repeat(80)}`)).status, 401);
  for (const email of [hostile, `${"a".repeat(60)}@${"a-".repeat(90)}!`]) {
    const answer = await client.getJson(`/email_exists?email=${encodeURIComponent(email)}`);
    assert.equal(JSON.parse(answer.text).valid, false);
  }
});

appTest("random bytes are not a photo", async (app) => {
  const person = await addPerson(app, "mallory");
  const browser = await signedIn(app, person);
  const upload = (bytes: number) => {
    const body = new FormData();
    body.set("user_id", String(person.user_id));
    const random = new Uint8Array(bytes).map((_, index) => (index * 2_654_435_761) >>> 13);
    body.set("image", new File([random], "photo.jpg", { type: "image/jpeg" }));
    const headers = { "accept": "application/json", "sec-fetch-site": "same-origin" };
    return browser.send("/edit_user", { method: "PUT", headers, body });
  };
  assert.equal((await upload(8_000_000)).status, 413);
  assert.equal((await upload(100_000)).status, 415);
  assert.equal((await everythingOf(app, person))[1]?.image, null);
});
