import assert from "node:assert/strict";
import { hashToken } from "@/lib/crypto/token.ts";
import { maintain } from "@/lib/domain/operation/maintenance.ts";
import { INVITATIONS_KEPT_DAYS } from "@/lib/shared/limits.ts";
import { appTest, mailAppTest, type TestApp } from "@/tests/kit/app.ts";
import { detailOf } from "@/tests/kit/client.ts";
import { countQueries } from "@/tests/kit/counting.ts";
import {
  accept,
  copyLink,
  invitationsOf,
  invite,
  INVITED,
  invitedByLink,
} from "@/tests/kit/invitations.ts";
import { jobsOf } from "@/tests/kit/jobs.ts";
import { tokenIn } from "@/tests/kit/mailbox.ts";
import { addAdmin, addPerson, logIn, PASSWORD, signedIn } from "@/tests/kit/people.ts";
import { GRACE, register, usersOf } from "./registration.ts";

const CHOSEN = { username: "ana", password: PASSWORD, password2: PASSWORD };
const DAY_MS = 24 * 60 * 60 * 1000;

const inviter = async (app: TestApp) => await signedIn(app, await addAdmin(app, "ada"));

/** Lets the pause between two e-mails to an address pass. */
const afterPause = async ({ services }: TestApp, email = INVITED) =>
  await services.limits.letterPauses.giveBack(`invited ${email}`);

/** Lets time pass for all invitations. */
async function age({ services: { db } }: TestApp, days: number): Promise<void> {
  for (const { id, ...row } of await db.selectFrom("invitations").selectAll().execute()) {
    const earlier = (date: Date | null) => date && new Date(date.getTime() - days * DAY_MS);
    await db.updateTable("invitations").set({
      expires_at: earlier(row.expires_at)!,
      accepted_at: earlier(row.accepted_at),
      withdrawn_at: earlier(row.withdrawn_at),
    }).where("id", "=", id).execute();
  }
}

mailAppTest(
  "an invited person chooses name and password, and has the invited role and a confirmed address",
  async (app, mailbox) => {
    const admin = await inviter(app);
    const answer = await invite(admin, INVITED, "admin");
    assert.equal(answer.status, 201);
    const letter = await mailbox.next();
    assert.equal(letter.to, INVITED);
    assert.match(letter.text, /invited to Roster by ada/);
    assert.doesNotMatch(letter.text, /from 127\.0\.0\.1/, "not where the admin is");
    const token = tokenIn(letter);
    const [row] = await invitationsOf(app);
    assert.equal(row?.token_hash, hashToken(token));
    const life = row!.expires_at.getTime() - row!.created_at.getTime();
    assert.ok(Math.abs(life - 7 * DAY_MS) < 60_000, `${life} ms`);
    const browser = app.client();
    // Mail scanners open links.
    for (const method of ["GET", "HEAD", "GET", "HEAD", "GET"]) {
      const { status } = await browser.send(`/accept_invitation?token=${token}`, { method });
      assert.equal(status, 303);
    }
    const page = await browser.get("/accept_invitation");
    assert.match(page.text, /invited by ada[^]*ana@example\.org/);
    const accepted = await browser.postForm("/accept_invitation", CHOSEN);
    assert.deepEqual([accepted.status, accepted.headers.get("location")], [303, "/admin"]);
    assert.equal((await browser.getJson("/admin")).status, 200, "signed in, as an admin");
    const user = (await usersOf(app)).find(({ username }) => username === "ana");
    assert.deepEqual([user?.email, user?.role], [INVITED, "admin"]);
    assert.ok(user?.email_verified_at);
    const told = await mailbox.next();
    assert.equal(told.to, "ada@example.org");
    assert.match(told.text, /You invited ana@example\.org/);
    const events = await app.services.db.selectFrom("audit_events")
      .select(["actor_name", "action", "target_name"]).where("action", "like", "%invit%")
      .orderBy("id").execute();
    assert.deepEqual(events.map((event) => Object.values(event)), [
      ["ada", "invite_user", INVITED],
      ["anonymous", "accept_invitation", "ana"],
    ]);
  },
);

