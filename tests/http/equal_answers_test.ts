/** Nobody can find out by asking which addresses have an account. */
import assert from "node:assert/strict";
import { sql } from "kysely";
import { createPasswordHasher } from "@/lib/crypto/password_hasher.ts";
import { NO_PASSWORD } from "@/lib/crypto/phc.ts";
import { inTransaction } from "@/lib/db/transaction.ts";
import { openLimits } from "@/lib/domain/limits.ts";
import type { Services } from "@/lib/domain/services.ts";
import { insertUsers, type NewUser } from "@/lib/repo/users.ts";
import { type AppOptions, serveApp, type TestApp } from "@/tests/kit/app.ts";
import type { Answer, TestClient } from "@/tests/kit/client.ts";
import { recordStatements } from "@/tests/kit/counting.ts";
import { databaseTest, embeddedTest, type TestDatabase } from "@/tests/kit/databases.ts";
import { addAdmin, PASSWORD, signedIn } from "@/tests/kit/people.ts";
import { compareTimes, isNoise } from "@/tests/kit/ranks.ts";

const VERIFIED = { email_verified_at: new Date() };

/** Answers of each group whose times are compared. */
const SAMPLES = 200;

/** The same for answers that compute a hash, which is nearly all of their time. */
const HASHED_SAMPLES = 30;

/** What may be the matter with an account. */
const STATES = {
  known: VERIFIED,
  unconfirmed: {},
  suspended: { ...VERIFIED, status: "suspended" },
  locked: { ...VERIFIED, locked_until: new Date(Date.now() + 3_600_000) },
  passwordless: { ...VERIFIED, password_hash: NO_PASSWORD },
} as const satisfies Readonly<Record<string, Partial<NewUser>>>;
type State = keyof typeof STATES;
const STATE_NAMES = Object.keys(STATES) as State[];

const passwordHash = createPasswordHasher().hash(PASSWORD, "test");

/** Adds accounts at `NAME@example.org`, each in its state. Returns their ids. */
async function addAccounts(
  { services }: TestApp,
  accounts: readonly (readonly [name: string, state: State])[],
): Promise<number[]> {
  const password_hash = await passwordHash;
  const users = accounts.map(([username, state]) => ({
    username,
    email: `${username}@example.org`,
    role: "user" as const,
    password_hash,
    ...STATES[state],
  }));
  return await inTransaction(services.db, (tx) => insertUsers(tx, users));
}

/** Sends one request about an address. */
type Ask = (email: string) => Promise<Answer>;

/** An admin may invite a hundred an hour. */
const admins = new WeakMap<TestApp, TestClient>();

/** Browsers of owners who have not asked yet. Making each alone takes as long as its answer. */
const owners = new WeakMap<TestApp, { readonly browser: TestClient; readonly user_id: number }[]>();

/** Takes the browser of the owner of an account. */
async function takeOwner(app: TestApp, count: number) {
  const waiting = owners.get(app) ?? [];
  owners.set(app, waiting);
  if (waiting.length === 0) {
    const names = Array.from({ length: 100 }, (_, index) => `owner${count + index}`);
    for (const user_id of await addAccounts(app, names.map((name) => [name, "known"]))) {
      const browser = await signedIn(app, { user_id, username: "", email: "" });
      waiting.push({ browser, user_id });
    }
    await sql`insert into user_profiles (user_id) select id from users on conflict do nothing`
      .execute(app.services.db);
  }
  return waiting.pop()!;
}

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
  "a sign-in": ({ client }, count) => (email) =>
    post(client(), count, "/login", { username: email, password: "wrong password" }),
  "a change of the address": async (app, count) => {
    const { browser, user_id } = await takeOwner(app, count);
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

/** A wrong password signs nobody in. */
function assertStatus(what: string, { status, text }: Answer): void {
  const expected = what === "a sign-in" ? [401] : [200, 201, 202];
  assert.ok(expected.includes(status), `${status}: ${text}`);
}

/** Hashing takes so long that no other difference could be seen, and is the same for all. */
function withoutHashing({ passwords, strength, jobs }: Services): Partial<Services> {
  return {
    passwords: {
      ...passwords,
      hash: () => Promise.resolve("$argon2id$"),
      verify: (_, password) => Promise.resolve(password === PASSWORD),
      waste: () => Promise.resolve(),
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
    `${what}: the answer and the statements are the same whatever account the address has, or none`,
    async (database) => {
      const recorded = recordStatements(database.db);
      const { db } = recorded;
      await using app = await serve(database, (services) => ({
        ...withoutHashing(services),
        db,
        limits: openLimits(db),
      }));
      await addAccounts(app, STATE_NAMES.map((state) => [state, state]));
      const works = new Set<string>();
      for (const [count, name] of ["fresh1", ...STATE_NAMES, "fresh2"].entries()) {
        const ask = await prepare(app, count);
        recorded.take();
        const answer = await ask(`${name}@example.org`);
        works.add(`${seen(answer)} ${recorded.take().join(";\n")}`);
        assertStatus(what, answer);
      }
      assert.equal(works.size, 1, [...works].join("\n\n"));
    },
  );

  timesTest(what, SAMPLES, withoutHashing);
}

timesTest("a sign-in", HASHED_SAMPLES, () => ({ passwords: createPasswordHasher() }));

/** Registers a test of times. Half of the addresses have an account, in each state in turn. */
function timesTest(
  what: keyof typeof REQUESTS,
  samples: number,
  adapt: NonNullable<AppOptions["adapt"]>,
): void {
  const hashes = samples === SAMPLES ? "" : " with real hashes";
  // Both databases get the same statements. The embedded one is asked with less noise.
  embeddedTest(
    `${what}: the times of ${samples} answers each${hashes} do not tell which addresses have an account`,
    async (database) => {
      await using app = await serve(database, adapt);
      let count = 0;
      const sample = async (round: number) => {
        const times = { known: [] as number[], fresh: [] as number[] };
        const names = Array.from({ length: 2 * samples }, (_, index) => {
          // Alternating, so that a busy machine slows both down; neither is always the first.
          const group = (index + (index >> 1)) % 2 === 0 ? "known" as const : "fresh" as const;
          return [`${group}${round}x${String(index).padStart(3, "0")}`, group] as const;
        });
        const known = names.filter(([, group]) => group === "known");
        const states = STATE_NAMES.length;
        await addAccounts(app, known.map(([name], i) => [name, STATE_NAMES[i % states]!]));
        for (const [name, group] of names) {
          const ask = await REQUESTS[what]!(app, ++count);
          const start = performance.now();
          const answer = await ask(`${name}@example.org`);
          times[group].push(performance.now() - start);
          assertStatus(what, answer);
        }
        return compareTimes(times.known, times.fresh);
      };
      const first = await sample(1);
      if (isNoise(first)) return;
      const second = await sample(2);
      assert.ok(isNoise(second), JSON.stringify([first, second]));
    },
    false,
  );
}
