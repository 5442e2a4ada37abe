import assert from "node:assert/strict";
import { cp } from "node:fs/promises";
import { setTimeout as pause } from "node:timers/promises";
import { sql } from "kysely";
import { type TempFolder, tempFolder } from "@/tests/kit/temp.ts";
import type { Db, OpenDatabase } from "./database.ts";
import { FolderLock, lockFileOf } from "./folder_lock.ts";
import { isUnreachable } from "./errors.ts";
import { migrateUp } from "./migrator.ts";
import { openDatabase } from "./open_database.ts";
import { openFolder } from "./pglite_thread.ts";
import { inTransaction } from "./transaction.ts";

/** A new database for each test to copy, because creating one takes seconds. */
let template: TempFolder;

Deno.test.beforeAll(async () => {
  template = await tempFolder();
  await (await openDatabase({ kind: "pglite", path: `${template.path}/db` })).close();
});

Deno.test.afterAll(async () => await template[Symbol.asyncDispose]());

async function copyOfTemplate(): Promise<TempFolder> {
  const folder = await tempFolder();
  await cp(template.path, folder.path, { recursive: true });
  return folder;
}

/** Runs `fn` with an owner of a fresh folder and a second one who came later. */
async function withOwnerAndGuest(
  fn: (owner: OpenDatabase, guest: OpenDatabase) => Promise<void>,
): Promise<void> {
  await using folder = await copyOfTemplate();
  const settings = { kind: "pglite", path: `${folder.path}/db` } as const;
  const owner = await openDatabase(settings, "server");
  const guest = await openDatabase(settings);
  try {
    await sql`create table notes (id int primary key, text text)`.execute(owner.db);
    await fn(owner, guest);
  } finally {
    await guest.close();
    await owner.close();
  }
}

async function ids(db: Db): Promise<number[]> {
  const { rows } = await sql<{ id: number }>`select id from notes order by id`.execute(db);
  return rows.map((row) => row.id);
}

function insert(db: Db, id: number) {
  return sql`insert into notes values (${id}, 'x')`.execute(db);
}

Deno.test("a folder that was open to others is closed to them", async () => {
  await using folder = await copyOfTemplate();
  const path = `${folder.path}/db`;
  await Deno.chmod(path, 0o777);
  const owner = await openDatabase({ kind: "pglite", path }, "server");
  try {
    const modeOf = async (name: string) => ((await Deno.stat(name)).mode ?? 0) & 0o777;
    assert.equal(await modeOf(path), 0o700);
    assert.equal(await modeOf(`${path}.lock`), 0o600);
    assert.equal(await modeOf(`${path}.sock`), 0o700);
  } finally {
    await owner.close();
  }
});

Deno.test("a second process reads and writes through the owner of the folder", async () => {
  await withOwnerAndGuest(async (owner, guest) => {
    await insert(guest.db, 1);
    await insert(owner.db, 2);
    assert.deepEqual(await ids(owner.db), [1, 2]);
    assert.deepEqual(await ids(guest.db), [1, 2]);
    const { rows } = await sql`select 7::int8 as big, '{"a":1}'::jsonb as json`.execute(guest.db);
    assert.deepEqual(rows, [{ big: 7, json: { a: 1 } }]);
  });
});

Deno.test("transactions of owner and guests never mix", async () => {
  await withOwnerAndGuest(async (owner, guest) => {
    await sql`create table counter as select 0 as value`.execute(owner.db);
    const increment = (db: Db) =>
      inTransaction(db, async (tx) => {
        const { rows } = await sql<{ value: number }>`select value from counter`.execute(tx);
        // If another transaction came in here, its increment would be lost.
        await pause(1);
        await sql`update counter set value = ${(rows[0]?.value ?? 0) + 1}`.execute(tx);
      });
    const doomed = (db: Db) =>
      assert.rejects(inTransaction(db, async (tx) => {
        await sql`update counter set value = -1000`.execute(tx);
        await sql`select 1 / 0`.execute(tx);
      }));
    const dbs = [owner.db, guest.db];
    const work = Array.from({ length: 30 }, (_, index) => {
      const db = dbs[index % 2]!;
      return index % 5 === 0 ? doomed(db) : increment(db);
    });
    await Promise.all(work);
    const { rows } = await sql`select value from counter`.execute(guest.db);
    assert.deepEqual(rows, [{ value: 24 }]);
  });
});

