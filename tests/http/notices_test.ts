/** Every e-mail that tells an owner of a change goes through one table. */
import assert from "node:assert/strict";
import type { LetterName } from "@/lib/mail/letters.ts";
import { mailAppTest, type TestApp } from "@/tests/kit/app.ts";
import type { Answer, TestClient } from "@/tests/kit/client.ts";
import type { Mailbox } from "@/tests/kit/mailbox.ts";
import { addAdmin, addPerson, PASSWORD, type Person, signedIn } from "@/tests/kit/people.ts";
import { afterPassword, prove, sendCode, turnOn } from "@/tests/kit/second_factor.ts";
import { addPasskey } from "@/tests/kit/soft_passkey.ts";

/** E-mails that answer a request, or tell of what others did elsewhere. */
type NoNotice =
  | "verify_email"
  | "already_registered"
  | "reset_password"
  | "reset_suspended"
  | "no_account"
  | "confirm_new_email"
  | "new_email_taken"
  | "invitation"
  | "invited_has_account"
  | "invitation_accepted"
  | "account_locked"
  | "second_step_locked"
  | "new_sign_in"
  | "activity_disowned"
  | "dormant_first"
  | "dormant_last"
  | "erased";

interface Scene {
  readonly app: TestApp;
  readonly ana: Person;
  /** The browser of an admin, who has proven who it is. */
  readonly admin: TestClient;
}

interface Change {
  /** Makes the change, and returns its answer. */
  readonly make: (scene: Scene) => Promise<Answer>;
  /** Words of the e-mail. */
  readonly words: RegExp;
}

const KEY = { name: "Backup", self: "1", days: "30" };

const NEW_PASSWORD = "twelve green lanterns";

/** A change that the owner makes in a browser that is signed in. */
const own = (
  method: "POST" | "PUT" | "DELETE",
  path: string,
  fields: object,
): Change["make"] =>
async ({ app, ana }) => await (await signedIn(app, ana)).sendJson(method, path, fields);

const byAdmin = (path: string, fields: object): Change["make"] => ({ admin, ana }) =>
  admin.sendJson("PUT", path, { user_id: ana.user_id, ...fields });

/** The compiler asks for a row for each notice. */
const CHANGES: Readonly<Record<Exclude<LetterName, NoNotice>, Change>> = {
  password_changed: {
    make: own("POST", "/change_password", {
      current_password: PASSWORD,
      password: NEW_PASSWORD,
      password2: NEW_PASSWORD,
    }),
    words: /The password .* was changed/,
  },
  password_removed: {
    make: async ({ app, ana }) => {
      const { browser } = await addPasskey(app, ana);
      return await browser.sendJson("POST", "/remove_password", {});
    },
    words: /The password .* was removed/,
  },
  email_moving: {
    make: async ({ app, ana }) =>
      (await signedIn(app, ana)).sendJson("PUT", "/edit_user", {
        user_id: ana.user_id,
        email: "moved@example.com",
        current_password: PASSWORD,
      }),
    words: /address .* is being changed/,
  },
  email_changed: {
    make: byAdmin("/edit_user", { email: "changed@example.com" }),
    words: /An admin has changed the e-mail address/,
  },
  two_factor_on: {
    make: async ({ app, ana }) => (await turnOn(app, ana)).browser.getJson("/security"),
    words: /now asks for a code/,
  },
  two_factor_off: {
    make: async ({ app, ana }) => {
      const { browser } = await turnOn(app, ana);
      return await browser.sendJson("POST", "/turn_off_two_factor", {});
    },
    words: /second factor .* was removed/,
  },
  two_factor_reset: {
    make: async (scene) => {
      await turnOn(scene.app, scene.ana);
      return await byAdmin("/reset_two_factor", {})(scene);
    },
    words: /all passkeys .* were removed/,
  },
  passkey_added: {
    make: async ({ app, ana }) => (await addPasskey(app, ana)).browser.getJson("/passkeys"),
    words: /A passkey was added/,
  },
  passkey_removed: {
    make: async ({ app, ana }) => {
      const { browser, passkey_id } = await addPasskey(app, ana);
      return await browser.sendJson("DELETE", "/passkeys", { passkey_id });
    },
    words: /A passkey .* was removed/,
  },
  recovery_code_used: {
    make: async ({ app, ana }) => {
      const { codes } = await turnOn(app, ana);
      return await sendCode(await afterPassword(app, ana), codes[0]!);
    },
    words: /A recovery code .* was used/,
  },
  recovery_codes_new: {
    make: async ({ app, ana }) =>
      (await turnOn(app, ana)).browser.sendJson("POST", "/recovery_codes", {}),
    words: /New recovery codes were made/,
  },
  api_key_made: { make: own("POST", "/api_keys", KEY), words: /An API key was made/ },
  api_keys_ended: {
    make: async ({ app, ana }) => {
      const browser = await signedIn(app, ana);
      const made = await browser.sendJson("POST", "/api_keys", KEY);
      const { key_id } = JSON.parse(made.text).api_key;
      return await browser.sendJson("DELETE", "/api_keys", { key_id });
    },
    words: /API keys .* were ended/,
  },
  role_changed: { make: byAdmin("/edit_user", { role: "admin" }), words: /changed to admin/ },
  suspended: { make: byAdmin("/update_status", { status: "suspended" }), words: /was suspended/ },
  activated: {
    make: async (scene) => {
      await byAdmin("/update_status", { status: "suspended" })(scene);
      return await byAdmin("/update_status", { status: "active" })(scene);
    },
    words: /is active again/,
  },
  left: {
    make: async ({ app, ana }) => {
      const browser = await signedIn(app, ana);
      await prove(browser, "/leave");
      return await browser.sendJson("POST", "/leave", { username: ana.username });
    },
    words: /was deleted from within/,
  },
  deleted: {
    make: ({ admin, ana }) => admin.sendJson("DELETE", "/delete_user", { user_id: ana.user_id }),
    words: /was deleted/,
  },
};

mailAppTest(
  "each change is told to the owner: what, when and from where, and no link signs in",
  async (app, mailbox) => {
    const admin = await signedIn(app, await addAdmin(app));
    for (const [letter, { make, words }] of Object.entries(CHANGES)) {
      const ana = await addPerson(app, letter, { email_verified_at: new Date() });
      const answer = await make({ app, ana, admin });
      assert.ok([200, 201].includes(answer.status), `${letter}: ${answer.status} ${answer.text}`);
      const text = await letterTo(ana, words, mailbox);
      assert.ok(text.includes(`account ${letter}`), `${letter} names the account`);
      assert.match(text, /on \d+ \w+ \d{4} at \d\d:\d\d UTC, with \w.*, from 127\.0\.0\.1/);
      for (const [url] of text.matchAll(/http:[^\s"<>]+/g)) {
        const { pathname, search } = new URL(url);
        const reader = app.client();
        await reader.get(pathname + search);
        assert.equal((await reader.getJson("/profile")).status, 401, `${letter}: ${url}`);
      }
    }
  },
);

/** A change may tell of others on its way. */
async function letterTo({ email }: Person, words: RegExp, mailbox: Mailbox): Promise<string> {
  for (;;) {
    const { to, text } = await mailbox.next();
    const line = text.replaceAll(/\s+/g, " ");
    if (to === email && words.test(line)) return line;
  }
}
