/** A bulk action that is killed again and again reaches each user once. */
import assert from "node:assert/strict";
import { setTimeout as pause } from "node:timers/promises";
import { sql } from "kysely";
import { openDatabase } from "@/lib/db/open_database.ts";
import type { Db } from "@/lib/db/database.ts";
import { bulkTurn } from "@/lib/domain/users/bulk_step.ts";
import { inTransaction } from "@/lib/db/transaction.ts";
import { insertBulkItems, insertBulkJob, startBulkJob } from "@/lib/repo/bulk_jobs.ts";
import { insertJobs } from "@/lib/repo/jobs.ts";
import { insertUsers } from "@/lib/repo/users.ts";
import { readSettings } from "@/lib/settings.ts";
import { prepareProduction } from "@/tests/kit/build.ts";
import { databaseTest } from "@/tests/kit/databases.ts";
import { makeDatabaseFolder } from "@/tests/kit/embedded.ts";
import { MortalServer } from "@/tests/kit/mortal_server.ts";
import { tempFolder } from "@/tests/kit/temp.ts";

const USERS = 2_000;

/** The shares of the users who are done when the server is killed: none, some, nearly all. */
const MOMENTS = [0, 0.1 + Math.random() * 0.7, 0.9];

/** Adds users, and a job that suspends them when a server starts. */
async function begin(db: Db): Promise<void> {
  await inTransaction(db, async (tx) => {
    const named = (username: string) => ({
      username,
      email: `${username}@example.org`,
      password_hash: "!",
    });
    const [by_id = 0] = await insertUsers(tx, [{ ...named("boss"), role: "admin" }]);
    await insertUsers(tx, Array.from({ length: USERS }, (_, index) => named(`crowd${index}`)));
    const source = { requestId: "test", ip: "127.0.0.1", userAgent: "" };
    const job = { action: "suspend_user", input: {}, undoes: null, by_id, source } as const;
    const { id } = await insertBulkJob(tx, job);
    await insertBulkItems(tx, { ...job, id }, {});
    await startBulkJob(tx, id);
    await insertJobs(tx, [bulkTurn(id)]);
  });
}

async function isOver(db: Db): Promise<boolean> {
  const job = await db.selectFrom("bulk_jobs").select("state").executeTakeFirst();
  return job?.state === "done";
}

async function countDone(db: Db): Promise<number> {
  const { rows: [row] } = await sql<{ count: number }>`
    select count(*) as count from bulk_items where state = 'done'
  `.execute(db);
  return row?.count ?? 0;
}

databaseTest(
  "a bulk action that is killed in the middle reaches each user once",
  async ({ url }) => {
    await using folder = await tempFolder();
    await using build = await prepareProduction();
    if (url === undefined) await makeDatabaseFolder(`${folder.path}/db`);
    const databaseUrl = url ?? `pglite:${folder.path}/db`;
    const { database } = readSettings({ DATABASE_URL: databaseUrl });
    const look = async <T>(read: (db: Db) => Promise<T>): Promise<T> => {
      const { db, close } = await openDatabase(database);
      try {
        return await read(db);
      } finally {
        await close();
      }
    };
    await look(begin);
    const server = new MortalServer(build, databaseUrl);
    for (const share of MOMENTS) {
      await server.start();
      // Maintenance goes on with it after a second.
      await pause(900 + Math.random() * 200);
      while (await look(countDone) < share * USERS) await pause(10);
      await server.kill("SIGKILL");
    }
    await server.start();
    while (!await look(isOver)) await pause(100);
    await server.kill("SIGKILL");
    const entries = await look((db) =>
      db.selectFrom("audit_events").select(["target_id"]).where("action", "=", "suspend_user")
        .execute()
    );
    assert.equal(entries.length, USERS);
    assert.equal(new Set(entries.map(({ target_id }) => target_id)).size, USERS);
    const kept = await look((db) => db.selectFrom("undo_log").select("entry").execute());
    assert.equal(kept.length, USERS);
  },
);
