import assert from "node:assert/strict";
import { setTimeout as pause } from "node:timers/promises";
import { appTest, mailAppTest, type TestApp } from "@/tests/kit/app.ts";
import type { TestClient } from "@/tests/kit/client.ts";
import { jobsOf } from "@/tests/kit/jobs.ts";
import { turnOn } from "@/tests/kit/second_factor.ts";
import { type Letter, type Mailbox, tokenIn } from "@/tests/kit/mailbox.ts";
import {
  accountOf,
  addAdmin,
  addPerson,
  logIn,
  PASSWORD,
  type Person,
  signedIn,
} from "@/tests/kit/people.ts";

const NEW = "new@example.org";
const VERIFIED = { email_verified_at: new Date() };

const ask = (browser: TestClient, { user_id }: Person, email = NEW) =>
  browser.sendJson("PUT", "/edit_user", { user_id, email, current_password: PASSWORD });

const post = (app: TestApp, path: string, token: string) =>
  app.client().sendJson("POST", path, { token });

/** The next e-mails, by address. */
async function lettersOf(mailbox: Mailbox, count: number): Promise<Map<string, Letter>> {
  const letters = new Map<string, Letter>();
  for (let read = 0; read < count; read++) {
    const letter = await mailbox.next();
    letters.set(letter.to, letter);
  }
  return letters;
}

mailAppTest(
  "a new address counts once it is confirmed, and the old one signs in until then",
  async (app, mailbox) => {
    const ana = await addPerson(app, "ana", VERIFIED);
    const browser = await signedIn(app, ana);
    const answer = await ask(browser, ana);
    assert.equal(answer.status, 200);
    assert.match(JSON.parse(answer.text).message, /Confirm the new address/);
    const { email, new_email } = JSON.parse(answer.text);
    assert.deepEqual([email, new_email], [ana.email, NEW]);
    assert.match((await browser.get("/profile")).text, /Waiting for <bdi>new@example\.org<\/bdi>/);
    const letters = await lettersOf(mailbox, 2);
    assert.equal((await logIn(app.client(), NEW)).status, 401);
    assert.equal((await logIn(app.client(), ana.email)).status, 200);
    assert.equal((await post(app, "/change_email", tokenIn(letters.get(NEW)!))).status, 200);
    const { email: now, email_verified_at, new_email: waiting } = await accountOf(app, ana);
    assert.deepEqual([now, waiting], [NEW, null]);
    assert.ok(email_verified_at);
    assert.equal((await logIn(app.client(), NEW)).status, 200);
    assert.equal((await logIn(app.client(), ana.email)).status, 401);
  },
);

mailAppTest(
  "the old address is told at once, and can take the change back after its confirmation",
  async (app, mailbox) => {
    const ana = await addPerson(app, "ana", VERIFIED);
    const thief = await signedIn(app, ana);
    await ask(thief, ana);
    const letters = await lettersOf(mailbox, 2);
    const told = letters.get(ana.email)!;
    assert.match(told.text, /is being changed to another one/);
    assert.match(told.text, /7 days/);
    assert.match(told.text, /from 127\.0\.0\.1/);
    await post(app, "/change_email", tokenIn(letters.get(NEW)!));
    const password = "a thief has chosen this";
    const change = { current_password: PASSWORD, password, password2: password };
    assert.equal((await thief.sendJson("POST", "/change_password", change)).status, 200);
    await mailbox.next();
    const undone = await post(app, "/undo_email_change", tokenIn(told));
    assert.equal(undone.status, 200, undone.text);
    assert.equal((await thief.getJson("/profile")).status, 401);
    assert.equal((await accountOf(app, ana)).email, ana.email);
    const reset = await mailbox.next();
    assert.equal(reset.to, ana.email);
    assert.match(reset.text, /\/reset_password\?token=/);
  },
  { everyDatabase: true },
);

