/** Every kind of link, code and challenge that works once goes through one table. */
import assert from "node:assert/strict";
import { issueOneTimeToken } from "@/lib/domain/accounts/one_time.ts";
import { deleteUser } from "@/lib/domain/users/delete_user.ts";
import { updateStatus } from "@/lib/domain/users/update_status.ts";
import { inTransaction } from "@/lib/db/transaction.ts";
import { findUserById } from "@/lib/repo/users.ts";
import { ONE_TIME, type OneTimeKind } from "@/lib/shared/one_time.ts";
import { appTest, type TestApp } from "@/tests/kit/app.ts";
import type { Answer, Fields } from "@/tests/kit/client.ts";
import { accept, invitedByLink } from "@/tests/kit/invitations.ts";
import {
  addAdmin,
  addPerson,
  everythingOf,
  PASSWORD,
  type Person,
  signedIn,
} from "@/tests/kit/people.ts";
import { afterPassword, codeOf, forgetSteps, turnOn } from "@/tests/kit/second_factor.ts";
import { addPasskey, ask, passkeyOrigin, SoftPasskey } from "@/tests/kit/soft_passkey.ts";

const NEW_PASSWORD = "twelve green lanterns";
const TASK = { kind: "task", name: "test" } as const;

/** One that a user has now. */
interface OneTimeThing {
  readonly token: string;
  /** Uses a token the way that this one is used, from a browser that has what its owner's has. */
  use(token: string): Promise<Answer>;
}

interface Kind {
  /** Makes one for a user, who may have others. */
  make(app: TestApp, person: Person): Promise<OneTimeThing>;
  readonly refused: readonly number[];
  /** Default 200. */
  readonly done?: number;
  /** What makes no difference. */
  readonly survives?: readonly Spoiler[];
  /** What cannot happen before it is used. */
  readonly never?: readonly Spoiler[];
  /** Only its user can use it: others lack the session, the authenticator or the passkey. */
  readonly isPersonal?: true;
}

/** A link that is mailed, and what its form has besides the token. */
function link(kind: OneTimeKind, path: string, fields: Fields = {}): Kind["make"] {
  return async (app, person) => ({
    token: await issue(app, kind, person),
    use: (token) => app.client().sendJson("POST", path, { token, ...fields }),
  });
}

async function issue({ services: { db } }: TestApp, kind: OneTimeKind, person: Person) {
  const isChange = kind === "change_email";
  const email = isChange ? `wanted.${person.email}` : person.email;
  if (isChange) {
    await db.updateTable("users").set({ new_email: email }).where("id", "=", person.user_id)
      .execute();
  }
  const { token } = await inTransaction(db, (tx) =>
    issueOneTimeToken(tx, {
      kind,
      user: { id: person.user_id },
      email,
      expiresAt: new Date(Date.now() + 60_000),
    }));
  return token;
}

/** What a user needs for a kind, made once. */
const secrets = new WeakMap<Person, string>();
const passkeys = new WeakMap<Person, SoftPasskey>();

/** A deleted user is neither suspended nor locked, and changes nothing. */
const OF_USERS = ["suspended", "deleted", "locked", "address changed", "password changed"] as const;

/** The compiler asks for a row for each kind. */
const KINDS: Readonly<Record<OneTimeKind, Kind>> = {
  verify_email: {
    make: link("verify_email", "/verify_email"),
    refused: [404],
    survives: ["locked"],
  },
  reset_password: {
    make: link("reset_password", "/reset_password", {
      password: NEW_PASSWORD,
      password2: NEW_PASSWORD,
    }),
    refused: [404],
    survives: ["locked"],
  },
  unlock_account: {
    make: link("unlock_account", "/unlock_account"),
    refused: [404],
    survives: ["locked"],
  },
  change_email: {
    make: link("change_email", "/change_email"),
    refused: [404],
    survives: ["locked"],
  },
  undo_email_change: {
    make: link("undo_email_change", "/undo_email_change"),
    refused: [404],
    // The owner of a stolen account must be able to take it back in spite of these.
    survives: ["locked", "replaced", "address changed", "password changed"],
  },
  invitation: {
    make: async (app, person) => {
      const email = `friend.${person.email}`;
      // One address is invited once a minute.
      await app.services.db.deleteFrom("rate_limits").execute();
      const { token } = await invitedByLink(await signedIn(app, person), email);
      return {
        token,
        use: (token) => accept(app, token, { username: `friend.${person.username}` }),
      };
    },
    done: 201,
    refused: [404],
    // Its user is the admin who has invited somebody.
    survives: ["locked", "address changed", "password changed"],
  },
  restore_account: {
    make: async (app, person) => {
      const { services } = app;
      const user = await findUserById(services.db, person.user_id);
      if (user) await deleteUser(services, TASK, user.id);
      return await link("restore_account", "/restore_account")(app, person);
    },
    refused: [404],
    never: OF_USERS,
  },
  sign_in_challenge: {
    make: async (app, person) => {
      if (!secrets.has(person)) secrets.set(person, (await turnOn(app, person)).secret);
      const secret = secrets.get(person)!;
      const browser = await afterPassword(app, person);
      const [name, token] = [...browser.cookies()].find(([name]) => /challenge/.test(name))!;
      return {
        token,
        async use(token) {
          await forgetSteps(app);
          const other = app.client();
          other.keep(`${name}=${token}`);
          return await other.sendJson("POST", "/two_factor", { code: await codeOf(secret) });
        },
      };
    },
    // The code of another user's authenticator is wrong, and so is one that was just used.
    refused: [401, 422],
    // Before it, the password was right, in a browser that a lock does not keep out.
    survives: ["locked", "replaced"],
    isPersonal: true,
  },
  passkey_registration: {
    make: async (app, person) => {
      const browser = await signedIn(app, person);
      const question = await ask(browser, "/passkeys");
      return {
        token: question.challenge,
        use(challenge) {
          const credential = new SoftPasskey(passkeyOrigin(app)).make({ ...question, challenge });
          return browser.sendJson("POST", "/passkeys", { credential });
        },
      };
    },
    done: 201,
    // 401: its session has ended.
    refused: [401, 422],
    survives: ["locked", "replaced", "address changed"],
    isPersonal: true,
  },
  passkey_sign_in: {
    make: async (app, person) => {
      if (!passkeys.has(person)) passkeys.set(person, (await addPasskey(app, person)).passkey);
      const asking = app.client();
      const question = await ask(asking, "/passkey_login");
      const cookies = [...asking.cookies()];
      return {
        token: question.challenge,
        use(challenge) {
          const browser = app.client();
          for (const [name, value] of cookies) browser.keep(`${name}=${value}`);
          const credential = passkeys.get(person)!.use({ ...question, challenge });
          return browser.sendJson("POST", "/passkey_login", { credential });
        },
      };
    },
    refused: [401],
    // It was asked of anybody.
    survives: ["replaced", "address changed", "password changed"],
    isPersonal: true,
  },
};

