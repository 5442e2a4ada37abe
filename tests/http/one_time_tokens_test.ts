import assert from "node:assert/strict";
import { issueOneTimeToken } from "@/lib/domain/accounts/one_time.ts";
import { deleteUser } from "@/lib/domain/users/delete_user.ts";
import { updateStatus } from "@/lib/domain/users/update_status.ts";
import { inTransaction } from "@/lib/db/transaction.ts";
import { ONE_TIME, type OneTimeKind } from "@/lib/shared/one_time.ts";
import { appTest, type TestApp } from "@/tests/kit/app.ts";
import type { Answer } from "@/tests/kit/client.ts";
import { addPerson, everythingOf, type Person, signedIn } from "@/tests/kit/people.ts";
import { PASSWORD } from "@/tests/kit/people.ts";

const NEW_PASSWORD = "twelve green lanterns";
const TASK = { kind: "task", name: "test" } as const;
/** Those with tests of their own: nobody is mailed them, or they belong to no user who is there. */
const OTHERS = [
  "sign_in_challenge",
  "passkey_registration",
  "passkey_sign_in",
  "invitation",
  "restore_account",
] as const;
type MailedKind = Exclude<OneTimeKind, typeof OTHERS[number]>;
const KINDS = (Object.keys(ONE_TIME) as OneTimeKind[])
  .filter((kind): kind is MailedKind => OTHERS.every((other) => other !== kind));

/** How each kind of link is used. */
const USES: Readonly<Record<MailedKind, (app: TestApp, token: string) => Promise<Answer>>> = {
  verify_email: (app, token) => app.client().sendJson("POST", "/verify_email", { token }),
  reset_password: (app, token) =>
    app.client().sendJson("POST", "/reset_password", {
      token,
      password: NEW_PASSWORD,
      password2: NEW_PASSWORD,
    }),
  unlock_account: (app, token) => app.client().sendJson("POST", "/unlock_account", { token }),
  change_email: (app, token) => app.client().sendJson("POST", "/change_email", { token }),
  undo_email_change: (app, token) => app.client().sendJson("POST", "/undo_email_change", { token }),
};

/** A lock only stops guesses of the password. */
const LOCKED = "of a user who is locked";

/** What makes no difference to a kind of link. */
const SURVIVES: Partial<Record<OneTimeKind, readonly string[]>> = {
  // The owner of a stolen account must be able to take it back in spite of these.
  undo_email_change: [
    "that a newer one replaces",
    "to an address that the user no longer has",
    "from before a change of the password",
  ],
};

/** Makes a link of a kind for a user, as an e-mail has it. */
async function linkOf({ services }: TestApp, kind: MailedKind, person: Person): Promise<string> {
  const email = kind === "change_email" ? "wanted@example.org" : person.email;
  if (email !== person.email) {
    await services.db.updateTable("users").set({ new_email: email })
      .where("id", "=", person.user_id).execute();
  }
  const { token } = await inTransaction(services.db, (tx) =>
    issueOneTimeToken(tx, {
      kind,
      user: { id: person.user_id },
      email,
      expiresAt: new Date(Date.now() + 60_000),
    }));
  return token;
}

/** What happens to a link or its user before the link is used, so that it must be refused. */
const SPOILERS: Readonly<
  Record<string, (app: TestApp, kind: MailedKind, ana: Person) => Promise<string | void>>
> = {
  "that was used": async (app, kind, ana) => {
    const token = await linkOf(app, kind, ana);
    assert.equal((await USES[kind](app, token)).status, 200);
    return token;
  },
  "that has expired": async (app) => {
    await app.services.db.updateTable("one_time_tokens")
      .set({ expires_at: new Date(Date.now() - 1) }).execute();
  },
  "of another kind": (app, kind, ana) => linkOf(app, KINDS.find((other) => other !== kind)!, ana),
  "that a newer one replaces": async (app, kind, ana) => {
    await linkOf(app, kind, ana);
  },
  "of a suspended user": async ({ services }, _, { user_id }) => {
    await updateStatus(services, TASK, { user_id, status: "suspended" });
  },
  "of a deleted user": async ({ services }, _, { user_id }) => {
    await deleteUser(services, TASK, user_id);
  },
  "to an address that the user no longer has": async (app, _, ana) => {
    await app.services.db.updateTable("users").set({ new_email: "other@example.org" }).execute();
    const browser = await signedIn(app, ana);
    const edit = { user_id: ana.user_id, email: "new@example.org", current_password: PASSWORD };
    assert.equal((await browser.sendJson("PUT", "/edit_user", edit)).status, 200);
  },
  "from before a change of the password": async (app, _, ana) => {
    const browser = await signedIn(app, ana);
    const answer = await browser.sendJson("POST", "/change_password", {
      current_password: PASSWORD,
      password: "nine yellow umbrellas",
      password2: "nine yellow umbrellas",
    });
    assert.equal(answer.status, 200);
  },
  [LOCKED]: async ({ services: { db } }, _, { user_id }) => {
    const locked_until = new Date(Date.now() + 3_600_000);
    await db.updateTable("users").set({ locked_until }).where("id", "=", user_id).execute();
  },
  "that nobody was sent": () => Promise.resolve("made-up"),
};

for (const kind of KINDS) {
  appTest(
    `a link of ${kind} works once, and of 20 uses at the same time one succeeds`,
    async (app) => {
      const token = await linkOf(app, kind, await addPerson(app, "ana"));
      const answers = await Promise.all(Array.from({ length: 20 }, () => USES[kind](app, token)));
      const statuses = answers.map(({ status }) => status).sort();
      assert.deepEqual(statuses, [200, ...Array<number>(19).fill(404)]);
    },
  );

  for (const [which, spoil] of Object.entries(SPOILERS)) {
    const survives = which === LOCKED || (SURVIVES[kind]?.includes(which) ?? false);
    appTest(`a link of ${kind} ${which} ${survives ? "works" : "is refused"}`, async (app) => {
      const ana = await addPerson(app, "ana");
      const token = await linkOf(app, kind, ana);
      const other = await spoil(app, kind, ana);
      const answer = await USES[kind](app, other ?? token);
      if (survives) return assert.equal(answer.status, 200, answer.text);
      assert.equal(answer.status, 404, answer.text);
      assert.match(JSON.parse(answer.text).detail, /already used or is too old/);
    });
  }

  appTest(`a link of ${kind} changes nobody but the user that it is for`, async (app) => {
    const [ana, bo] = [await addPerson(app, "ana"), await addPerson(app, "bo")];
    const token = await linkOf(app, kind, ana);
    const links = await linkOf(app, kind, { ...bo, email: "bo@example.org" });
    const before = await everythingOf(app, bo);
    assert.equal((await USES[kind](app, token)).status, 200);
    assert.deepEqual(await everythingOf(app, bo), before);
    // The link of the other user still works, except where both want the same address.
    const other = await USES[kind](app, links);
    assert.equal(other.status, kind === "change_email" ? 409 : 200, other.text);
  });
}
