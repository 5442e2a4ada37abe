import assert from "node:assert/strict";
import { dirname, join } from "node:path";
import { sql } from "kysely";
import pino from "pino";
import { hashToken } from "@/lib/crypto/token.ts";
import type { Db } from "@/lib/db/database.ts";
import { mailAppTest } from "@/tests/kit/app.ts";
import { codeIn, type Mailbox, tokenIn } from "@/tests/kit/mailbox.ts";
import { accept, INVITED, invitedByLink } from "@/tests/kit/invitations.ts";
import { addAdmin, addPerson, logIn, PASSWORD, signedIn } from "@/tests/kit/people.ts";
import { postgres } from "@/tests/kit/programs.ts";
import { addPasskey, ask, signInWith } from "@/tests/kit/soft_passkey.ts";
import { collectSecrets, type Secrets } from "@/tests/kit/secrets.ts";
import { afterPassword, codeOf, sendCode, turnOn } from "@/tests/kit/second_factor.ts";
import { GRACE, register } from "./registration.ts";

const VERIFIED = { email_verified_at: new Date() };
const BERND = "bernd@example.org";
const WRONG = "nine yellow umbrellas";
const CHOSEN = "twelve green lanterns";
const NEW_PASSWORDS = { password: CHOSEN, password2: CHOSEN };

let lines: string[] = [];
const logged = {
  adapt: () => {
    lines = [];
    return { log: pino({ level: "debug" }, { write: (line: string) => lines.push(line) }) };
  },
};

/** Waits for an e-mail with a link to an address, and notes its secrets. */
async function letterTo(mailbox: Mailbox, { add }: Secrets, to: string) {
  for (;;) {
    const letter = await mailbox.next();
    const [token, code] = [tokenIn(letter), codeIn(letter)];
    add(token, code, code.replace("-", ""));
    if (letter.to === to && token !== "") return { token, code };
  }
}

/** Uses everything that has a secret. */
async function walk(secrets: Secrets, mailbox: Mailbox): Promise<Record<string, string>> {
  const { app } = secrets;
  // Registration, by code and by link.
  assert.equal((await register(app)).status, 201);
  const { code } = await letterTo(mailbox, secrets, GRACE.email);
  const confirmed = { email: GRACE.email, code };
  assert.equal((await app.client().sendJson("POST", "/verify_email", confirmed)).status, 200);
  assert.equal((await register(app, { username: "bernd", email: BERND })).status, 201);
  const { token } = await letterTo(mailbox, secrets, BERND);
  assert.equal((await app.client().sendJson("POST", "/verify_email", { token })).status, 200);
  // Sign-in, forgotten and changed passwords.
  assert.equal((await logIn(app.client(), "grace", WRONG)).status, 401);
  assert.equal((await logIn(app.client(), "grace")).status, 200);
  await app.client().sendJson("POST", "/forgot_password", { email: BERND });
  const reset = await letterTo(mailbox, secrets, BERND);
  const fields = { token: reset.token, ...NEW_PASSWORDS };
  assert.equal((await app.client().sendJson("POST", "/reset_password", fields)).status, 200);
  // An admin's account with two factors, a recovery code and an API key.
  const ada = await addAdmin(app, "ada");
  await app.services.db.updateTable("users").set(VERIFIED).where("id", "=", ada.user_id).execute();
  const factor = await turnOn(app, ada);
  assert.equal(
    (await sendCode(await afterPassword(app, ada), await codeOf(factor.secret))).status,
    200,
  );
  const recovering = await afterPassword(app, ada);
  assert.equal((await sendCode(recovering, factor.codes[0]!)).status, 200);
  const made = await factor.browser.sendJson("POST", "/api_keys", {
    name: "backup",
    self: "1",
    days: "30",
  });
  assert.equal(made.status, 201, made.text);
  // A passkey, added and used.
  const { passkey } = await addPasskey(app, ada, factor.browser);
  secrets.add(passkey.privatePart);
  const question = await ask(app.client(), "/passkey_login");
  assert.equal((await signInWith(app.client(), passkey)).status, 200);
  // An invitation, by e-mail and by a copied link.
  const invited = await invitedByLink(factor.browser);
  assert.equal((await accept(app, invited.token)).status, 201);
  // Another address, and the notice to the old one.
  const cleo = await addPerson(app, "cleo", VERIFIED);
  const browser = await signedIn(app, cleo);
  const edit = { user_id: cleo.user_id, email: "new@example.org", current_password: PASSWORD };
  assert.equal((await browser.sendJson("PUT", "/edit_user", edit)).status, 200);
  const moved = await letterTo(mailbox, secrets, edit.email);
  const { status } = await app.client().sendJson("POST", "/change_email", { token: moved.token });
  assert.equal(status, 200);
  return {
    "the secret of an authenticator": factor.secret,
    "a recovery code": factor.codes[1]!,
    "an API key": JSON.parse(made.text).token,
    "a challenge of a passkey": question.challenge,
    "the private part of a passkey": passkey.privatePart,
    "an invitation": invited.token,
  };
}

