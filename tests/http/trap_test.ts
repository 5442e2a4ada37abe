/** The field that only programs fill in. */
import assert from "node:assert/strict";
import { TRAP } from "@/lib/shared/sign_in_forms.ts";
import { serveApp, type TestApp } from "@/tests/kit/app.ts";
import { createCheapPasswordHasher } from "@/tests/kit/cheap_passwords.ts";
import { countHashes } from "@/tests/kit/counting.ts";
import { databaseTest } from "@/tests/kit/databases.ts";
import { openMailbox } from "@/tests/kit/mailbox.ts";
import { addPerson } from "@/tests/kit/people.ts";
import { GRACE, usersOf } from "./registration.ts";

/** Everything that registering writes. */
async function rowsOf(app: TestApp) {
  const { db } = app.services;
  return {
    users: await usersOf(app),
    sessions: await db.selectFrom("sessions").selectAll().execute(),
    jobs: await db.selectFrom("jobs").selectAll().execute(),
    held: await db.selectFrom("held_usernames").selectAll().execute(),
    events: await db.selectFrom("audit_events").selectAll().execute(),
    tokens: await db.selectFrom("one_time_tokens").selectAll().execute(),
  };
}

for (const EMAIL_VERIFICATION of ["required", "optional"]) {
  databaseTest(
    `with EMAIL_VERIFICATION=${EMAIL_VERIFICATION} a filled trap gets the usual answer and leaves nothing`,
    async (database) => {
      await using mailbox = openMailbox();
      const hashes = countHashes(createCheapPasswordHasher());
      await using app = await serveApp(database, {
        environment: { SMTP_URL: mailbox.url, MAIL_FROM: "roster@example.org", EMAIL_VERIFICATION },
        adapt: () => ({ passwords: hashes.passwords }),
      });
      await addPerson(app, "ada");
      const before = await rowsOf(app);
      hashes.take();
      const send = async (fields: Record<string, string>) => {
        const { status, headers, text } = await app.client().postForm("/register", {
          ...GRACE,
          ...fields,
        });
        const cookies = headers.getSetCookie().map((line) => line.replace(/[\w-]{43}/, "TOKEN"));
        const script = await app.client().sendJson("POST", "/register", {
          ...GRACE,
          ...fields,
          username: "grace2",
          email: "grace2@example.org",
        });
        return {
          form: [status, headers.get("location"), cookies, text],
          script: [script.status, script.text],
          hashes: hashes.take(),
        };
      };
      const trapped = await send({ [TRAP]: "Cheap watches" });
      assert.deepEqual(await rowsOf(app), before);
      assert.equal(mailbox.commands.length, 0);
      const usual = await send({ [TRAP]: "" });
      assert.deepEqual(trapped, usual);
      assert.equal(usual.hashes.length, 2);
      assert.equal((await usersOf(app)).length, 3);
      const taken = await app.client().postForm("/register", {
        ...GRACE,
        [TRAP]: "x",
        username: "ada",
      });
      assert.equal(taken.status, 422);
      assert.match(taken.text, /Somebody has this username already/);
    },
  );
}
