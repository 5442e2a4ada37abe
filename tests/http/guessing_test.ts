/** Somebody guesses the password of one account. */
import assert from "node:assert/strict";
import { LIMITS } from "@/lib/domain/limits.ts";
import { RateLimit } from "@/lib/domain/rate_limit.ts";
import type { Services } from "@/lib/domain/services.ts";
import { openDatabase } from "@/lib/db/open_database.ts";
import { mailAppTest, serveApp, type TestApp } from "@/tests/kit/app.ts";
import type { TestClient } from "@/tests/kit/client.ts";
import { countHashes, type CountingHasher } from "@/tests/kit/counting.ts";
import { databaseTest, postgresAt } from "@/tests/kit/databases.ts";
import { jobsOf } from "@/tests/kit/jobs.ts";
import { accountOf, addPerson, PASSWORD } from "@/tests/kit/people.ts";

const DAY = 86_400;
const ADDRESSES = 100;
const GUESSES = 10_000;
const AT_ONCE = 500;

/** The limits as they are, except that nothing comes back while the test runs. */
function lasting({ db, limits }: Services): Pick<Services, "limits"> {
  const lastingLimit = (name: "guesses" | "failedSignIns") =>
    new RateLimit(db, name, { count: LIMITS[name].count, windowSeconds: DAY });
  return {
    limits: {
      ...limits,
      guesses: lastingLimit("guesses"),
      failedSignIns: lastingLimit("failedSignIns"),
    },
  };
}

/** Sends the form of /login from an address. */
async function signIn(client: TestClient, ip: string, password: string): Promise<number> {
  const { status } = await client.send("/login", {
    method: "POST",
    headers: {
      "accept": "application/json",
      "content-type": "application/json",
      "sec-fetch-site": "same-origin",
      "x-forwarded-for": ip,
    },
    body: JSON.stringify({ username: "ana", password }),
  });
  return status;
}

/** Counts each status. */
function tally(statuses: readonly number[]): Record<number, number> {
  const counts: Record<number, number> = {};
  for (const status of statuses) counts[status] = (counts[status] ?? 0) + 1;
  return counts;
}

let hashes: CountingHasher;

mailAppTest(
  "of 10,000 guesses from 100 addresses 100 are looked at, while the owner signs in and gets one e-mail",
  async (app, mailbox) => {
    const person = await addPerson(app, "ana", { email_verified_at: new Date() });
    const owner = app.client();
    assert.equal(await signIn(owner, "192.0.2.1", PASSWORD), 200);
    const stranger = app.client();
    hashes.take();
    const statuses: number[] = [];
    for (let sent = 0; sent < GUESSES; sent += AT_ONCE) {
      const guesses = Array.from({ length: AT_ONCE }, (_, index) => {
        const guess = sent + index;
        // One of them is right.
        const password = guess === GUESSES / 2 ? PASSWORD : `guess ${guess}`;
        return signIn(stranger, `198.51.100.${guess % ADDRESSES}`, password);
      });
      statuses.push(...await Promise.all(guesses));
      assert.equal(hashes.take().length, sent === 0 ? LIMITS.guesses.count : 0);
      if (sent === 0) assert.equal((await accountOf(app, person)).failed_logins, 5);
      if (sent % 2_000 === 0) {
        assert.equal(await signIn(owner, "192.0.2.1", PASSWORD), 200, `after ${sent}`);
        hashes.take();
      }
    }
    const { count } = LIMITS.guesses;
    assert.deepEqual(tally(statuses), { 401: count, 429: GUESSES - count });
    const letter = await mailbox.next();
    assert.match(letter.text, /locked/);
    assert.deepEqual(await jobsOf(app.services.db), []);
    assert.equal(mailbox.commands.filter((line) => line === "DATA").length, 1);
  },
  {
    environment: { TRUST_PROXY: "127.0.0.1" },
    adapt: (services) => {
      hashes = countHashes(services.passwords);
      return { ...lasting(services), passwords: hashes.passwords };
    },
  },
);

databaseTest(
  "of 200 wrong passwords at the same time on several servers, exactly those are counted that are looked at",
  async (database) => {
    const environment = { TRUST_PROXY: "127.0.0.1", LOGIN_FAILURE_LIMIT: "100" };
    const counting: CountingHasher[] = [];
    const adapt = (services: Services) => {
      const counted = countHashes(services.passwords);
      counting.push(counted);
      return { ...lasting(services), passwords: counted.passwords };
    };
    const others = database.url === undefined ? [] : [
      await openDatabase(postgresAt(database.url)),
      await openDatabase(postgresAt(database.url)),
    ];
    const apps: TestApp[] = [];
    for (const part of [database, ...others]) {
      apps.push(await serveApp({ ...database, ...part }, { environment, adapt }));
    }
    const person = await addPerson(apps[0]!, "ana");
    const statuses = await Promise.all(
      Array.from({ length: 200 }, (_, index) => {
        const app = apps[index % apps.length]!;
        return signIn(app.client(), `198.51.100.${index}`, "wrong password");
      }),
    );
    const { count } = LIMITS.guesses;
    assert.deepEqual(tally(statuses), { 401: count, 429: 200 - count });
    assert.equal(counting.reduce((sum, each) => sum + each.take().length, 0), count);
    assert.equal((await accountOf(apps[0]!, person)).failed_logins, count);
    for (const app of apps) await app[Symbol.asyncDispose]();
    for (const { close } of others) await close();
  },
  { anyDatabase: true },
);