/** Reads the files of all tables and indexes, in which deleted rows are still to be found. */
async function filesOf(db: Db): Promise<string> {
  await sql`checkpoint`.execute(db);
  const { rows } = await sql<{ content: Uint8Array }>`
    select pg_read_binary_file(pg_relation_filepath(c.oid), 0, pg_relation_size(c.oid)) as content
    from pg_class c where c.relkind in ('r', 'i', 't') and c.oid >= 16384
      and pg_relation_size(c.oid) > 0`.execute(db);
  const latin1 = new TextDecoder("latin1");
  return rows.map(({ content }) => latin1.decode(content)).join("\n");
}

/** Reads the log of changes to the embedded database. On PostgreSQL all tests have one. */
async function writeAheadLog(db: Db): Promise<string> {
  const { rows } = await sql<{ content: Uint8Array }>`
    select pg_read_binary_file('pg_wal/' || name) as content from pg_ls_waldir()`.execute(db);
  const latin1 = new TextDecoder("latin1");
  return rows.map(({ content }) => latin1.decode(content)).join("\n");
}

/** Dumps a PostgreSQL database as an operator does. */
async function dumpOf(url: string): Promise<string> {
  const program = join(dirname(postgres.find()!), "pg_dump");
  const { stdout, stderr, success } = await new Deno.Command(program, { args: ["--dbname", url] })
    .output();
  assert.ok(success, new TextDecoder().decode(stderr));
  return new TextDecoder().decode(stdout);
}

mailAppTest(
  "no secret that was used is in a file, the dump or the log of the database, or in the log",
  async (app, mailbox) => {
    const secrets = collectSecrets(app);
    const kinds = await walk(secrets, mailbox);
    const all = secrets.all();
    for (const [kind, secret] of Object.entries(kinds)) assert.ok(all.includes(secret), kind);
    assert.ok(all.length > 30, `${all.length} secrets`);
    for (const known of [PASSWORD, WRONG, CHOSEN]) assert.ok(all.includes(known));
    const files = await filesOf(app.services.db);
    const log = lines.join("\n");
    const { url } = app.database;
    const copy = url === undefined ? await writeAheadLog(app.services.db) : await dumpOf(url);
    assert.ok(copy.includes("grace@example.org"));
    // What is looked for would be found.
    for (const present of [INVITED, "grace@example.org"]) assert.ok(files.includes(present));
    const session =
      (await app.services.db.selectFrom("sessions").select("token_hash").execute())[0];
    assert.ok(files.includes(session!.token_hash));
    assert.match(log, /"path":"\/reset_password"/);
    for (const secret of all) {
      assert.equal(files.includes(secret), false, `${secret} is in the database`);
      assert.equal(log.includes(secret), false, `${secret} is in the log`);
      assert.equal(copy.includes(secret), false, `${secret} is in the dump or the log of changes`);
    }
    const digits = secrets.sixDigits();
    assert.ok(digits.length >= 1);
    for (const code of digits) {
      // Fractions of seconds have six digits, too.
      const found = new RegExp(`(?<![.\\d])${code}(?!\\d)`);
      assert.doesNotMatch(log, found);
      if (url !== undefined) assert.doesNotMatch(copy, found);
    }
    assert.equal(hashToken(all[0]!).length, session!.token_hash.length);
  },
  { ...logged, everyDatabase: true },
);
