import assert from "node:assert/strict";
import { setTimeout as pause } from "node:timers/promises";
import { sql } from "kysely";
import { openDatabase } from "@/lib/db/open_database.ts";
import { inviteUser } from "@/lib/domain/accounts/invitations.ts";
import { postLetters } from "@/lib/domain/accounts/letters.ts";
import { sealAuditLog, verifyAuditLog } from "@/lib/domain/operation/audit_seals.ts";
import { stepImport, uploadImport } from "@/lib/domain/operation/user_imports.ts";
import { maintain } from "@/lib/domain/operation/maintenance.ts";
import { prepareBulk } from "@/lib/domain/users/bulk_jobs.ts";
import { inTransaction } from "@/lib/db/transaction.ts";
import { readBulkRequest } from "@/lib/shared/bulk.ts";
import { imageKey } from "@/lib/shared/images.ts";
import { insertAuditEvents } from "@/lib/repo/audit_events.ts";
import { mailAppTest, serveApp, type TestApp } from "@/tests/kit/app.ts";
import type { Fields, TestClient } from "@/tests/kit/client.ts";
import { postgresAt, postgresTest } from "@/tests/kit/databases.ts";
import { leaveRoster } from "@/tests/kit/leaving.ts";
import { type Mailbox, tokenIn } from "@/tests/kit/mailbox.ts";
import { addAdmin, addPerson, logIn, PASSWORD, type Person, signedIn } from "@/tests/kit/people.ts";
import { asServerRole } from "@/tests/kit/server_role.ts";
import { codeOf, forgetSteps } from "@/tests/kit/second_factor.ts";
import { addPasskey } from "@/tests/kit/soft_passkey.ts";
import { findTraces, listEmptyTables, type Needles } from "@/tests/kit/traces.ts";
import { redAndBlue } from "@/tests/storage/pictures.ts";

const IP = "203.0.113.77";
const EMAIL = "Quentina@Somewhere.example";
const OTHER_EMAIL = "zebulon@elsewhere.example";
const NAMES = ["quentina", "formerly.quentina", "Quentina Xylander"];
const TEXTS = [
  IP,
  EMAIL,
  OTHER_EMAIL,
  ...NAMES,
  "Xylophone Street",
  "+49 555 0199",
  "quentinas-backup",
  "Netscape",
];

const OPTIONS = {
  environment: {
    TRUST_PROXY: "127.0.0.1",
    IMPERSONATION: "on",
    EMAIL_VERIFICATION: "required",
  },
} as const;

const OPERATOR = { kind: "task", name: "test" } as const;

/** A browser of the network and kind that must not be found afterwards. */
function fromThere(app: TestApp): TestClient {
  const client = app.client();
  const send = client.send.bind(client);
  client.send = (path, init = {}) => {
    const headers = new Headers(init.headers);
    headers.set("x-forwarded-for", IP);
    headers.set("user-agent", "Mozilla/4.0 (Netscape)");
    return send(path, { ...init, headers });
  };
  return client;
}

/** Asks for a change and expects it to be made. */
async function change(
  browser: TestClient,
  method: "POST" | "PUT" | "DELETE",
  path: string,
  fields: Record<string, unknown>,
): Promise<Record<string, unknown>> {
  const answer = await browser.sendJson(method, path, fields);
  assert.ok(answer.status < 300, `${path}: ${answer.status} ${answer.text}`);
  return JSON.parse(answer.text);
}

async function letterWith(mailbox: Mailbox, path: string) {
  let letter = await mailbox.next();
  while (!letter.text.includes(path)) letter = await mailbox.next();
  return letter;
}

/** Somebody of whom every table has something, through the requests that people make. */
async function lead(app: TestApp, mailbox: Mailbox) {
  const { services } = app;
  const boss = await addAdmin(app, "boss");
  const admin = await signedIn(app, boss);
  // Somebody invited this address, before and after its owner registered.
  await inviteUser(services, OPERATOR, { email: EMAIL, role: "user" });
  const browser = fromThere(app);
  const fields: Fields = { username: "formerly.quentina", email: EMAIL, password: PASSWORD };
  await change(browser, "POST", "/register", { ...fields, password2: PASSWORD });
  const token = tokenIn(await letterWith(mailbox, "/verify_email"));
  await change(browser, "POST", "/verify_email", { token });
  await browser.sendJson("POST", "/register", {
    ...fields,
    username: "somebody.else",
    password2: PASSWORD,
  });
  await logIn(browser, "formerly.quentina", "a wrong password");
  await logIn(browser, "formerly.quentina");
  const { id: user_id } = await services.db.selectFrom("users").select("id")
    .where("username", "=", "formerly.quentina").executeTakeFirstOrThrow();
  await change(admin, "PUT", "/edit_user", { user_id, username: "quentina", role: "admin" });
  await change(admin, "PUT", "/tag_user", { user_id, tag: "quentinas-tag" });
  await change(admin, "PUT", "/write_note", {
    user_id,
    note: "Quentina lives in Xylophone Street",
  });
  await logIn(browser, "quentina");
  await nameInFile(app);
  await upload(app, browser, user_id);
  const person: Person = { user_id, username: "quentina", email: EMAIL };
  await addPasskey(app, person, browser);
  await change(browser, "POST", "/api_keys", { name: "quentinas-backup", self: "1", days: "30" });
  const { user_id: victim } = await addPerson(app, "victim");
  await change(browser, "PUT", "/update_status", { user_id: victim, status: "suspended" });
  await change(browser, "DELETE", "/delete_user", { user_id: victim });
  const { user_id: viewed } = await addPerson(app, "viewed");
  await change(browser, "PUT", "/view_as", { user_id: viewed });
  await change(browser, "PUT", "/edit_user", { user_id: viewed, bio: "changed" });
  await change(browser, "POST", "/stop_viewing", {});
  await change(browser, "POST", "/invitations", { email: "guest@example.org" });
  await change(browser, "PUT", "/edit_user", {
    user_id,
    email: OTHER_EMAIL,
    current_password: PASSWORD,
  });
  const { secret } = await change(browser, "POST", "/set_up_two_factor", {});
  const code = await codeOf(String(secret));
  await change(browser, "POST", "/set_up_two_factor", { code });
  await forgetSteps(app);
  await settle(app);
  await inTransaction(
    services.db,
    (tx) => postLetters(tx, OPERATOR, [{ about: "forgotten", to: EMAIL }]),
  );
  await sealAuditLog(services, 1_000);
  return { person, browser, proof: async () => ({ code: await codeOf(String(secret)) }) };
}

