import assert from "node:assert/strict";
import { sql } from "kysely";
import { appTest, type TestApp } from "@/tests/kit/app.ts";
import { programOf } from "@/tests/kit/api_keys.ts";
import type { TestClient } from "@/tests/kit/client.ts";
import { databaseTest } from "@/tests/kit/databases.ts";
import { watchEventLoop } from "@/tests/kit/loop_watch.ts";
import { accountOf, addAdmin, addPerson, signedIn } from "@/tests/kit/people.ts";
import { ageProofs, turnOn } from "@/tests/kit/second_factor.ts";
import { readZip } from "@/tests/kit/zip.ts";
import { redAndBlue } from "@/tests/storage/pictures.ts";

/** Where each column is in the download, as `file: member`, or why it is not. */
const COLUMNS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  users: {
    id: "account.json: user_id",
    username: "account.json: username",
    username_key: "derived",
    username_look: "derived",
    email: "account.json: email",
    email_key: "derived",
    new_email: "account.json: new_email",
    password_hash: "secret",
    role: "account.json: role",
    status: "account.json: status",
    status_reason: "words of an admin, for admins",
    suspended_until: "account.json: suspended_until",
    failed_logins: "account.json: failed_logins",
    locked_until: "account.json: locked_until",
    email_verified_at: "account.json: email_verified_at",
    last_login_at: "account.json: last_login_at",
    created_at: "account.json: created_at",
    updated_at: "account.json: updated_at",
    version: "account.json: version",
  },
  former_usernames: { name_key: "account.json: former_usernames", user_id: "key" },
  held_usernames: {
    id: "key",
    username_key: "derived",
    look: "derived",
    user_id: "key",
    created_at: "of the registration, which history.json has",
  },
  user_profiles: {
    user_id: "key",
    full_name: "profile.json: full_name",
    bio: "profile.json: bio",
    address: "profile.json: address",
    zipcode: "profile.json: zipcode",
    phone: "profile.json: phone",
    email: "profile.json: contact_email",
    website: "profile.json: website",
    image: "profile.json: image",
    created_at: "profile.json: created_at",
    updated_at: "profile.json: updated_at",
    version: "profile.json: version",
  },
  user_search: { user_id: "key", text: "derived", grams: "derived" },
  user_tags: { user_id: "words of admins, for admins", tag: "words of admins, for admins" },
  user_notes: {
    id: "words of admins, for admins",
    user_id: "words of admins, for admins",
    author_id: "another user",
    text: "words of admins, for admins",
    at: "words of admins, for admins",
  },
  sessions: {
    id: "sessions.json: session_id",
    user_id: "key",
    token_hash: "secret",
    ip: "sessions.json: ip",
    user_agent: "sessions.json: browser",
    created_at: "sessions.json: created_at",
    last_seen_at: "sessions.json: last_seen_at",
    proven_at: "history.json has it",
    proven_by: "history.json has it",
    proven_for: "of a few minutes",
    viewing_user_id: "another user",
    viewing_until: "another user",
  },
  devices: {
    id: "key",
    user_id: "key",
    token_hash: "secret",
    browser: "browsers.json: browser",
    ip: "browsers.json: ip",
    failed_logins: "browsers.json: failed_logins",
    first_login_at: "browsers.json: first_login_at",
    last_login_at: "browsers.json: last_login_at",
    trusted_until: "browsers.json: trusted_until",
  },
  api_keys: {
    id: "api_keys.json: key_id",
    user_id: "key",
    name: "api_keys.json: name",
    prefix: "api_keys.json: prefix",
    token_hash: "secret",
    scopes: "api_keys.json: scopes",
    created_at: "api_keys.json: created_at",
    expires_at: "api_keys.json: expires_at",
    last_used_at: "api_keys.json: last_used_at",
    last_ip: "api_keys.json: last_ip",
  },
  passkeys: {
    id: "passkeys.json: passkey_id",
    user_id: "key",
    credential_id: "secret",
    public_key: "secret",
    counter: "of the authenticator",
    transports: "of the authenticator",
    name: "passkeys.json: name",
    synced: "passkeys.json: synced",
    created_at: "passkeys.json: created_at",
    last_used_at: "passkeys.json: last_used_at",
  },
  second_factors: {
    user_id: "key",
    secret: "secret",
    new_secret: "secret",
    used_step: "secret",
    wrong_codes: "second_factor.json: wrong_codes",
    locked_until: "second_factor.json: locked_until",
    turned_on_at: "second_factor.json: turned_on_at",
    codes_stored_at: "second_factor.json: codes_stored_at",
  },
  recovery_codes: { user_id: "key", code_hash: "secret" },
  invitations: {
    id: "key",
    email: "another person",
    email_key: "derived",
    role: "invitations.json: role",
    invited_by: "invitations.json: way",
    invited_by_name: "another user",
    token_hash: "secret",
    revision: "of the link",
    created_at: "invitations.json: created_at",
    expires_at: "invitations.json: expires_at",
    accepted_at: "invitations.json: accepted_at",
    accepted_by: "another user",
    withdrawn_at: "invitations.json: withdrawn_at",
  },
  jobs: {
    id: "key",
    kind: "work of the server",
    user_id: "key",
    subject: "work of the server",
    payload: "waiting_emails.json: about",
    revision: "work of the server",
    created_at: "waiting_emails.json: created_at",
    run_at: "work of the server",
    attempts: "work of the server",
    leased_until: "work of the server",
    expires_at: "work of the server",
    last_error: "work of the server",
  },
  audit_events: {
    id: "history.json: id",
    at: "history.json: at",
    request_id: "of the log",
    actor_id: "another user, or key",
    actor_name: "another user, or the own name",
    real_actor_id: "another user",
    real_actor_name: "another user",
    action: "history.json: action",
    target_id: "key",
    target_name: "account.json has it",
    ip: "history.json: ip",
    browser: "history.json: browser",
    details: "history.json: text",
  },
  dormancy_warnings: {
    user_id: "key",
    warned_at: "history.json has it",
    reminded_at: "history.json has it",
  },
  open_users: {
    user_id: "key",
    viewer_id: "another user",
    opened_at: "of use for minutes",
    seen_at: "of use for minutes",
  },
  bulk_jobs: {
    id: "work of an admin",
    action: "work of an admin",
    input: "work of an admin",
    undoes: "work of an admin",
    by_id: "work of an admin",
    source: "of the admin's request, which history.json has",
    state: "work of an admin",
    reached: "work of an admin",
    created_at: "work of an admin",
    started_at: "work of an admin",
    ended_at: "work of an admin",
  },
  bulk_items: {
    job_id: "key",
    user_id: "key",
    state: "history.json has it",
    reason: "work of an admin",
    entry: "key",
  },
  user_views: {
    id: "key",
    owner_id: "key",
    name: "of an admin's work, on /user_views",
    query: "of an admin's work, on /user_views",
    saved_at: "of an admin's work, on /user_views",
  },
  undo_log: {
    entry: "key",
    user_id: "key",
    action: "history.json has it",
    at: "history.json has it",
    before: "earlier values, kept for a while to take a slip back",
    after: "account.json and profile.json, and earlier values",
    undone_at: "history.json has it",
  },
  deleted_users: {
    user_id: "of users who are gone",
    username: "of users who are gone",
    email: "of users who are gone",
    snapshot: "of users who are gone",
    deleted_at: "of users who are gone",
    deleted_by: "of users who are gone",
    deleted_by_id: "of users who are gone",
  },
  one_time_tokens: {
    id: "key",
    kind: "history.json says what was asked for",
    user_id: "key",
    deleted_user_id: "of users who are gone",
    email: "account.json has it",
    token_hash: "secret",
    code_hash: "secret",
    code_expires_at: "of a link",
    tries: "of a link",
    password_hash: "secret",
    created_at: "of a link",
    expires_at: "of a link",
  },
  images: {
    name: "profile.json has it",
    bytes: "picture.webp",
    state: "work of the server",
    changed_at: "work of the server",
  },
  audit_salts: {
    event_id: "of the log",
    actor: "a secret or a hash",
    real_actor: "a secret or a hash",
    target: "a secret or a hash",
    details: "a secret or a hash",
    origin: "a secret or a hash",
  },
  audit_seals: {
    id: "of the log",
    sealed_at: "of the log",
    complete_at: "of the log",
    last_id: "of the log",
    settled_id: "of the log",
    entries: "hashes",
    hash: "a hash",
  },
  figures: {
    name: "of nobody",
    period: "of nobody",
    start: "of nobody",
    count: "of nobody",
    made_at: "of nobody",
  },
  user_imports: {
    id: "key",
    by_id: "an admin's file, kept for a day",
    source: "an admin's file, kept for a day",
    header: "an admin's file, kept for a day",
    columns: "an admin's file, kept for a day",
    state: "work of the server",
    created_at: "an admin's file, kept for a day",
  },
  user_import_rows: {
    import_id: "key",
    line: "an admin's file, kept for a day",
    cells: "an admin's file, kept for a day",
    outcome: "an admin's file, kept for a day",
    reason: "an admin's file, kept for a day",
    email_key: "an admin's file, kept for a day",
    name_look: "an admin's file, kept for a day",
    link: "an admin's file, kept for a day",
  },
  leases: { name: "work of the server", expires_at: "work of the server" },
  rate_limits: { key: "a hash", full_at: "of a hash" },
};