mailAppTest(
  "a thief who moved an account twice cannot reverse the owner's undo",
  async (app, mailbox) => {
    const ana = await addPerson(app, "ana", VERIFIED);
    const thief = await signedIn(app, ana);
    await ask(thief, ana);
    const first = await lettersOf(mailbox, 2);
    await post(app, "/change_email", tokenIn(first.get(NEW)!));
    await ask(thief, ana, "third@example.org");
    const second = await lettersOf(mailbox, 2);
    assert.equal(
      (await post(app, "/undo_email_change", tokenIn(first.get(ana.email)!))).status,
      200,
    );
    assert.equal((await post(app, "/undo_email_change", tokenIn(second.get(NEW)!))).status, 404);
    assert.equal((await accountOf(app, ana)).email, ana.email);
  },
);

mailAppTest(
  "the profile shows the address that waits; another one or keeping the old one ends its link",
  async (app, mailbox) => {
    const ana = await addPerson(app, "ana", VERIFIED);
    const browser = await signedIn(app, ana);
    await ask(browser, ana);
    const first = tokenIn((await lettersOf(mailbox, 2)).get(NEW)!);
    await ask(browser, ana, "third@example.org");
    const second = tokenIn((await lettersOf(mailbox, 2)).get("third@example.org")!);
    assert.equal((await post(app, "/change_email", first)).status, 404);
    assert.match((await browser.get("/profile")).text, /Waiting for .*third@example\.org/);
    const kept = await browser.postForm("/change_email", { cancel: "1" });
    assert.deepEqual([kept.status, kept.headers.get("location")], [303, "/profile"]);
    assert.doesNotMatch((await browser.get("/profile")).text, /Waiting for/);
    assert.equal((await post(app, "/change_email", second)).status, 404);
  },
);

mailAppTest(
  "an address that has an account gets the same answer, and its owner an e-mail",
  async (app, mailbox) => {
    const ana = await addPerson(app, "ana", VERIFIED);
    await addPerson(app, "bo", { email: "bo@example.org", ...VERIFIED });
    const browser = await signedIn(app, ana);
    const free = await ask(browser, ana);
    const toFree = await lettersOf(mailbox, 2);
    const taken = await ask(browser, ana, "bo@example.org");
    const letters = await lettersOf(mailbox, 2);
    const message = (text: string) => JSON.parse(text).message;
    assert.deepEqual([taken.status, message(taken.text)], [free.status, message(free.text)]);
    assert.equal(toFree.get(NEW)!.text.includes("/change_email?token="), true);
    assert.match(letters.get("bo@example.org")!.text, /another account/);
    assert.equal(tokenIn(letters.get("bo@example.org")!), "");
    assert.equal((await accountOf(app, ana)).email, ana.email);
  },
);

mailAppTest(
  "an address that somebody registers meanwhile is refused when the link is used",
  async (app, mailbox) => {
    const ana = await addPerson(app, "ana", VERIFIED);
    await ask(await signedIn(app, ana), ana);
    const token = tokenIn((await lettersOf(mailbox, 2)).get(NEW)!);
    await addPerson(app, "bo", { email: NEW });
    assert.equal((await post(app, "/change_email", token)).status, 409);
    assert.equal((await accountOf(app, ana)).email, ana.email);
  },
  { everyDatabase: true },
);

mailAppTest(
  "an admin's change of an address is told to both addresses, and the trail has both",
  async (app, mailbox) => {
    const ana = await addPerson(app, "ana", VERIFIED);
    const admin = await signedIn(app, await addAdmin(app));
    const answer = await admin.sendJson("PUT", "/edit_user", { user_id: ana.user_id, email: NEW });
    assert.equal(answer.status, 200);
    const letters = await lettersOf(mailbox, 2);
    for (const address of [ana.email, NEW]) {
      assert.match(letters.get(address)!.text, /An admin has changed the e-mail address/);
      assert.equal(tokenIn(letters.get(address)!), "");
    }
    const { details } = await app.services.db.selectFrom("audit_events").select("details")
      .where("action", "=", "edit_user").executeTakeFirstOrThrow();
    assert.deepEqual(Object(details.changes).email, [ana.email, NEW]);
  },
);