appTest("an invitation that cannot be accepted says why, and whom to ask", async (app) => {
  const admin = await inviter(app);
  const [used, withdrawn, expired, other] = await Promise.all(
    ["used", "withdrawn", "expired", "other"].map((it) =>
      invitedByLink(admin, `${it}@example.org`)
    ),
  );
  assert.equal((await accept(app, used!.token)).status, 201);
  const { invitation_id } = withdrawn!;
  assert.equal((await admin.sendJson("DELETE", "/invitations", { invitation_id })).status, 200);
  await app.services.db.updateTable("invitations").set({ expires_at: new Date() })
    .where("id", "=", expired!.invitation_id).execute();
  const before = await usersOf(app);
  const bob = { username: "bob" };
  const bobs = { ...bob, email: "bob@example.org" };
  const refusals = [
    [await accept(app, used!.token, bob), 404, /already used: sign in, or ask ada/],
    [await accept(app, withdrawn!.token, bob), 404, /has ended: ask ada for a new one/],
    [await accept(app, expired!.token, bob), 404, /has ended: ask ada for a new one/],
    [await accept(app, other!.token, bobs), 403, /for another address: ask ada/],
    [await accept(app, "x".repeat(43), bob), 404, /not valid: .* ask the admin who invited you/],
  ] as const;
  for (const [answer, status, detail] of refusals) {
    assert.equal(answer.status, status, answer.text);
    assert.match(detailOf(answer), detail);
  }
  assert.deepEqual(await usersOf(app), before);
  // In a browser, the page of the link says the same.
  const browser = app.client();
  await browser.get(`/accept_invitation?token=${withdrawn!.token}`);
  const { text } = await browser.get("/accept_invitation");
  assert.match(text, /has ended: ask ada for a new one/);
  assert.doesNotMatch(text, /<form[^>]*action="\/accept_invitation"/);
  // The address may be sent if it is the invited one.
  const { status } = await accept(app, other!.token, { ...bob, email: "OTHER@example.org" });
  assert.equal(status, 201);
});

mailAppTest("an invitation that is sent again has one link that works", async (app, mailbox) => {
  const admin = await inviter(app);
  const { invitation_id } = JSON.parse((await invite(admin)).text);
  const first = tokenIn(await mailbox.next());
  const again = () => admin.sendJson("PUT", "/invitations", { invitation_id });
  const early = await again();
  assert.equal(early.status, 429);
  assert.ok(Number(early.headers.get("retry-after")) > 0);
  assert.equal((await app.client().get(`/accept_invitation?token=${first}`)).status, 303);
  await afterPause(app);
  assert.equal((await again()).status, 200);
  assert.equal((await accept(app, first)).status, 404);
  const second = tokenIn(await mailbox.next());
  assert.equal((await accept(app, second)).status, 201);
  await afterPause(app);
  assert.equal((await again()).status, 409);
});

mailAppTest(
  "the invitation of an address with an account is answered as any other, and its owner is told",
  async (app, mailbox) => {
    const admin = await inviter(app);
    await addPerson(app, "bo", { email: "bo@example.org" });
    const known = await invite(admin, "BO@example.org");
    const letter = await mailbox.next();
    assert.match(letter.text, /already has an account/);
    assert.equal(tokenIn(letter), "", "no link that makes an account");
    const unknown = await invite(admin, "NO@example.org");
    const shape = ({ status, text }: typeof known) => {
      const { invitation_id: _, created_at: __, expires_at: ___, ...rest } = JSON.parse(text);
      return { status, ...rest, email: rest.email.slice(2) };
    };
    assert.deepEqual(shape(known), shape(unknown));
    const users = await usersOf(app);
    const [row] = await invitationsOf(app);
    const token = await copyLink(admin, row!.id);
    const refused = await accept(app, token);
    assert.equal(refused.status, 409);
    assert.deepEqual(Object.keys(JSON.parse(refused.text).errors), ["email"]);
    assert.deepEqual(await usersOf(app), users);
  },
);

let queries: ReturnType<typeof countQueries>;

