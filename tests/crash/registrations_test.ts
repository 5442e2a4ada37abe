/** Nothing that was acknowledged is lost by `kill -9`, at any moment of many registrations. */
import assert from "node:assert/strict";
import { setTimeout as pause } from "node:timers/promises";
import { openDatabase } from "@/lib/db/open_database.ts";
import { readSettings } from "@/lib/settings.ts";
import { prepareProduction } from "@/tests/kit/build.ts";
import { databaseTest } from "@/tests/kit/databases.ts";
import { makeDatabaseFolder } from "@/tests/kit/embedded.ts";
import { MortalServer } from "@/tests/kit/mortal_server.ts";
import { PASSWORD } from "@/tests/kit/people.ts";
import { tempFolder } from "@/tests/kit/temp.ts";

const ROUNDS = 5;
/** At most in a round: more kills find more than more registrations before a kill. */
const REGISTRATIONS = 20;
/** Longer than a registration, so that the signal may come at any point of it. */
const REGISTRATION_MS = 60;
const POLL_MS = 20;

databaseTest("no acknowledged registration is lost when the server is killed", async ({ url }) => {
  await using folder = await tempFolder();
  await using build = await prepareProduction();
  if (url === undefined) await makeDatabaseFolder(`${folder.path}/db`);
  const databaseUrl = url ?? `pglite:${folder.path}/db`;
  const server = new MortalServer(build, databaseUrl);
  const acknowledged: string[] = [];
  await server.start();
  try {
    for (let round = 0; round < ROUNDS; round++) {
      acknowledged.push(...await registerUntilKilled(server, round));
      await server.start();
      assert.deepEqual(await unfinished(databaseUrl, acknowledged), []);
    }
    for (const username of acknowledged) await assertSignsIn(server, username);
  } finally {
    await server.kill("SIGKILL");
  }
});

/** Registers users one by one and kills the server meanwhile. */
async function registerUntilKilled(server: MortalServer, round: number): Promise<string[]> {
  const survivors = Math.floor(Math.random() * REGISTRATIONS);
  const acknowledged: string[] = [];
  let killed: Promise<void> | undefined;
  for (let index = 0; index < REGISTRATIONS; index++) {
    if (index === survivors) {
      killed = pause(Math.random() * REGISTRATION_MS).then(() => server.kill("SIGKILL"));
    }
    const username = `person${round}-${index}`;
    const status = await register(server, username);
    if (status === undefined) break;
    assert.equal(status, 201);
    acknowledged.push(username);
  }
  assert.ok(acknowledged.length >= survivors);
  await killed;
  return acknowledged;
}

/** Returns the status of the answer. `undefined` if the server was gone before. */
async function register(server: MortalServer, username: string): Promise<number | undefined> {
  const email = `${username}@example.org`;
  const fields = { username, email, password: PASSWORD, password2: PASSWORD };
  try {
    return (await server.client().sendJson("POST", "/register", fields)).status;
  } catch (error) {
    if (error instanceof TypeError) return undefined;
    throw error;
  }
}

/** Lists users who are missing or have no profile after the server has caught up. */
async function unfinished(databaseUrl: string, usernames: readonly string[]): Promise<string[]> {
  const { database } = readSettings({ DATABASE_URL: databaseUrl });
  const { db, close } = await openDatabase(database, "task");
  try {
    const openJobs = () => db.selectFrom("jobs").select("id").execute();
    while ((await openJobs()).length > 0) await pause(POLL_MS);
    const complete = await db.selectFrom("users").innerJoin("user_profiles", "user_id", "users.id")
      .select("username").execute();
    const names = new Set(complete.map(({ username }) => username));
    return usernames.filter((username) => !names.has(username));
  } finally {
    await close();
  }
}

async function assertSignsIn(server: MortalServer, username: string): Promise<void> {
  const fields = { username, password: PASSWORD };
  const answer = await server.client().sendJson("POST", "/login", fields);
  assert.equal(answer.status, 200, `${username}: ${answer.text}`);
}
