import assert from "node:assert/strict";
import { databaseTest } from "@/tests/kit/databases.ts";
import { serveApp } from "@/tests/kit/app.ts";
import { openMailbox } from "@/tests/kit/mailbox.ts";
import { addAdmin, addPerson, PASSWORD, signedIn } from "@/tests/kit/people.ts";

const REGISTRATION = {
  username: "grace",
  email: "grace@example.org",
  password: PASSWORD,
  password2: PASSWORD,
};

databaseTest("with APP_NAME no page, cookie or e-mail says Roster", async (database) => {
  await using mailbox = openMailbox();
  const environment = {
    APP_NAME: "Äpfel & People",
    SMTP_URL: mailbox.url,
    MAIL_FROM: "people@example.org",
  };
  await using app = await serveApp(database, { environment });
  const { user_id } = await addPerson(app, "ada", { email: "ada@example.org" });
  const admin = await signedIn(app, await addAdmin(app));
  const stranger = app.client();
  const user = `?user_id=${user_id}`;
  const asked = [
    ...["/login", "/register", "/verify_email", "/forgot_password", "/missing"].map((path) =>
      [stranger, path] as const
    ),
    ...["/profile", "/change_password", "/admin", "/user_list", "/deleted_users", "/missing"]
      .map((path) => [admin, path] as const),
    ...["/edit_user", "/delete_user", "/update_status"].map((path) =>
      [admin, path + user] as const
    ),
  ];
  for (const [browser, path] of asked) {
    const { text } = await browser.get(path);
    assert.match(text, /<title>[^<]+ · Äpfel &amp; People<\/title>/, path);
    assert.doesNotMatch(text, /roster/i, path);
  }

  // The second one writes to the owner of an address that is taken.
  for (const [username, email] of [["grace", "grace@example.org"], ["lin", "ada@example.org"]]) {
    const answer = await stranger.sendJson("POST", "/register", {
      ...REGISTRATION,
      username,
      email,
    });
    assert.equal(answer.status, 201, answer.text);
    assert.doesNotMatch((await mailbox.next()).text, /roster/i);
  }
  await stranger.postForm("/color_mode", { mode: "dark" });
  assert.deepEqual([...admin.cookies().keys()], ["apfel_people_session"]);
  assert.deepEqual([...stranger.cookies().keys()], [
    "apfel_people_verify_address",
    "apfel_people_color_mode",
  ]);
}, { anyDatabase: true });

databaseTest("a password made of APP_NAME is refused", async (database) => {
  await using app = await serveApp(database, { environment: { APP_NAME: "Zbigniewski" } });
  const passwords = { password: "Zbigniewski!2026", password2: "Zbigniewski!2026" };
  const answer = await app.client().sendJson("POST", "/register", {
    ...REGISTRATION,
    ...passwords,
  });
  assert.equal(answer.status, 422);
  assert.match(answer.text, /too easy to guess/);
}, { anyDatabase: true });
