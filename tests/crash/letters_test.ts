/** Each e-mail that was asked for goes out, however often the server is killed meanwhile. */
import assert from "node:assert/strict";
import { setTimeout as pause } from "node:timers/promises";
import { openDatabase } from "@/lib/db/open_database.ts";
import { readSettings } from "@/lib/settings.ts";
import { prepareProduction } from "@/tests/kit/build.ts";
import { databaseTest } from "@/tests/kit/databases.ts";
import { makeDatabaseFolder } from "@/tests/kit/embedded.ts";
import { openMailbox } from "@/tests/kit/mailbox.ts";
import { MortalServer } from "@/tests/kit/mortal_server.ts";
import { PASSWORD } from "@/tests/kit/people.ts";
import { tempFolder } from "@/tests/kit/temp.ts";

const ROUNDS = 3;
const ASKED_EACH = 5;
/** Longer than sending an e-mail, so that the signal may come at any point of it. */
const SENDING_MS = 300;

databaseTest("each e-mail goes out as one message though the server is killed", async ({ url }) => {
  await using folder = await tempFolder();
  await using build = await prepareProduction();
  if (url === undefined) await makeDatabaseFolder(`${folder.path}/db`);
  const databaseUrl = url ?? `pglite:${folder.path}/db`;
  const down = { is: true };
  /** The ids of the messages that arrived, by address. */
  const arrived = new Map<string, Set<string>>();
  await using mailbox = openMailbox({
    answer: (line) => down.is && line.startsWith("MAIL") ? "451 try later" : undefined,
    answerMail(text) {
      const [, to = ""] = /^To: (.*)$/m.exec(text) ?? [];
      const [, id = ""] = /^Message-ID: (.*)$/mi.exec(text) ?? [];
      arrived.set(to, (arrived.get(to) ?? new Set()).add(id));
      return "250 taken";
    },
  });
  const environment = { SMTP_URL: mailbox.url, MAIL_FROM: "roster@example.org" };
  const server = new MortalServer(build, databaseUrl, environment);
  const asked: string[] = [];
  try {
    for (let round = 0; round < ROUNDS; round++) {
      await server.start();
      down.is = round === 0;
      for (let index = 0; index < ASKED_EACH; index++) {
        const email = `person${round}-${index}@example.org`;
        assert.equal(await register(server, email), 201, "the answer is always the same");
        asked.push(email);
      }
      await pause(Math.random() * SENDING_MS);
      await server.kill("SIGKILL");
      await endLeases(databaseUrl);
    }
    await server.start();
    while (asked.some((email) => !arrived.has(email))) await pause(50);
  } finally {
    await server.kill("SIGKILL");
  }
  // A mail program shows a message once, even if it came twice: the id is the same.
  assert.deepEqual(asked.map((email) => arrived.get(email)?.size), asked.map(() => 1));
}, { anyDatabase: true });

async function register(server: MortalServer, email: string): Promise<number> {
  const username = email.replace("@example.org", "");
  const fields = { username, email, password: PASSWORD, password2: PASSWORD };
  return (await server.client().sendJson("POST", "/register", fields)).status;
}

/** Lets two minutes pass: a process that was killed keeps its e-mails for so long. */
async function endLeases(databaseUrl: string): Promise<void> {
  const { database } = readSettings({ DATABASE_URL: databaseUrl });
  const { db, close } = await openDatabase(database, "task");
  try {
    await db.updateTable("jobs").set({ leased_until: null, run_at: new Date() }).execute();
  } finally {
    await close();
  }
}
