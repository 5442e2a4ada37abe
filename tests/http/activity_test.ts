/** Users see what happened to their account, and say what was not them. */
import assert from "node:assert/strict";
import type { ActivityView } from "@/lib/shared/account_views.ts";
import { appTest, mailAppTest, type TestApp } from "@/tests/kit/app.ts";
import type { TestClient } from "@/tests/kit/client.ts";
import { addAdmin, addPerson, logIn, PASSWORD, signedIn } from "@/tests/kit/people.ts";

const FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0";
const CHROME =
  "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/138.0.0.0 Safari/537.36";
const PROXY = { environment: { TRUST_PROXY: "127.0.0.1" } };
const NEW_PASSWORD = "eleven orange turtles";

async function activityOf(browser: TestClient, query = ""): Promise<ActivityView> {
  return JSON.parse((await browser.getJson(`/activity${query}`)).text);
}

const textsOf = ({ events }: ActivityView) =>
  events.map(({ text, browser, ip }) => [text, browser, ip]);

/** Sends JSON with a browser of some name, from some network. */
function sendFrom(
  app: TestApp,
  client: TestClient,
  [method, path, fields]: readonly ["POST" | "PUT", string, unknown],
  [userAgent, ip]: readonly [string, string],
) {
  return client.send(path, {
    method,
    headers: {
      "accept": "application/json",
      "content-type": "application/json",
      "origin": app.origin,
      "user-agent": userAgent,
      "x-forwarded-for": ip,
    },
    body: JSON.stringify(fields),
  });
}

const at = (minute: number) => new Date(Date.UTC(2026, 0, 1, 0, minute));

/** Adds entries about a user, an old one first. */
async function addEvents({ services }: TestApp, user_id: number, count: number): Promise<void> {
  await services.db.insertInto("audit_events").values(
    Array.from({ length: count }, (_, index) => ({
      at: at(index),
      actor_name: "anonymous",
      action: "sign_in_failed",
      target_id: user_id,
      target_name: "ana",
      ip: `192.0.2.${index}`,
      details: "{}",
    })),
  ).execute();
}

appTest(
  "GET /activity lists sign-ins, failures and changes by the user and by admins, newest first",
  async (app) => {
    const person = await addPerson(app, "ana");
    await addPerson(app, "bob");
    const [home, stranger] = [[FIREFOX, "192.0.2.1"], [CHROME, "198.51.100.7"]] as const;
    const ana = app.client();
    const signIn = (password: string) => ["POST", "/login", { username: "ana", password }] as const;
    await sendFrom(app, ana, signIn(PASSWORD), home);
    await sendFrom(app, app.client(), signIn("wrong password"), stranger);
    await logIn(app.client(), "bob");
    const { user_id } = person;
    await sendFrom(app, ana, ["PUT", "/edit_user", { user_id, full_name: "Ana A" }], home);
    const office = [CHROME, "203.0.113.4"] as const;
    const admin = app.client();
    await addAdmin(app);
    await sendFrom(
      app,
      admin,
      ["POST", "/login", { username: "admin", password: PASSWORD }],
      office,
    );
    const edit = ["PUT", "/edit_user", { user_id, full_name: "Ana B" }] as const;
    await sendFrom(app, admin, edit, office);
    const view = JSON.parse(
      (await ana.send("/activity", {
        headers: {
          "accept": "application/json",
          "user-agent": FIREFOX,
          "x-forwarded-for": "192.0.2.1",
        },
      })).text,
    );
    assert.deepEqual(textsOf(view), [
      ["Was edited by admin", null, null],
      ["Was edited by you", "Firefox on Linux", "192.0.2.1"],
      ["Failed to sign in", "Chrome on Windows", "198.51.100.7"],
      ["Signed in", "Firefox on Linux", "192.0.2.1"],
      ["Was created by an operator", null, null],
    ]);
    assert.deepEqual([view.next, view.previous], [null, null]);
    const { text } = await ana.get("/activity");
    assert.match(
      text,
      /<strong>Failed to sign in<\/strong>[^]*?Chrome on Windows, 198\.51\.100\.7/,
    );
    assert.doesNotMatch(text, /203\.0\.113\.4/, "an admin's address is not the user's business");
  },
  PROXY,
);