Deno.test("an owner's query waits until a guest's transaction is over", async () => {
  await withOwnerAndGuest(async (owner, guest) => {
    let seen: Promise<number[]> | undefined;
    await inTransaction(guest.db, async (tx) => {
      await insert(tx, 1);
      seen = ids(owner.db);
      await insert(tx, 2);
    });
    assert.deepEqual(await seen, [1, 2]);
  });
});

Deno.test("a guest reads results of many megabytes and hears of errors", async () => {
  await withOwnerAndGuest(async (_owner, { db }) => {
    const { rows } = await sql<{ text: string }>`
      select repeat('x', 1000) as text from generate_series(1, 20000)
    `.execute(db);
    assert.equal(rows.length, 20_000);
    assert.ok(rows.every(({ text }) => text.length === 1000));
    await insert(db, 1);
    await assert.rejects(insert(db, 1), { code: "23505", constraint: "notes_pkey" });
    await assert.rejects(sql`select nonsense`.execute(db), { code: "42703" });
    const large = "y".repeat(5_000_000);
    await sql`insert into notes values (2, ${large})`.execute(db);
    assert.deepEqual(await ids(db), [1, 2]);
  });
});

Deno.test("a guest's COPY FROM STDIN is refused and holds nobody up", async () => {
  await withOwnerAndGuest(async (owner, guest) => {
    for (const statement of [sql`copy notes from stdin`, sql`COPY notes (id)\nFROM\tSTDIN`]) {
      await assert.rejects(statement.execute(guest.db), { code: "0A000" });
    }
    assert.deepEqual(await ids(owner.db), []);
    assert.deepEqual(await ids(guest.db), []);
  });
});

Deno.test("a guest's settings of the session do not stay", async () => {
  await using folder = await copyOfTemplate();
  const settings = { kind: "pglite", path: `${folder.path}/db` } as const;
  const owner = await openDatabase(settings, "server");
  const guest = await openDatabase(settings);
  await sql`set statement_timeout = 1234`.execute(guest.db);
  await guest.close();
  const next = await openDatabase(settings);
  const { rows } = await sql`show statement_timeout`.execute(next.db);
  assert.deepEqual(rows, [{ statement_timeout: "0" }]);
  await next.close();
  await owner.close();
});

Deno.test("two processes that migrate at once apply each migration once", async () => {
  await withOwnerAndGuest(async (owner, guest) => {
    const applied = await Promise.all([migrateUp(owner.db), migrateUp(guest.db)]);
    assert.equal(new Set(applied.flat()).size, applied.flat().length);
    assert.deepEqual(await migrateUp(guest.db), []);
  });
});

Deno.test("a server waits for a task to let go of the folder", async () => {
  await using folder = await copyOfTemplate();
  const settings = { kind: "pglite", path: `${folder.path}/db` } as const;
  const task = await openDatabase(settings);
  let isOpen = false;
  const opening = openDatabase(settings, "server").then((server) => {
    isOpen = true;
    return server;
  });
  await sql`create table kept (id int)`.execute(task.db);
  assert.equal(isOpen, false);
  await task.close();
  const server = await opening;
  assert.deepEqual((await sql`select * from kept`.execute(server.db)).rows, []);
  await server.close();
});

Deno.test("a task waits for the socket of a server that is only starting", async () => {
  await using folder = await copyOfTemplate();
  const path = `${folder.path}/db`;
  const lock = await FolderLock.open(lockFileOf(path));
  assert.equal(await lock.tryAcquire(), true);
  await lock.writeOwner({ pid: 1, state: "starting" });
  await assert.rejects(
    openFolder(path, "task", { ends: 0, starts: 0 }),
    /^FolderInUseError: Process 1 is still starting the database in .*: try again in a minute$/,
  );
  const opening = openFolder(path, "task", { ends: 0, starts: Infinity });
  await pause(300);
  lock.release();
  const { db, close } = await opening;
  await sql`select 1`.execute(db);
  await close();
});