type Spoil = (
  app: TestApp,
  person: Person,
  thing: OneTimeThing,
  kind: OneTimeKind,
) => Promise<string | void>;

/** What happens before it is used, so that it is refused. May return another token to use. */
const SPOILERS = {
  async used(_app, _person, { token, use }, kind) {
    assert.equal((await use(token)).status, KINDS[kind].done ?? 200);
  },
  async expired({ services: { db } }) {
    const expires_at = new Date(Date.now() - 1);
    await db.updateTable("one_time_tokens").set({ expires_at }).execute();
    await db.updateTable("invitations").set({ expires_at }).execute();
  },
  "of another kind": async (app, person, _, kind) => {
    const other = kind === "verify_email" ? "reset_password" : "verify_email";
    const isGone = kind === "restore_account";
    return await issue(app, other, isGone ? await addPerson(app, "other") : person);
  },
  "made up": () => Promise.resolve("made-up"),
  async replaced(app, person, _, kind) {
    await KINDS[kind].make(app, person);
  },
  async suspended({ services }, { user_id }) {
    await updateStatus(services, TASK, { user_id, status: "suspended" });
  },
  async deleted({ services }, { user_id }) {
    await deleteUser(services, TASK, user_id);
  },
  // A lock stops guesses of the password, and every sign-in.
  async locked({ services: { db } }, { user_id }) {
    const locked_until = new Date(Date.now() + 3_600_000);
    await db.updateTable("users").set({ locked_until }).where("id", "=", user_id).execute();
  },
  "address changed": async (app, person) => {
    await app.services.db.updateTable("users").set({ new_email: "other@example.org" })
      .where("id", "=", person.user_id).execute();
    const email = `new.${person.email}`;
    const edit = { user_id: person.user_id, email, current_password: PASSWORD };
    const answer = await (await signedIn(app, person)).sendJson("PUT", "/edit_user", edit);
    assert.equal(answer.status, 200, answer.text);
  },
  "password changed": async (app, person) => {
    const answer = await (await signedIn(app, person)).sendJson("POST", "/change_password", {
      current_password: PASSWORD,
      password: "nine yellow umbrellas",
      password2: "nine yellow umbrellas",
    });
    assert.equal(answer.status, 200, answer.text);
  },
} satisfies Record<string, Spoil>;
type Spoiler = keyof typeof SPOILERS;

for (const kind of Object.keys(ONE_TIME) as OneTimeKind[]) {
  const { make, refused, done = 200, survives = [], never = [], isPersonal } = KINDS[kind];
  let count = 0;
  const person = (app: TestApp) =>
    addPerson(app, `ana${++count}`, { role: kind === "invitation" ? "admin" : "user" });

  appTest(`${kind}: a good one works once, and of 20 uses at once the first`, async (app) => {
    const { token, use } = await make(app, await person(app));
    const answers = await Promise.all(Array.from({ length: 20 }, () => use(token)));
    const statuses = answers.map(({ status }) => status).sort();
    assert.equal(statuses.filter((status) => status === done).length, 1, statuses.join());
    const others = statuses.filter((status) => status !== done);
    assert.ok(others.every((status) => refused.includes(status)), statuses.join());
  });

  appTest(
    `${kind}: one that was used, expired, replaced, of another kind or whose user has changed`,
    async (app) => {
      await addAdmin(app, "root");
      for (const spoiler of Object.keys(SPOILERS) as Spoiler[]) {
        if (never.includes(spoiler)) continue;
        const ana = await person(app);
        const thing = await make(app, ana);
        const spoil: Spoil = SPOILERS[spoiler];
        const other = await spoil(app, ana, thing, kind);
        const { status, text } = await thing.use(other ?? thing.token);
        const expected = survives.includes(spoiler) ? [done] : refused;
        assert.ok(expected.includes(status), `${spoiler}: ${status} ${text}`);
        await app.services.db.deleteFrom("rate_limits").execute();
      }
    },
  );

  appTest(`${kind}: it is good for its own user and changes nobody else`, async (app) => {
    const [ana, bo] = [await person(app), await person(app)];
    const [anas, bos] = [await make(app, ana), await make(app, bo)];
    const before = await everythingOf(app, bo);
    assert.equal((await anas.use(anas.token)).status, done);
    assert.deepEqual(await everythingOf(app, bo), before);
    if (isPersonal) {
      const { status } = await anas.use(bos.token);
      assert.ok(refused.includes(status), `${status}`);
    }
    assert.equal((await bos.use(bos.token)).status, done);
  });
}