appTest("a user who fails to sign in to another account stays unnamed there", async (app) => {
  const ana = await signedIn(app, await addPerson(app, "ana"));
  const bob = await signedIn(app, await addPerson(app, "bob"));
  await logIn(bob, "ana", "wrong password");
  const { text } = await ana.get("/activity");
  assert.match(text, /Failed to sign in/);
  assert.doesNotMatch(text, /bob/);
});

appTest("GET /activity pages through all entries, there and back", async (app) => {
  const person = await addPerson(app, "ana");
  await app.services.db.deleteFrom("audit_events").execute();
  await addEvents(app, person.user_id, 60);
  const ana = await signedIn(app, person);
  const pages: string[][] = [];
  let view = await activityOf(ana);
  assert.equal(view.previous, null);
  for (;;) {
    pages.push(view.events.map(({ ip }) => ip!));
    if (view.next === null) break;
    view = await activityOf(ana, `?after=${view.next}`);
  }
  assert.deepEqual(pages.map(({ length }) => length), [25, 25, 10]);
  assert.deepEqual(pages.flat(), Array.from({ length: 60 }, (_, index) => `192.0.2.${59 - index}`));
  const back = [];
  while (view.previous !== null) {
    view = await activityOf(ana, `?before=${view.previous}`);
    assert.ok(view.next !== null);
    back.push(view.events.map(({ ip }) => ip!));
  }
  assert.deepEqual(back, pages.slice(0, 2).reverse());
  const { text } = await ana.get("/activity");
  assert.match(text, /<a [^>]*rel="next"[^>]*href="\/activity\?after=\d+"/);
  assert.equal((await ana.getJson("/activity?after=x")).status, 422);
});

appTest(
  '"This was not me" ends the other sessions, forgets the browsers, and leads to a new password',
  async (app) => {
    const person = await addPerson(app, "ana");
    const [here, thief] = [app.client(), app.client()];
    await logIn(here, "ana");
    await logIn(thief, "ana");
    const bob = await addPerson(app, "bob");
    await logIn(app.client(), "bob");
    const viewer_id = String(person.user_id);
    const answer = await here.postForm("/activity", { viewer_id });
    assert.deepEqual([answer.status, answer.headers.get("location")], [303, "/change_password"]);
    assert.match((await here.get("/change_password")).text, /Now choose a new password/);
    assert.equal((await thief.getJson("/profile")).status, 401);
    const devices = await app.services.db.selectFrom("devices").select("user_id").execute();
    assert.deepEqual(devices, [{ user_id: bob.user_id }]);
    const admin = await signedIn(app, await addAdmin(app));
    const { text } = await admin.get("/admin");
    assert.match(
      text.replaceAll(/<[^>]+>/g, ""),
      /ana reported activity that was not theirs/,
    );
    const changed = await here.sendJson("POST", "/change_password", {
      current_password: PASSWORD,
      password: NEW_PASSWORD,
      password2: NEW_PASSWORD,
    });
    assert.equal(changed.status, 200);
  },
);

mailAppTest(
  "other admins get an e-mail about activity that was not the user's, once a day",
  async (app, mailbox) => {
    const admin = { role: "admin", email_verified_at: new Date() } as const;
    const ana = await addPerson(app, "ana", admin);
    await addPerson(app, "bob", admin);
    await addPerson(app, "eve", { ...admin, status: "suspended" });
    await addPerson(app, "grace");
    const here = await signedIn(app, ana);
    const viewer_id = String(ana.user_id);
    for (let time = 0; time < 2; time++) {
      assert.equal((await here.postForm("/activity", { viewer_id })).status, 303);
    }
    const { to, text } = await mailbox.next();
    assert.equal(to, "bob@example.org");
    assert.match(text, /The user ana at Roster has seen activity/);
    await app.services.jobs.drain("letter");
    const recipients = mailbox.commands.filter((command) => command.startsWith("RCPT"));
    assert.equal(recipients.length, 1);
  },
);

appTest("a form of /activity that was made for another user is refused", async (app) => {
  const person = await addPerson(app, "ana");
  const [here, other] = [await signedIn(app, person), await signedIn(app, person)];
  const { status } = await here.postForm("/activity", { viewer_id: String(person.user_id + 1) });
  assert.equal(status, 409);
  assert.equal((await other.getJson("/profile")).status, 200);
});