Deno.test("a task that others work through lets them finish", async () => {
  await using folder = await copyOfTemplate();
  const settings = { kind: "pglite", path: `${folder.path}/db` } as const;
  const first = await openDatabase(settings);
  const second = await openDatabase(settings);
  const closing = first.close();
  await sql`create table kept (id int)`.execute(second.db);
  await second.close();
  await closing;
});

Deno.test("a database that stops by itself says why and leaves no query waiting", async () => {
  await using folder = await copyOfTemplate();
  const path = `${folder.path}/db`;
  const { db, lost, close } = await openDatabase({ kind: "pglite", path }, "server");
  await sql`create table notes (id int)`.execute(db);
  // PostgreSQL stops when it cannot write its log, as on a full disk.
  await Deno.remove(`${path}/pg_wal`, { recursive: true });
  await sql`select pg_switch_wal()`.execute(db);
  const statements = [sql`insert into notes values (1)`, sql`select 1`, sql`select 2`];
  const outcomes = await Promise.allSettled(statements.map((statement) => statement.execute(db)));
  const [first, ...others] = outcomes;
  assert.match(first?.status === "rejected" ? first.reason.message : "", /^could not create file/);
  // One that came before it may have been answered.
  assert.ok(others.every((it) => it.status === "fulfilled" || isUnreachable(it.reason)));
  assert.match((await lost).message, /^The embedded database has stopped: could not create file/);
  await assert.rejects(sql`select 1`.execute(db), isUnreachable);
  await close();
});

Deno.test("a slow statement does not hold the thread that waits for it", async () => {
  await using folder = await copyOfTemplate();
  const owner = await openDatabase({ kind: "pglite", path: `${folder.path}/db` }, "server");
  let ticks = 0;
  const timer = setInterval(() => ticks++, 10);
  await sql`select pg_sleep(0.5)`.execute(owner.db);
  clearInterval(timer);
  await owner.close();
  assert.ok(ticks > 10, `${ticks} ticks`);
});

Deno.test("a creation that broke off starts again", async () => {
  await using folder = await tempFolder();
  await Deno.mkdir(`${folder.path}/db`);
  await Deno.writeTextFile(`${folder.path}/db/PG_VERSION`, "17");
  await Deno.writeTextFile(`${folder.path}/db.lock`, JSON.stringify({ pid: 1, state: "creating" }));
  const { db, close } = await openDatabase({ kind: "pglite", path: `${folder.path}/db` });
  await migrateUp(db);
  await close();
});

Deno.test("a folder that holds something else is refused and stays", async () => {
  await using folder = await tempFolder();
  await Deno.writeTextFile(`${folder.path}/letter.txt`, "Dear Ada");
  const opening = openDatabase({ kind: "pglite", path: folder.path });
  await assert.rejects(opening, /holds something other than a database/);
  assert.equal(await Deno.readTextFile(`${folder.path}/letter.txt`), "Dear Ada");
  await Deno.remove(`${folder.path}.lock`);
});

Deno.test("a path that is too long for a socket still works", async () => {
  await using folder = await tempFolder();
  const path = `${folder.path}/${"long".repeat(30)}/db`;
  const owner = await openDatabase({ kind: "pglite", path }, "server");
  const guest = await openDatabase({ kind: "pglite", path });
  await guest.ping();
  await guest.close();
  await owner.close();
});

Deno.test("only the account of the owner can open the socket", async () => {
  await using folder = await copyOfTemplate();
  const owner = await openDatabase({ kind: "pglite", path: `${folder.path}/db` }, "server");
  const { mode } = await Deno.stat(`${folder.path}/db.sock`);
  assert.equal((mode ?? 0) & 0o777, 0o700);
  await owner.close();
});