mailAppTest(
  "undoing a change takes a second factor away that was turned on since",
  async (app, mailbox) => {
    const ana = await addPerson(app, "ana", VERIFIED);
    await ask(await signedIn(app, ana), ana);
    const undo = tokenIn((await lettersOf(mailbox, 2)).get(ana.email)!);
    await turnOn(app, ana);
    const factors = () => app.services.db.selectFrom("second_factors").select("user_id").execute();
    assert.equal((await factors()).length, 1);
    assert.equal((await post(app, "/undo_email_change", undo)).status, 200);
    assert.deepEqual(await factors(), []);
  },
);

mailAppTest(
  "an address that waits is dropped when the password is changed",
  async (app, mailbox) => {
    const ana = await addPerson(app, "ana", VERIFIED);
    await ask(await signedIn(app, ana), ana);
    const token = tokenIn((await lettersOf(mailbox, 2)).get(NEW)!);
    const password = "twelve green lanterns";
    const change = { current_password: PASSWORD, password, password2: password };
    const owner = await signedIn(app, ana);
    assert.equal((await owner.sendJson("POST", "/change_password", change)).status, 200);
    assert.equal((await accountOf(app, ana)).new_email, null);
    assert.equal((await post(app, "/change_email", token)).status, 404);
  },
);

mailAppTest("a lock is told once, by an e-mail whose link unlocks", async (app, mailbox) => {
  const ana = await addPerson(app, "ana", VERIFIED);
  for (let failed = 0; failed < 5; failed++) await logIn(app.client(), "ana", "wrong password");
  const letter = await mailbox.next();
  assert.match(letter.text, /locked for a while/);
  await app.services.db.updateTable("users").set({ locked_until: new Date() }).execute();
  await logIn(app.client(), "ana", "wrong password");
  assert.equal((await logIn(app.client(), "ana")).status, 401, "locked again");
  assert.equal((await post(app, "/unlock_account", tokenIn(letter))).status, 200);
  assert.equal((await post(app, "/unlock_account", tokenIn(letter))).status, 404);
  assert.equal((await logIn(app.client(), "ana")).status, 200);
  assert.equal((await accountOf(app, ana)).failed_logins, 0);
  while ((await jobsOf(app.services.db)).length > 0) await pause(20);
  const sent = mailbox.commands.filter((command) => command.startsWith("RCPT"));
  assert.deepEqual(sent, [`RCPT TO:<${ana.email}>`]);
});

mailAppTest("role, suspension and activation are told to the user", async (app, mailbox) => {
  const { user_id } = await addPerson(app, "ana", VERIFIED);
  const admin = await signedIn(app, await addAdmin(app));
  const change = async (path: string, fields: Record<string, string>, told: RegExp) => {
    const answer = await admin.sendJson("PUT", path, { user_id, ...fields });
    assert.equal(answer.status, 200, answer.text);
    const letter = await mailbox.next();
    assert.match(letter.text, told);
    assert.equal(tokenIn(letter), "");
  };
  await change("/edit_user", { role: "admin" }, /was changed to admin/);
  await change("/update_status", { status: "suspended" }, /was suspended/);
  await change("/update_status", { status: "active" }, /active again/);
});

appTest(
  "where addresses need no confirmation, a new one counts at once and the old one is told",
  async (app) => {
    const ana = await addPerson(app, "ana");
    const answer = await ask(await signedIn(app, ana), ana);
    assert.equal(answer.status, 200);
    assert.equal((await accountOf(app, ana)).email, NEW);
    const { db } = app.services;
    const { payload } = await db.selectFrom("jobs").select("payload").where("kind", "=", "letter")
      .executeTakeFirstOrThrow();
    assert.deepEqual([payload?.about, payload?.to], ["email_moving", ana.email]);
  },
  { adapt: ({ jobs }) => ({ jobs: { ...jobs, wake() {} } }) },
);

mailAppTest("a user cannot send e-mails to any number of strangers", async (app) => {
  const ana = await addPerson(app, "ana", VERIFIED);
  const browser = await signedIn(app, ana);
  const statuses: number[] = [];
  for (let stranger = 0; stranger < 12; stranger++) {
    statuses.push((await ask(browser, ana, `stranger${stranger}@example.org`)).status);
  }
  assert.deepEqual(statuses, [...Array<number>(10).fill(200), 429, 429]);
});