databaseTest("every column is in the download, or left out with a reason", async ({ db }) => {
  const { rows } = await sql<{ table: string; column: string }>`
    select c.table_name as "table", c.column_name as "column"
    from information_schema.columns c
    join information_schema.tables t using (table_schema, table_name)
    where c.table_schema = current_schema() and t.table_type = 'BASE TABLE'
      and c.table_name not like 'kysely%'
  `.execute(db);
  const listed = Object.entries(COLUMNS)
    .flatMap(([table, columns]) => Object.keys(columns).map((column) => `${table}.${column}`));
  assert.deepEqual(
    listed.sort(),
    rows.map(({ table, column }) => `${table}.${column}`).sort(),
  );
});

/** Downloads as a script does, without the check of a text. */
async function download(app: TestApp, browser: TestClient): Promise<Map<string, string>> {
  const cookie = [...browser.cookies()].map(([name, value]) => `${name}=${value}`).join("; ");
  const response = await fetch(`${app.origin}/download_data`, {
    method: "POST",
    headers: { cookie, "sec-fetch-site": "same-origin", "content-type": "application/json" },
    body: "{}",
  });
  const bytes = new Uint8Array(await response.arrayBuffer());
  assert.equal(response.status, 200, new TextDecoder().decode(bytes));
  assert.equal(response.headers.get("content-type"), "application/zip");
  assert.equal(
    response.headers.get("content-disposition"),
    'attachment; filename="roster-data.zip"',
  );
  return readZip(bytes);
}

