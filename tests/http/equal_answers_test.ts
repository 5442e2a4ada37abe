/** Nobody can find out by asking which addresses have an account. */
import assert from "node:assert/strict";
import { openLimits } from "@/lib/domain/limits.ts";
import type { Services } from "@/lib/domain/services.ts";
import { type AppOptions, serveApp, type TestApp } from "@/tests/kit/app.ts";
import type { Answer, TestClient } from "@/tests/kit/client.ts";
import { recordStatements } from "@/tests/kit/counting.ts";
import { databaseTest, type TestDatabase } from "@/tests/kit/databases.ts";
import { addAdmin, addPerson, PASSWORD, signedIn } from "@/tests/kit/people.ts";
import { compareTimes, isNoise } from "@/tests/kit/ranks.ts";

const VERIFIED = { email_verified_at: new Date() };

/** Answers of each group whose times are compared. */
const SAMPLES = 200;

/** Sends one request about an address. */
type Ask = (email: string) => Promise<Answer>;

/** An admin may invite a hundred an hour. */
const admins = new WeakMap<TestApp, TestClient>();

/** Requests about an address. Somebody else asks each time, because of the limits. */
const REQUESTS: Readonly<Record<string, (app: TestApp, count: number) => Ask | Promise<Ask>>> = {
  "a forgotten password": ({ client }, count) => (email) =>
    post(client(), count, "/forgot_password", { email }),
  "a registration": ({ client }, count) => (email) => {
    const username = `grace${count}`;
    const fields = { username, email, password: PASSWORD, password2: PASSWORD };
    return post(client(), count, "/register", fields);
  },
  "another e-mail to confirm an address": ({ client }, count) => (email) =>
    post(client(), count, "/verify_email", { send_again: "1", email }),
  "an invitation": async (app, count) => {
    const isNew = count % 50 === 0 || !admins.has(app);
    if (isNew) admins.set(app, await signedIn(app, await addAdmin(app, `admin${count}`)));
    return (email) => post(admins.get(app)!, count, "/invitations", { email });
  },
  "a change of the address": async (app, count) => {
    const { user_id, ...person } = await addPerson(app, `owner${count}`, VERIFIED);
    const browser = await signedIn(app, { user_id, ...person });
    return (email) =>
      browser.sendJson("PUT", "/edit_user", { user_id, email, current_password: PASSWORD });
  },
};

/** Sends JSON from a network of its own. */
function post(browser: TestClient, count: number, path: string, fields: object): Promise<Answer> {
  return browser.send(path, {
    method: "POST",
    headers: {
      "accept": "application/json",
      "content-type": "application/json",
      "sec-fetch-site": "same-origin",
      "x-forwarded-for": `10.0.${count >> 8}.${count & 255}`,
    },
    body: JSON.stringify(fields),
  });
}

/** Hashing takes so long that no other difference could be seen, and is the same for all. */
function withoutHashing({ passwords, strength, jobs }: Services): Partial<Services> {
  return {
    passwords: {
      ...passwords,
      hash: () => Promise.resolve("$argon2id$"),
      verify: () => Promise.resolve(true),
    },
    strength: { ...strength, judge: () => Promise.resolve(undefined) },
    // E-mails and hooks begin after the last statement that the answer waits for.
    jobs: { ...jobs, wake() {}, runOf: () => Promise.resolve() },
  };
}

async function serve(
  database: TestDatabase,
  adapt: NonNullable<AppOptions["adapt"]>,
): Promise<TestApp> {
  const environment = {
    TRUST_PROXY: "127.0.0.1",
    SMTP_URL: "smtp://127.0.0.1:1",
    MAIL_FROM: "roster@example.org",
  };
  return await serveApp(database, { environment, adapt });
}

/** What a client sees of an answer, without what it has sent itself. */
function seen({ status, headers, text }: Answer): string {
  const volatile = /^(date|x-request-id|content-length|set-cookie|etag|server-timing)$/;
  const kept = [...headers].filter(([name]) => !volatile.test(name));
  const { message, ...rest } = JSON.parse(text);
  return JSON.stringify([status, kept, message, Object.keys(rest)]);
}

for (const [what, prepare] of Object.entries(REQUESTS)) {
  databaseTest(
    `${what}: the answer and the statements are the same whether or not the address has an account`,
    async (database) => {
      const recorded = recordStatements(database.db);
      const { db } = recorded;
      await using app = await serve(database, (services) => ({
        ...withoutHashing(services),
        db,
        limits: openLimits(db),
      }));
      const emails = ["known1", "fresh1", "known2", "fresh2"].map((name) => `${name}@example.org`);
      for (const name of ["known1", "known2"]) await addPerson(app, name, VERIFIED);
      const works = new Set<string>();
      for (const [count, email] of emails.entries()) {
        const ask = await prepare(app, count);
        recorded.take();
        const answer = await ask(email);
        works.add(`${seen(answer)} ${recorded.take().join(";\n")}`);
        assert.ok(answer.status < 300, answer.text);
      }
      assert.equal(works.size, 1, [...works].join("\n\n"));
    },
  );

  databaseTest(
    `${what}: the times of 200 answers each do not tell whether the address has an account`,
    async (database) => {
      await using app = await serve(database, withoutHashing);
      let count = 0;
      const sample = async (round: number) => {
        const times = { known: [] as number[], fresh: [] as number[] };
        for (let index = 0; index < 2 * SAMPLES; index++) {
          // Alternating, so that a busy machine slows both down; neither is always the first.
          const group = (index + (index >> 1)) % 2 === 0 ? "known" : "fresh";
          const name = `${group}${round}x${String(index).padStart(3, "0")}`;
          if (group === "known") await addPerson(app, name, VERIFIED);
          const ask = await prepare(app, ++count);
          const start = performance.now();
          const { status, text } = await ask(`${name}@example.org`);
          times[group].push(performance.now() - start);
          assert.ok(status < 300, text);
        }
        return compareTimes(times.known, times.fresh);
      };
      const first = await sample(1);
      if (isNoise(first)) return;
      const second = await sample(2);
      assert.ok(isNoise(second), JSON.stringify([first, second]));
    },
    { anyDatabase: true },
  );
}
