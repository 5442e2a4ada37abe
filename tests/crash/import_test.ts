/** An import that is killed at any moment goes on, and imports each user once. */
import assert from "node:assert/strict";
import { setTimeout as pause } from "node:timers/promises";
import { sql } from "kysely";
import type { Db } from "@/lib/db/database.ts";
import { openDatabase } from "@/lib/db/open_database.ts";
import { inTransaction } from "@/lib/db/transaction.ts";
import { jobOfImport } from "@/lib/domain/operation/import_rows_step.ts";
import { insertJobs } from "@/lib/repo/jobs.ts";
import { findImport, insertImport, insertImportRows } from "@/lib/repo/user_imports.ts";
import { insertUsers } from "@/lib/repo/users.ts";
import { readSettings } from "@/lib/settings.ts";
import { prepareProduction } from "@/tests/kit/build.ts";
import { databaseTest } from "@/tests/kit/databases.ts";
import { makeDatabaseFolder } from "@/tests/kit/embedded.ts";
import { MortalServer } from "@/tests/kit/mortal_server.ts";
import { tempFolder } from "@/tests/kit/temp.ts";

const USERS = 1_500;
const KILLS = 3;
/** The first round of jobs begins a second after the start. */
const FIRST_ROUND_MS = 1_000;
const IMPORT_MS = 1_000;
const POLL_MS = 50;

databaseTest(
  "an import that is killed goes on, and each user is imported once",
  async ({ url }) => {
    await using folder = await tempFolder();
    await using build = await prepareProduction();
    if (url === undefined) await makeDatabaseFolder(`${folder.path}/db`);
    const databaseUrl = url ?? `pglite:${folder.path}/db`;
    const id = await withTask(databaseUrl, beginImport);
    const server = new MortalServer(build, databaseUrl);
    try {
      for (let kill = 0; kill < KILLS; kill++) {
        await server.start();
        await pause(FIRST_ROUND_MS + Math.random() * IMPORT_MS);
        await server.kill("SIGKILL");
      }
      await server.start();
      const found = await withTask(databaseUrl, (db) => outcomeOf(db, id));
      assert.deepEqual(found, { users: USERS, entries: USERS, ofUsers: USERS, rows: USERS });
    } finally {
      await server.kill("SIGKILL");
    }
  },
  // lib/db/crash_test.ts kills the embedded database, which commits a step or does not.
  { anyDatabase: true },
);

async function withTask<T>(databaseUrl: string, work: (db: Db) => Promise<T>): Promise<T> {
  const { database } = readSettings({ DATABASE_URL: databaseUrl });
  const { db, close } = await openDatabase(database, "task");
  try {
    return await work(db);
  } finally {
    await close();
  }
}

/** Stores an import that waits for the server. */
async function beginImport(db: Db): Promise<number> {
  const admin = { username: "ada", email: "ada@example.org", password_hash: "!", role: "admin" };
  const [by_id = 0] = await inTransaction(db, (tx) => insertUsers(tx, [admin as never]));
  const id = await insertImport(db, {
    by_id,
    source: JSON.stringify({ requestId: crypto.randomUUID(), ip: "127.0.0.1", userAgent: "" }),
    header: '["username", "email"]',
    columns: '{ "username": 0, "email": 1 }',
    state: "running",
  });
  await insertImportRows(
    db,
    id,
    Array.from({ length: USERS }, (_, index) => ({
      line: index + 2,
      cells: [`person${index}`, `person${index}@example.org`],
    })),
  );
  await db.updateTable("user_import_rows").set({ outcome: "new" }).execute();
  await inTransaction(db, (tx) => insertJobs(tx, [jobOfImport(id)]));
  return id;
}

/** Waits for the end of the import, and counts what it has left. */
async function outcomeOf(db: Db, id: number) {
  while ((await findImport(db, id))?.state !== "done") await pause(POLL_MS);
  const { rows: [row] } = await sql<Record<string, number>>`
    select
      (select count(*) from users where username like 'person%') as users,
      (select count(*) from audit_events where action = 'import_users') as entries,
      (select count(distinct target_id) from audit_events where action = 'import_users') as "ofUsers",
      (select count(*) from user_import_rows where outcome = 'added') as rows
  `.execute(db);
  return row;
}