appTest("the download has account, profile, picture, sessions, keys and history", async (app) => {
  const ana = await addPerson(app, "ana");
  const boss = await signedIn(app, await addAdmin(app, "bossy.mcboss"));
  await boss.sendJson("PUT", "/edit_user", { user_id: ana.user_id, bio: "Compilers" });
  const { browser } = await turnOn(app, ana);
  const form = new FormData();
  form.set("user_id", String(ana.user_id));
  form.set("image", new Blob([new Uint8Array(await redAndBlue("png"))]), "a.png");
  const headers = { accept: "application/json", origin: app.origin };
  await browser.send("/edit_user", { method: "PUT", headers, body: form });
  const { token } = await programOf(app, ana);
  const files = await download(app, browser);
  const member = (name: string) => JSON.parse(files.get(name)!);
  assert.equal(member("account.json").username, "ana");
  assert.equal(member("profile.json").bio, "Compilers");
  assert.match(files.get("picture.webp")!, /^RIFF....WEBP/s);
  assert.equal(member("sessions.json").length, 2);
  assert.equal(member("api_keys.json")[0].name, "backup");
  assert.ok(member("second_factor.json").turned_on_at);
  assert.ok(
    member("history.json").some(({ text }: { text: string }) => text === "Was edited by an admin"),
  );
  assert.match(files.get("README.txt")!, /What Roster has stored about ana/);
  for (const place of Object.values(COLUMNS).flatMap((columns) => Object.values(columns))) {
    const [, file, name] = /^(\S+\.json): (\w+)$/.exec(place) ?? [];
    const value = file && member(file);
    const one = Array.isArray(value) ? value[0] : value;
    if (file && one) assert.ok(Object.hasOwn(one, name!), place);
  }
  const { password_hash } = await accountOf(app, ana);
  const { rows } = await sql<{ secret: string }>`
    select token_hash as secret from sessions union select token_hash from api_keys
    union select code_hash from recovery_codes union select secret from second_factors
  `.execute(app.services.db);
  const everything = [...files.values()].join("\n");
  const secrets = [password_hash, token, ...rows.map(({ secret }) => secret), "bossy.mcboss"];
  for (const secret of secrets) assert.equal(everything.includes(secret), false, secret);
});

appTest("the data is downloaded once an hour, after a fresh proof", async (app) => {
  const ana = await addPerson(app, "ana");
  const browser = await signedIn(app, ana);
  await ageProofs(app, 16);
  const stale = await browser.sendJson("POST", "/download_data", {});
  assert.deepEqual([stale.status, JSON.parse(stale.text).next], [403, "/step_up"]);
  assert.equal((await browser.get("/download_data")).status, 303);
  await ageProofs(app, 0);
  await download(app, browser);
  const again = await browser.sendJson("POST", "/download_data", {});
  assert.equal(again.status, 429);
  assert.ok(Number(again.headers.get("retry-after")) > 3_000);
  assert.equal((await browser.postForm("/download_data", {})).status, 429);
  await download(app, await signedIn(app, await addPerson(app, "bo")));
});

appTest(
  "a history of 20,000 entries is whole, and neither the event loop nor the memory is full of it",
  async (app) => {
    const { user_id } = await addPerson(app, "ana");
    await sql`
      insert into audit_events (actor_id, actor_name, action, target_id, target_name, ip, details)
      select ${user_id}, 'ana', 'sign_in', ${user_id}, 'ana', '192.0.2.1', '{}'
      from generate_series(1, 20000)
    `.execute(app.services.db);
    const browser = await signedIn(app, { user_id, username: "ana", email: "" });
    const watch = watchEventLoop();
    const heaps: number[] = [Deno.memoryUsage().heapUsed];
    const timer = setInterval(() => heaps.push(Deno.memoryUsage().heapUsed), 50);
    const files = await download(app, browser);
    clearInterval(timer);
    const longest = watch.takeLongest();
    watch.stop();
    const history = JSON.parse(files.get("history.json")!) as { id: number }[];
    assert.ok(history.length >= 20_001);
    assert.equal(new Set(history.map(({ id }) => id)).size, history.length);
    assert.ok(longest < 100, `the event loop was held for ${longest} ms`);
    const grown = (Math.max(...heaps) - heaps[0]!) / 2 ** 20;
    assert.ok(grown < 100, `the heap grew by ${grown} MiB`);
  },
);