/** Somebody imports files that have the user, and chooses the user for a bulk action. */
async function nameInFile({ services }: TestApp): Promise<void> {
  const upload = async (row: string) => {
    const file = `email,username,address,website\n${row}`;
    const uploaded = await uploadImport(services, OPERATOR, new TextEncoder().encode(file));
    assert.ok(uploaded.ok);
    return uploaded.value;
  };
  const columns = { email: 0, username: 1, address: 2, website: 3 };
  const told = "quentina,Xylophone Street 1";
  // One row is read, one is refused because of another cell, and one is not read yet.
  for (const row of [`${EMAIL},${told},`, `${EMAIL},${told},nowhere`]) {
    await stepImport(services, OPERATOR, { id: await upload(row), step: "check", columns });
    await services.jobs.drain("user_import");
  }
  await upload(` ${EMAIL.toUpperCase()},${told},`);
  const request = readBulkRequest(new Map([["action", "sign_out_user"], ["filter", "q=quentina"]]));
  assert.ok(request.ok);
  await prepareBulk(services, OPERATOR, request.value);
}

async function upload(app: TestApp, browser: TestClient, user_id: number): Promise<void> {
  const form = new FormData();
  form.set("user_id", String(user_id));
  form.set("full_name", "Quentina Xylander");
  form.set("address", "Xylophone Street 1");
  form.set("phone", "+49 555 0199");
  form.set("image", new Blob([new Uint8Array(await redAndBlue("png"))]), "a.png");
  const headers = { accept: "application/json", origin: app.origin };
  const answer = await browser.send("/edit_user", { method: "PUT", headers, body: form });
  assert.equal(answer.status, 200, answer.text);
}

async function needlesOf({ services: { db } }: TestApp): Promise<Needles> {
  const { image } = await db.selectFrom("user_profiles").select("image")
    .where("image", "is not", null).executeTakeFirstOrThrow();
  const { rows } = await sql<{ hex: string }>`
    select encode(bytes, 'hex') as hex from images
  `.execute(db);
  assert.equal(rows.length, 2);
  return { texts: [...TEXTS, imageKey(image!)!], hex: rows.map(({ hex }) => hex) };
}

/** Tables that never have anything of a user, only numbers and times. */
const EMPTY = [
  "dormancy_warnings",
  "figures",
  "leases",
  "open_users",
  "user_views",
];

const KINDS = ["letter", "user_deleted", "erase_trail"] as const;

/** Sends what waits, and waits for the background. */
async function settle(app: TestApp): Promise<void> {
  const { db, jobs } = app.services;
  for (const kind of KINDS) await jobs.drain(kind);
  const waiting = await db.selectFrom("jobs").select("id").where("kind", "in", KINDS).execute();
  if (waiting.length === 0) return;
  // The background works on one of them.
  await pause(50);
  await settle(app);
}

async function assertErased(app: TestApp, { user_id }: Person, needles: Needles): Promise<void> {
  const { db } = app.services;
  assert.deepEqual(await findTraces(db, needles), []);
  assert.equal((await verifyAuditLog(app.services)).fault, null);
  const events = await db.selectFrom("audit_events").selectAll()
    .where((row) => row.or([row("target_id", "=", user_id), row("actor_id", "=", user_id)]))
    .execute();
  assert.ok(events.length > 10);
  assert.ok(events.some(({ action }) => action === "erase_user"));
  for (const { target_id, target_name, actor_id, actor_name, ip, browser, details } of events) {
    if (target_id === user_id) assert.deepEqual([target_name, details], [`user ${user_id}`, {}]);
    if (actor_id !== user_id) continue;
    assert.deepEqual([actor_name, ip, browser], [`user ${user_id}`, null, null]);
  }
}

