/** Common and published passwords are refused wherever one is chosen. */
import assert from "node:assert/strict";
import { dictionary } from "@zxcvbn-ts/language-common";
import { inTransaction } from "@/lib/db/transaction.ts";
import { issueOneTimeToken } from "@/lib/domain/accounts/one_time.ts";
import { setPassword } from "@/lib/domain/accounts/set_password.ts";
import { createUser } from "@/lib/domain/users/create_user.ts";
import { appTest, SETUP_TOKEN, type TestApp } from "@/tests/kit/app.ts";
import { accept, invitedByLink } from "@/tests/kit/invitations.ts";
import { addAdmin, addPerson, PASSWORD, signedIn } from "@/tests/kit/people.ts";
import { sha1Of } from "@/tests/kit/sha1.ts";
import { tempFolder } from "@/tests/kit/temp.ts";
import { register } from "./registration.ts";

const PUBLISHED = "orbit-velvet-tractor-mumble";
const UNKNOWN = "mumble-orbit-tractor-velvet";

const folder = await tempFolder();
const list = `${folder.path}/breached`;
const others = Array.from({ length: 500 }, (_, index) => String(index));
const hashes = [...others, PUBLISHED].map(sha1Of);
await Deno.writeTextFile(list, hashes.sort().map((hash, index) => `${hash}:${index}\r\n`).join(""));
Deno.test.afterAll(async () => await folder[Symbol.asyncDispose]());

/** Chooses a password. Returns what is wrong with it, or `undefined`. */
type Way = (app: TestApp, password: string) => Promise<string | undefined>;

const faultIn = ({ text }: { readonly text: string }): string | undefined =>
  JSON.parse(text).errors?.password;

const TASK = { kind: "task", name: "test" } as const;
let names = 0;
const newName = () => `person${++names}`;

const WAYS: Readonly<Record<string, Way>> = {
  "POST /register": async (app, password) => {
    const username = newName();
    const email = `${username}@example.org`;
    return faultIn(await register(app, { username, email, password, password2: password }));
  },
  "POST /change_password": async (app, password) => {
    const browser = await signedIn(app, await addPerson(app, newName()));
    const fields = { current_password: PASSWORD, password, password2: password };
    return faultIn(await browser.sendJson("POST", "/change_password", fields));
  },
  "POST /reset_password": async (app, password) => {
    const { user_id: id, email } = await addPerson(app, newName());
    const expiresAt = new Date(Date.now() + 60_000);
    const { token } = await inTransaction(
      app.services.db,
      (tx) => issueOneTimeToken(tx, { kind: "reset_password", user: { id }, email, expiresAt }),
    );
    const fields = { token, password, password2: password };
    return faultIn(await app.client().sendJson("POST", "/reset_password", fields));
  },
  "create-admin": async ({ services }, password) => {
    const username = newName();
    const account = { username, email: `${username}@example.org`, password, role: "user" } as const;
    const made = await createUser(services, TASK, account);
    return made.ok ? undefined : made.errors.password;
  },
  "users set-password": async (app, password) => {
    const { user_id } = await addPerson(app, newName());
    const set = await setPassword(app.services, TASK, { user_id, password });
    return set.ok ? undefined : set.errors.password;
  },
  // After it there is an admin.
  "POST /setup": async (app, password) => {
    const username = newName();
    const account = { username, email: `${username}@example.org`, password, password2: password };
    const browser = app.client();
    await browser.get(`/setup?token=${SETUP_TOKEN}`);
    return faultIn(await browser.sendJson("POST", "/setup", account));
  },
  "POST /accept_invitation": async (app, password) => {
    const admin = await signedIn(app, await addAdmin(app, newName()));
    const username = newName();
    const { token } = await invitedByLink(admin, `${username}@example.org`);
    return faultIn(await accept(app, token, { username, password, password2: password }));
  },
};

appTest(
  "a password of the list of breaches is refused on each way, and another is taken",
  async (app) => {
    for (const [way, choose] of Object.entries(WAYS)) {
      const fault = await choose(app, PUBLISHED);
      assert.equal(fault, "This password is known from a data breach, choose another one", way);
      assert.equal(await choose(app, UNKNOWN), undefined, way);
    }
  },
  { environment: { BREACHED_PASSWORDS_FILE: list } },
);

/** Such as people have who think of a good one. */
const COMMON = dictionary["passwords-common"].filter(({ length }) => length >= 8);

appTest(
  "a common password in any case is refused on each way, however low the score may be",
  async (app) => {
    for (const [way, choose] of Object.entries(WAYS)) {
      for (const password of ["password123", "PassWord123"]) {
        const fault = await choose(app, password);
        assert.equal(fault, "This is one of the most common passwords, choose another one", way);
      }
    }
    assert.ok(COMMON.length > 3_000, String(COMMON.length));
    const step = Math.floor(COMMON.length / 20);
    for (let sample = 0; sample < 20; sample++) {
      const password = COMMON[sample * step]!;
      assert.match(await WAYS["POST /register"]!(app, password) ?? "", /most common/, password);
    }
  },
  { environment: { PASSWORD_MIN_SCORE: "0" } },
);
