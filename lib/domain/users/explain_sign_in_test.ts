import assert from "node:assert/strict";
import { openServices } from "@/lib/domain/open_services.ts";
import { createSilentLogger } from "@/lib/log.ts";
import { insertUsers } from "@/lib/repo/users.ts";
import { readSettings } from "@/lib/settings.ts";
import { databaseTest } from "@/tests/kit/databases.ts";
import { explainSignIn } from "./explain_sign_in.ts";

const ACTOR = { kind: "task", name: "users" } as const;

databaseTest("explainSignIn() names everything that keeps a user out", async (open) => {
  const { db } = open;
  const settings = readSettings({ APP_ENV: "test", EMAIL_VERIFICATION: "required" });
  const services = await openServices(settings, open, createSilentLogger());
  const [id = 0] = await db.transaction().execute((tx) =>
    insertUsers(tx, [{
      username: "ada",
      email: "ada@example.com",
      password_hash: "!",
      status: "suspended",
      status_reason: "Left",
      locked_until: new Date("2090-01-31"),
    }])
  );
  const { can_sign_in, causes } = await explainSignIn(services, ACTOR, id);
  assert.equal(can_sign_in, false);
  const words = [
    /suspended until somebody/,
    /locked until 31 Jan 2090/,
    /not confirmed/,
    /no password/,
  ];
  assert.equal(causes.length, words.length);
  for (const [index, word] of words.entries()) assert.match(causes[index]?.text ?? "", word);
});

databaseTest("explainSignIn() lets in whose suspension and lock are over", async (open) => {
  const { db } = open;
  const settings = readSettings({ APP_ENV: "test" });
  const services = await openServices(settings, open, createSilentLogger());
  const past = new Date("2020-01-31");
  const password_hash = await services.passwords.hash("secret", "test");
  const [id = 0] = await db.transaction().execute((tx) =>
    insertUsers(tx, [{
      username: "ada",
      email: "ada@example.com",
      password_hash,
      status: "suspended",
      suspended_until: past,
      locked_until: past,
    }])
  );
  assert.deepEqual((await explainSignIn(services, ACTOR, id)).causes, []);
});

databaseTest("explainSignIn() says that the policy asks for a second factor", async (open) => {
  const causesWith = async (environment: Record<string, string>) => {
    const settings = readSettings({ APP_ENV: "test", ...environment });
    const services = await openServices(settings, open, createSilentLogger());
    return (await explainSignIn(services, ACTOR, id)).causes.map(({ text }) => text).join("\n");
  };
  const [id = 0] = await open.db.transaction().execute((tx) =>
    insertUsers(tx, [{ username: "ada", email: "ada@example.com", password_hash: "!" }])
  );
  assert.doesNotMatch(await causesWith({ TWO_FACTOR: "admins" }), /second factor/);
  assert.match(await causesWith({ TWO_FACTOR: "all" }), /can only set one up/);
  const later = { TWO_FACTOR: "all", TWO_FACTOR_FROM: "2090-01-31" };
  assert.match(await causesWith(later), /from 31 Jan 2090, 00:00 UTC on/);
});