mailAppTest("erased at once, a user is found in no table except by number", async (
  app,
  mailbox,
) => {
  const { person, browser, proof } = await lead(app, mailbox);
  const needles = await needlesOf(app);
  assert.deepEqual(await listEmptyTables(app.services.db), EMPTY);
  for (const needle of [...needles.texts, ...needles.hex]) {
    const traces = await findTraces(app.services.db, { texts: [needle], hex: [needle] });
    assert.ok(traces.length > 0, `${needle} is in a table before`);
  }
  const answer = await leaveRoster(browser, "quentina", { erase: "1" }, await proof());
  assert.equal(answer.status, 200, answer.text);
  await settle(app);
  const farewell = await letterWith(mailbox, "everything about you were erased");
  assert.equal(farewell.to.toLowerCase(), EMAIL.toLowerCase());
  await settle(app);
  await assertErased(app, person, needles);
}, { ...OPTIONS, everyDatabase: true });

mailAppTest("when the 30 days are over, a user is found in no table except by number", async (
  app,
  mailbox,
) => {
  const { person, browser, proof } = await lead(app, mailbox);
  const needles = await needlesOf(app);
  assert.equal((await leaveRoster(browser, "quentina", {}, await proof())).status, 200);
  await settle(app);
  const { db } = app.services;
  await maintain(app.services);
  assert.ok((await findTraces(db, needles)).includes("deleted_users.username: quentina"));
  await db.updateTable("deleted_users").set({ deleted_at: new Date(Date.now() - 31 * 86_400_000) })
    .where("user_id", "=", person.user_id).execute();
  await maintain(app.services);
  await settle(app);
  await assertErased(app, person, needles);
}, OPTIONS);

mailAppTest("a longer trail is erased in portions, and others keep theirs", async (app) => {
  const ana = await addPerson(app, "ana", { email_verified_at: new Date() });
  const bo = await addPerson(app, "bo");
  const { db } = app.services;
  const add = (actor_id: number, actor_name: string, count: number) =>
    insertAuditEvents(
      db,
      { action: "sign_in", actor_id, actor_name, ip: IP },
      Array(count).fill({ target_id: actor_id, target_name: actor_name, details: {} }),
    );
  await add(ana.user_id, "ana", 3_500);
  await add(bo.user_id, "bo", 1);
  const browser = await signedIn(app, ana);
  assert.equal((await leaveRoster(browser, "ana", { erase: "1" })).status, 200);
  await settle(app);
  const count = async (column: "target_name" | "ip", value: string) =>
    (await db.selectFrom("audit_events").select("id").where(column, "=", value).execute()).length;
  assert.equal(await count("target_name", "ana"), 0);
  assert.equal(await count("ip", IP), 1, "that of bo");
  assert.ok(await count("target_name", `user ${ana.user_id}`) > 3_500);
}, OPTIONS);

mailAppTest("somebody who has the address of an erased user now loses nothing", async (app) => {
  const { db } = app.services;
  const ana = await addPerson(app, "ana", { email_verified_at: new Date() });
  await leaveRoster(await signedIn(app, ana), "ana");
  await addPerson(app, "bo", { email: ana.email });
  await inviteUser(app.services, OPERATOR, { email: ana.email, role: "user" });
  await app.services.jobs.drain("letter");
  await db.updateTable("deleted_users").set({ deleted_at: new Date(0) }).execute();
  await maintain(app.services);
  await settle(app);
  assert.deepEqual(await db.selectFrom("deleted_users").select("user_id").execute(), []);
  const invited = await db.selectFrom("audit_events").select("target_name")
    .where("action", "=", "invite_user").execute();
  assert.deepEqual(invited, [{ target_name: ana.email }]);
}, OPTIONS);

postgresTest("the server role erases the trail of nobody who exists or can be restored", async (
  { url },
) => {
  const database = await openDatabase(postgresAt(await asServerRole(url)));
  try {
    await using app = await serveApp({ ...database, url });
    const { db } = app.services;
    const ana = await addPerson(app, "ana");
    const bo = await addPerson(app, "bo");
    const erase = (id: number) =>
      inTransaction(db, (tx) => sql`select erase_audit_events(${id}, 10)`.execute(tx));
    await assert.rejects(erase(ana.user_id), { code: "42501" });
    await leaveRoster(await signedIn(app, ana), "ana");
    await assert.rejects(erase(ana.user_id), { code: "42501" });
    await leaveRoster(await signedIn(app, bo), "bo", { erase: "1" });
    await settle(app);
    const { rows } = await sql<{ name: string }>`
      select distinct target_name as name from audit_events order by 1
    `.execute(db);
    assert.deepEqual(rows.map(({ name }) => name), ["ana", `user ${bo.user_id}`]);
    // Another role may not call it at all.
    await sql`select 1`.execute(db);
    const { rows: [found] } = await sql<{ open: boolean }>`
      select has_function_privilege('public', 'erase_audit_events(bigint, integer)', 'execute')
        as open
    `.execute(db);
    assert.equal(found!.open, false);
  } finally {
    await database.close();
  }
});