appTest("known and unknown addresses are invited by the same statements", async (app) => {
  const admin = await inviter(app);
  await addPerson(app, "bo");
  const countFor = async (email: string) => {
    const before = queries.count();
    assert.equal((await invite(admin, email)).status, 201);
    return queries.count() - before;
  };
  const known = await countFor("bo@example.org");
  assert.ok(known > 0);
  assert.equal(await countFor("nobody@example.org"), known);
}, {
  adapt: ({ db, jobs }) => {
    queries = countQueries(db);
    return { db: queries.db, jobs: { ...jobs, wake() {} } };
  },
});

mailAppTest(
  "with the mail server down, an admin copies a link that is shown once and replaces the e-mail",
  async (app) => {
    const admin = await inviter(app);
    const { invitation_id } = JSON.parse((await invite(admin)).text);
    const shown = await admin.postForm("/copy_invitation", { invitation_id });
    assert.equal(shown.status, 200);
    assert.equal(shown.headers.get("cache-control"), "private, no-store");
    const token = /accept_invitation\?token=([\w-]+)/.exec(shown.text)?.[1] ?? "";
    assert.doesNotMatch((await admin.get("/invitations")).text, /token=/);
    const trail = await app.services.db.selectFrom("audit_events").selectAll().execute();
    const kept = JSON.stringify(trail);
    assert.match(kept, /copy_invitation/);
    assert.ok(!kept.includes(token) && !kept.includes(hashToken(token)));
    // The e-mail that waits would make a newer link.
    await app.services.jobs.drain("letter");
    assert.deepEqual((await jobsOf(app.services.db)).filter(({ kind }) => kind === "letter"), []);
    assert.equal((await accept(app, token)).status, 201);
  },
  { environment: { SMTP_URL: "smtp://127.0.0.1:1" } },
);

for (const REGISTRATION of ["invite", "closed"]) {
  appTest(`with REGISTRATION=${REGISTRATION} only invited people make an account`, async (app) => {
    const admin = await inviter(app);
    const refused = await register(app);
    assert.equal(refused.status, 403);
    const told = REGISTRATION === "invite"
      ? /You need an invitation to register here: ask an admin/
      : /Nobody can register here at the moment, ask an admin/;
    assert.match(detailOf(refused), told);
    const page = await app.client().get("/register");
    assert.match(page.text, told);
    assert.doesNotMatch(page.text, /<form[^>]*action="\/register"/);
    assert.equal((await app.client().postForm("/register", GRACE)).status, 403);
    const { token } = await invitedByLink(admin);
    assert.equal((await accept(app, token)).status, 201);
    assert.equal((await logIn(app.client(), "ana")).status, 200);
    assert.deepEqual((await usersOf(app)).map(({ username }) => username).sort(), ["ada", "ana"]);
  }, { environment: { REGISTRATION } });
}

appTest("an invitation ends with the right of the admin who sent it", async (app) => {
  const root = await addAdmin(app, "root");
  const boss = await signedIn(app, root);
  const losses = {
    demoted: ["PUT", "/edit_user", { role: "user" }],
    suspended: ["PUT", "/update_status", { status: "suspended" }],
    deleted: ["DELETE", "/delete_user", {}],
  } as const;
  for (const [name, [method, path, fields]] of Object.entries(losses)) {
    const { user_id, ...person } = await addAdmin(app, name);
    const admin = await signedIn(app, { user_id, ...person });
    const email = `by-${name}@example.org`;
    const { invitation_id, token } = await invitedByLink(admin, email, "admin");
    assert.equal((await boss.sendJson(method, path, { user_id, ...fields })).status, 200);
    const refused = await accept(app, token, { username: `by-${name}` });
    assert.equal(refused.status, 404);
    assert.match(detailOf(refused), /ask another admin for a new one/);
    // Another admin takes it over.
    await afterPause(app, email);
    assert.equal((await boss.sendJson("PUT", "/invitations", { invitation_id })).status, 200);
    const renewed = await copyLink(boss, invitation_id);
    assert.equal((await accept(app, renewed, { username: `by-${name}` })).status, 201);
  }
});

