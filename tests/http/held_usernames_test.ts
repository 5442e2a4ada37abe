/** Whether an address has an account does not show in what becomes of a username. */
import assert from "node:assert/strict";
import { maintain } from "@/lib/domain/operation/maintenance.ts";
import { REGISTRATIONS_KEPT_DAYS } from "@/lib/shared/limits.ts";
import { mailAppTest, type TestApp } from "@/tests/kit/app.ts";
import { accept, invitedByLink } from "@/tests/kit/invitations.ts";
import { codeIn, tokenIn } from "@/tests/kit/mailbox.ts";
import { addAdmin, addPerson, logIn, PASSWORD, signedIn } from "@/tests/kit/people.ts";
import { register, usersOf } from "./registration.ts";

const VERIFIED = { email_verified_at: new Date() };
const KNOWN = "ada@example.org";
/** The password of the registrations. */
const OTHER_PASSWORD = "twelve green lanterns";
const FRESH = "new@example.org";

/** The same in Cyrillic letters. */
const LOOKS: Readonly<Record<string, string>> = { coco: "сосо", soso: "ѕоѕо" };

/** Registers one username with a known address and one with a fresh one. */
async function registerBoth(app: TestApp): Promise<void> {
  await addPerson(app, "ada", { ...VERIFIED, email: KNOWN });
  for (const [username, email] of [["coco", KNOWN], ["soso", FRESH]] as const) {
    const chosen = { password: OTHER_PASSWORD, password2: OTHER_PASSWORD };
    assert.equal((await register(app, { username, email, ...chosen })).status, 201);
  }
}

/** What a stranger sees of a username, without the name itself. */
async function seenOf(app: TestApp, username: string): Promise<string[]> {
  const look = LOOKS[username]!;
  const answers = [
    await register(app, { username, email: `${Math.random()}@example.org` }),
    await register(app, { username: username.toUpperCase(), email: KNOWN }),
    await register(app, { username: look, email: KNOWN, password: "short" }),
    await logIn(app.client(), username, OTHER_PASSWORD),
    await logIn(app.client(), username, "wrong password"),
    await logIn(app.client(), username === "coco" ? KNOWN : FRESH, OTHER_PASSWORD),
  ];
  return answers.map(({ status, text }) => `${status} ${text.replaceAll(username, "NAME")}`);
}

/** Lets days pass for all registrations. */
async function age({ services: { db } }: TestApp, days: number): Promise<void> {
  for (const { id, created_at } of await db.selectFrom("held_usernames").selectAll().execute()) {
    const earlier = new Date(created_at.getTime() - days * 24 * 60 * 60 * 1000);
    await db.updateTable("held_usernames").set({ created_at: earlier }).where("id", "=", id)
      .execute();
  }
}

mailAppTest(
  "a username is held alike whether or not the address had an account, as long as it lasts",
  async (app) => {
    await registerBoth(app);
    const atOnce = await seenOf(app, "coco");
    assert.deepEqual(atOnce, await seenOf(app, "soso"));
    assert.match(atOnce[0]!, /^409 .*Somebody has this username already/);
    await age(app, REGISTRATIONS_KEPT_DAYS - 0.01);
    await maintain(app.services);
    const later = await seenOf(app, "coco");
    assert.deepEqual(later, await seenOf(app, "soso"));
    assert.match(later[0]!, /^409 /);
    await age(app, 0.02);
    await maintain(app.services);
    assert.deepEqual(
      [
        (await register(app, { username: "coco", email: "other1@example.org" })).status,
        (await register(app, { username: "soso", email: "other2@example.org" })).status,
      ],
      [201, 201],
    );
  },
);

mailAppTest("two people who ask for a held name at once are both refused", async (app) => {
  await registerBoth(app);
  for (const username of ["coco", "soso"]) {
    const answers = await Promise.all(
      ["a@example.org", KNOWN, "b@example.org"].map((email) => register(app, { username, email })),
    );
    assert.deepEqual(answers.map(({ status }) => status), [409, 409, 409]);
  }
}, { everyDatabase: true });

mailAppTest("of simultaneous registrations with one username, one wins", async (app) => {
  await addPerson(app, "ada", { ...VERIFIED, email: KNOWN });
  for (let round = 0; round < 20; round++) {
    const username = `grace${round}`;
    const emails = round % 2 === 0 ? [KNOWN, KNOWN] : [KNOWN, `fresh${round}@example.org`];
    const answers = await Promise.all(emails.map((email) => register(app, { username, email })));
    assert.deepEqual(answers.map(({ status }) => status).sort(), [201, 409]);
  }
}, { everyDatabase: true });

mailAppTest(
  "an account stays if its address was confirmed in time, by link, code or reset",
  async (app, mailbox) => {
    await register(app, { username: "grace", email: FRESH });
    const letter = await mailbox.next();
    assert.ok(codeIn(letter));
    const token = tokenIn(letter);
    assert.equal((await app.client().sendJson("POST", "/verify_email", { token })).status, 200);
    await register(app, { username: "joan", email: "joan@example.org" });
    await mailbox.next();
    await app.client().sendJson("POST", "/forgot_password", { email: "joan@example.org" });
    const reset = { token: tokenIn(await mailbox.next()), password: `${PASSWORD}!` };
    assert.equal(
      (await app.client().sendJson("POST", "/reset_password", {
        ...reset,
        password2: reset.password,
      })).status,
      200,
    );
    await register(app, { username: "late", email: "late@example.org" });
    await age(app, REGISTRATIONS_KEPT_DAYS + 1);
    await maintain(app.services);
    assert.deepEqual((await usersOf(app)).map(({ username }) => username).sort(), [
      "grace",
      "joan",
    ]);
    // An admin can still restore it.
    const admin = await signedIn(app, await addAdmin(app, "root"));
    const { users } = JSON.parse((await admin.getJson("/deleted_users")).text);
    assert.deepEqual(users.map(({ username }: { username: string }) => username), ["late"]);
  },
);

mailAppTest("an invited person cannot take a held name", async (app) => {
  await registerBoth(app);
  const admin = await signedIn(app, await addAdmin(app, "root"));
  const { token } = await invitedByLink(admin);
  for (const username of ["coco", "soso"]) {
    const refused = await accept(app, token, { username });
    assert.equal(refused.status, 409);
    assert.match(JSON.parse(refused.text).errors.username, /Somebody has this username already/);
  }
});
