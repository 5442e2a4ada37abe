/** A bulk action that is killed again and again reaches each user once. */
import assert from "node:assert/strict";
import { setTimeout as pause } from "node:timers/promises";
import { sql } from "kysely";
import { openDatabase } from "@/lib/db/open_database.ts";
import type { Db } from "@/lib/db/database.ts";
import { bulkTurn } from "@/lib/domain/users/bulk_step.ts";
import { inTransaction } from "@/lib/db/transaction.ts";
import {
  type BulkJob,
  insertBulkItems,
  insertBulkJob,
  insertUndoItems,
  startBulkJob,
} from "@/lib/repo/bulk_jobs.ts";
import { insertJobs } from "@/lib/repo/jobs.ts";
import { insertUsers } from "@/lib/repo/users.ts";
import { readSettings } from "@/lib/settings.ts";
import { prepareProduction } from "@/tests/kit/build.ts";
import { databaseTest, type TestDatabase } from "@/tests/kit/databases.ts";
import { makeDatabaseFolder } from "@/tests/kit/embedded.ts";
import { MortalServer } from "@/tests/kit/mortal_server.ts";
import { tempFolder } from "@/tests/kit/temp.ts";

const USERS = 2_000;

/** The shares of the users who are done when the server is killed: none, some, nearly all. */
const MOMENTS = [0, 0.1 + Math.random() * 0.7, 0.9];

/** Adds an admin and the users of the jobs. Returns the id of the admin. */
async function addUsers(db: Db): Promise<number> {
  return await inTransaction(db, async (tx) => {
    const named = (username: string) => ({
      username,
      email: `${username}@example.org`,
      password_hash: "!",
    });
    const [boss = 0] = await insertUsers(tx, [{ ...named("boss"), role: "admin" }]);
    await insertUsers(tx, Array.from({ length: USERS }, (_, index) => named(`crowd${index}`)));
    return boss;
  });
}

type Asked = Pick<BulkJob, "action" | "undoes" | "by_id">;

/** Adds a job that goes on when a server starts, and returns its id. */
async function begin(db: Db, asked: Asked): Promise<number> {
  return await inTransaction(db, async (tx) => {
    const source = { requestId: "test", ip: "127.0.0.1", userAgent: "" };
    const job = { ...asked, input: {}, source };
    const { id } = await insertBulkJob(tx, job);
    if (job.undoes === null) await insertBulkItems(tx, { ...job, id }, {});
    else await insertUndoItems(tx, id, job.undoes);
    await startBulkJob(tx, id);
    await insertJobs(tx, [bulkTurn(id)]);
    return id;
  });
}

async function isOver(db: Db, id: number): Promise<boolean> {
  const job = await db.selectFrom("bulk_jobs").select("state").where("id", "=", id)
    .executeTakeFirst();
  return job?.state === "done";
}

async function countDone(db: Db, id: number): Promise<number> {
  const { rows: [row] } = await sql<{ count: number }>`
    select count(*) as count from bulk_items where job_id = ${id} and state = 'done'
  `.execute(db);
  return row?.count ?? 0;
}

/** Compares the counts of a job, to which each batch adds, with its users. */
async function checkCounts(db: Db, id: number): Promise<void> {
  const { counts } = await db.selectFrom("bulk_jobs").select("counts").where("id", "=", id)
    .executeTakeFirstOrThrow();
  const { rows } = await sql`
    select state, reason, count(*) from bulk_items where job_id = ${id}
    group by state, reason order by state
  `.execute(db);
  const kept = counts.filter(({ count }) => count > 0)
    .toSorted((a, b) => a.state < b.state ? -1 : 1);
  assert.deepEqual(kept, rows);
}

/** Counts the entries of an action in the audit log, and the users whom they are about. */
async function countEntries(db: Db, action: string): Promise<{ entries: number; users: number }> {
  const found = await db.selectFrom("audit_events").select("target_id")
    .where("action", "=", action).execute();
  return { entries: found.length, users: new Set(found.map(({ target_id }) => target_id)).size };
}

async function count(db: Db, table: "users" | "deleted_users" | "undo_log"): Promise<number> {
  const { rows: [row] } = await sql<{ count: number }>`
    select count(*) as count from ${sql.table(table)}
  `.execute(db);
  return row?.count ?? 0;
}

/** Runs jobs on servers that are killed in the middle. */
async function withMortals(
  { url }: Pick<TestDatabase, "url">,
  fn: (
    run: (asked: Pick<Asked, "action" | "undoes">) => Promise<number>,
    look: <T>(read: (db: Db) => Promise<T>) => Promise<T>,
  ) => Promise<void>,
): Promise<void> {
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
  const by_id = await look(addUsers);
  const server = new MortalServer(build, databaseUrl);
  await fn(async (asked) => {
    const id = await look((db) => begin(db, { ...asked, by_id }));
    for (const share of MOMENTS) {
      await server.start();
      // Maintenance goes on with it after a second.
      await pause(900 + Math.random() * 200);
      while (await look((db) => countDone(db, id)) < share * USERS) await pause(10);
      await server.kill("SIGKILL");
    }
    await server.start();
    while (!await look((db) => isOver(db, id))) await pause(100);
    await server.kill("SIGKILL");
    await look((db) => checkCounts(db, id));
    return id;
  }, look);
}

const ONCE = { entries: USERS, users: USERS };

databaseTest(
  "a bulk action that is killed in the middle reaches each user once",
  (database) =>
    withMortals(database, async (run, look) => {
      await run({ action: "suspend_user", undoes: null });
      assert.deepEqual(await look((db) => countEntries(db, "suspend_user")), ONCE);
      assert.equal(await look((db) => count(db, "undo_log")), USERS);
    }),
  // lib/db/crash_test.ts kills the embedded database, which commits a batch or does not.
  { anyDatabase: true },
);

databaseTest(
  "a bulk deletion and its undo that are killed in the middle lose nobody, and do it once",
  (database) =>
    withMortals(database, async (run, look) => {
      const id = await run({ action: "delete_user", undoes: null });
      assert.deepEqual(await look((db) => countEntries(db, "delete_user")), ONCE);
      assert.equal(await look((db) => count(db, "deleted_users")), USERS);
      assert.equal(await look((db) => count(db, "users")), 1);
      await run({ action: "undo", undoes: id });
      assert.deepEqual(await look((db) => countEntries(db, "undo")), ONCE);
      assert.equal(await look((db) => count(db, "deleted_users")), 0);
      assert.equal(await look((db) => count(db, "users")), USERS + 1);
    }),
  { anyDatabase: true },
);