appTest("in the browser of somebody else, an invitation leaves them signed in", async (app) => {
  const { token } = await invitedByLink(await inviter(app));
  const browser = await signedIn(app, await addPerson(app, "bo"));
  const session = browser.cookies().get("roster_session");
  await browser.get(`/accept_invitation?token=${token}`);
  assert.match((await browser.get("/accept_invitation")).text, /signed in as bo, and stay so/);
  const answer = await browser.postForm("/accept_invitation", CHOSEN);
  assert.deepEqual([answer.status, answer.headers.get("location")], [303, "/profile"]);
  assert.equal(browser.cookies().get("roster_session"), session);
  const { text } = await browser.get("/profile");
  assert.match(text, /The account ana is ready/);
  assert.match(text, /bo@example\.org/, "Bo stays Bo");
});

appTest("bad input to an invitation is told by field, and the link still works", async (app) => {
  await addPerson(app, "bo");
  const { token } = await invitedByLink(await inviter(app));
  const weak = await accept(app, token, { username: "bo", password: "password", password2: "x" });
  assert.equal(weak.status, 422);
  assert.deepEqual(Object.keys(JSON.parse(weak.text).errors).sort(), [
    "password",
    "password2",
    "username",
  ]);
  const browser = app.client();
  await browser.get(`/accept_invitation?token=${token}`);
  const form = await browser.postForm("/accept_invitation", { ...CHOSEN, password: "password" });
  assert.equal(form.status, 422);
  assert.match(form.text, /value="ana"/);
  assert.match(form.text, /too easy to guess/);
  assert.equal((await browser.postForm("/accept_invitation", CHOSEN)).status, 303);
});

appTest("admins see the state of each invitation, a page at a time", async (app) => {
  const admin = await inviter(app);
  const names = ["open", "expired", "accepted", "withdrawn"];
  const ids = [];
  for (const name of names) ids.push(await invitedByLink(admin, `${name}@example.org`));
  const { db } = app.services;
  await db.updateTable("invitations").set({ expires_at: new Date() })
    .where("id", "=", ids[1]!.invitation_id).execute();
  assert.equal((await accept(app, ids[2]!.token)).status, 201);
  await admin.sendJson("DELETE", "/invitations", { invitation_id: ids[3]!.invitation_id });
  const { invitations, next } = JSON.parse((await admin.getJson("/invitations")).text);
  const states = invitations.map((
    { email, state, role, invited_by }: Record<string, string>,
  ) => [email, state, role, invited_by]);
  assert.deepEqual(
    states,
    names.toReversed().map((name) => [`${name}@example.org`, name, "user", "ada"]),
  );
  assert.equal(next, null);
  for (let count = 0; count < 30; count++) {
    await db.insertInto("invitations").values({
      email: `${count}@example.org`,
      email_key: `${count}@example.org`,
      role: "user",
      invited_by_name: "ada",
      expires_at: new Date(),
    }).execute();
  }
  const first = JSON.parse((await admin.getJson("/invitations")).text);
  const second = JSON.parse((await admin.getJson(`/invitations?after=${first.next}`)).text);
  assert.deepEqual([first.invitations.length, second.invitations.length], [25, 9]);
  assert.match((await admin.get("/invitations")).text, /Newest first/);
});

appTest(
  "an invitation is forgotten with its address a while after its end",
  async (app) => {
    const admin = await inviter(app);
    const { token } = await invitedByLink(admin, "accepted@example.org");
    await accept(app, token);
    await invite(admin, "open@example.org");
    await age(app, INVITATIONS_KEPT_DAYS - 1);
    await maintain(app.services);
    assert.equal((await invitationsOf(app)).length, 2);
    await age(app, 2);
    await maintain(app.services);
    assert.deepEqual((await invitationsOf(app)).map(({ email }) => email), ["open@example.org"]);
    await age(app, 10);
    await maintain(app.services);
    assert.deepEqual(await invitationsOf(app), []);
  },
);

appTest("an admin's invitations are limited", async (app) => {
  const ada = await addAdmin(app, "ada");
  const admin = await signedIn(app, ada);
  const { invitations } = app.services.limits;
  while (await invitations.tryTake(String(ada.user_id)));
  const answer = await invite(admin);
  assert.equal(answer.status, 429);
  assert.ok(Number(answer.headers.get("retry-after")) > 0);
  assert.deepEqual(await invitationsOf(app), []);
});
