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

type Places = Readonly<Record<string, string>>;

/** Columns that are left out for the same reason. */
const are = (why: string, columns: string): Places =>
  Object.fromEntries(columns.split(" ").map((column) => [column, why]));

/** Columns that a file of the download has by their names. */
const inFile = (file: string, columns: string): Places =>
  Object.fromEntries(columns.split(" ").map((column) => [column, `${file}: ${column}`]));

/** Where each column is in the download, as `file: member`, or why it is not. */
const COLUMNS: Readonly<Record<string, Places>> = {
  users: {
    id: "account.json: user_id",
    ...inFile("account.json", "username email new_email email_verified_at role version"),
    ...inFile("account.json", "status suspended_until failed_logins locked_until"),
    ...inFile("account.json", "last_login_at created_at updated_at"),
    ...are("derived", "username_key username_look email_key"),
    password_hash: "secret",
    status_reason: "words of an admin, for admins",
  },
  former_usernames: { name_key: "account.json: former_usernames", user_id: "key" },
  held_usernames: {
    id: "key",
    user_id: "key",
    username_key: "derived",
    look: "derived",
    created_at: "of the registration, which history.json has",
  },
  user_profiles: {
    user_id: "key",
    ...inFile(
      "profile.json",
      "full_name bio address zipcode phone website image created_at updated_at version",
    ),
    email: "profile.json: contact_email",
  },
  user_search: { user_id: "key", text: "derived", grams: "derived" },
  user_tags: are("words of admins, for admins", "user_id tag"),
  user_notes: {
    ...are("words of admins, for admins", "id user_id text at"),
    author_id: "another user",
  },
  sessions: {
    id: "sessions.json: session_id",
    user_id: "key",
    token_hash: "secret",
    ...inFile("sessions.json", "ip created_at last_seen_at"),
    user_agent: "sessions.json: browser",
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
    ...inFile(
      "browsers.json",
      "browser ip failed_logins first_login_at last_login_at trusted_until",
    ),
  },
  api_keys: {
    id: "api_keys.json: key_id",
    user_id: "key",
    ...inFile("api_keys.json", "name prefix scopes created_at expires_at last_used_at last_ip"),
    token_hash: "secret",
  },
  passkeys: {
    id: "passkeys.json: passkey_id",
    user_id: "key",
    credential_id: "secret",
    public_key: "secret",
    counter: "of the authenticator",
    transports: "of the authenticator",
    ...inFile("passkeys.json", "name synced created_at last_used_at"),
  },
  second_factors: {
    user_id: "key",
    ...are("secret", "secret new_secret used_step"),
    ...inFile("second_factor.json", "wrong_codes locked_until turned_on_at codes_stored_at"),
  },
  recovery_codes: { user_id: "key", code_hash: "secret" },
  invitations: {
    id: "key",
    email: "another person",
    email_key: "derived",
    ...inFile("invitations.json", "role created_at expires_at accepted_at withdrawn_at"),
    invited_by: "invitations.json: way",
    invited_by_name: "another user",
    accepted_by: "another user",
    token_hash: "secret",
    revision: "of the link",
  },
  jobs: {
    id: "key",
    user_id: "key",
    ...are(
      "work of the server",
      "kind subject revision run_at attempts leased_until expires_at last_error",
    ),
    payload: "waiting_emails.json: about",
    created_at: "waiting_emails.json: created_at",
  },
  audit_events: {
    ...inFile("history.json", "id at action ip browser"),
    request_id: "of the log",
    actor_id: "another user, or key",
    actor_name: "another user, or the own name",
    real_actor_id: "another user",
    real_actor_name: "another user",
    target_id: "key",
    target_name: "account.json has it",
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
    ...are(
      "work of an admin",
      "id action input undoes by_id state reached counts created_at started_at ended_at",
    ),
    source: "of the admin's request, which history.json has",
  },
  bulk_items: {
    ...are("key", "job_id user_id entry"),
    state: "history.json has it",
    reason: "work of an admin",
  },
  user_views: {
    id: "key",
    owner_id: "key",
    ...are("of an admin's work, on /user_views", "name query saved_at"),
  },
  undo_log: {
    entry: "key",
    user_id: "key",
    ...are("history.json has it", "action at undone_at"),
    before: "earlier values, kept for a while to take a slip back",
    after: "account.json and profile.json, and earlier values",
  },
  deleted_users: are(
    "of users who are gone",
    "user_id username email snapshot deleted_at deleted_by deleted_by_id",
  ),
  one_time_tokens: {
    id: "key",
    user_id: "key",
    kind: "history.json says what was asked for",
    deleted_user_id: "of users who are gone",
    email: "account.json has it",
    ...are("secret", "token_hash code_hash password_hash"),
    ...are("of a link", "code_expires_at tries created_at expires_at"),
  },
  images: {
    name: "profile.json has it",
    bytes: "picture.webp",
    state: "work of the server",
    changed_at: "work of the server",
  },
  audit_salts: {
    event_id: "of the log",
    ...are("a secret or a hash", "actor real_actor target details origin"),
  },
  audit_seals: {
    ...are("of the log", "id sealed_at complete_at last_id settled_id"),
    entries: "hashes",
    hash: "a hash",
  },
  figures: are("of nobody", "name period start count made_at"),
  user_imports: {
    id: "key",
    ...are("an admin's file, kept for a day", "by_id source header columns created_at"),
    state: "work of the server",
  },
  user_import_rows: {
    import_id: "key",
    ...are("an admin's file, kept for a day", "line cells outcome reason email_key name_look link"),
  },
  leases: are("work of the server", "name expires_at"),
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
