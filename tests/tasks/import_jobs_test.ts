/** Visitors are answered while an import runs, and an import that breaks off is whole or not there. */
import assert from "node:assert/strict";
import { resolve } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import type { Db } from "@/lib/db/database.ts";
import { ImportError } from "@/lib/domain/operation/import_users.ts";
import { maintain } from "@/lib/domain/operation/maintenance.ts";
import type { Services } from "@/lib/domain/services.ts";
import { insertUser } from "@/lib/repo/users.ts";
import { appTest } from "../kit/app.ts";
import { databaseTest, type TestDatabase } from "../kit/databases.ts";
import { watchEventLoop } from "../kit/loop_watch.ts";
import { addPerson, logIn } from "../kit/people.ts";
import { commandTest, type Shell } from "./command.ts";
import { importCsv, lineOf, servicesOver } from "./flask.ts";

const LONGEST_GAP_MS = 500;

/** A CSV of so many users, whose names begin with `name`. */
function csvOf(count: number, name = "imported"): string {
  const rows = Array.from(
    { length: count },
    (_, i) => `${i + 1},${name}${i},${name}${i}@example.net,2,1,Imported Person ${i}`,
  );
  return ["id,username,email,role,status,full_name", ...rows].join("\n");
}

async function countUsers(db: Db, name = ""): Promise<number> {
  const users = await db.selectFrom("users").select("id").where("username_key", "like", `${name}%`)
    .execute();
  return users.length;
}

/** Whether every user has a profile, is found, and stands in the audit trail. */
async function areWhole(db: Db): Promise<boolean> {
  const half = await db.selectFrom("users as u")
    .leftJoin("user_profiles as p", "p.user_id", "u.id")
    .leftJoin("user_search as s", "s.user_id", "u.id")
    .leftJoin("audit_events as a", "a.target_id", "u.id")
    .where((where) =>
      where.or([
        where("p.user_id", "is", null),
        where("s.user_id", "is", null),
        where("a.id", "is", null),
      ])
    ).select("u.id").execute();
  return half.length === 0;
}

/** Does `ask` over and over until `work` is over. Returns how many users there were at each answer. */
async function during(db: Db, work: Promise<unknown>, ask: () => Promise<unknown>) {
  let isOver = false;
  const done = work.finally(() => isOver = true);
  const counts: number[] = [];
  while (!isOver) {
    await ask();
    counts.push(await countUsers(db, "imported"));
    await pause(20);
  }
  await done;
  return counts;
}

appTest("visitors sign in and are answered while an import runs", async (app) => {
  await addPerson(app, "grace");
  const { services } = app;
  // What is loaded only once.
  await importCsv(services, csvOf(1));
  await logIn(app.client(), "grace");
  const watch = watchEventLoop();
  const importing = importCsv(services, csvOf(2_000));
  const answers = await Promise.all([
    during(services.db, importing, async () => {
      assert.equal((await app.client().get("/healthz")).status, 200);
      assert.equal((await app.client().get("/login")).status, 200);
    }),
    during(services.db, importing, async () => {
      assert.equal((await logIn(app.client(), "grace")).status, 200);
    }),
  ]);
  const gap = watch.takeLongest();
  watch.stop();
  assert.ok(gap < LONGEST_GAP_MS, `the event loop was held for ${gap.toFixed()} ms`);
  for (const counts of answers) {
    const isHalfWay = (count: number) => count > 1 && count < 2_000;
    assert.ok(counts.some(isHalfWay), `answered only at ${counts.join()} of 2000 users`);
  }
  assert.equal(await countUsers(services.db), 2_001);
  assert.ok(await areWhole(services.db));
});

/** Services whose rounds of jobs begin with something else. */
async function withRounds(database: TestDatabase, before: () => Promise<void>): Promise<Services> {
  const services = await servicesOver(database);
  const round: Services["jobs"]["round"] = async (kind) => {
    await before();
    return await services.jobs.round(kind);
  };
  return { ...services, jobs: { ...services.jobs, round } };
}

databaseTest("nobody is seen before an import is staged as a whole", async (database) => {
  const { db } = database;
  let seen = -1;
  let staged = -1;
  const services = await withRounds(database, async () => {
    if (seen >= 0) return;
    seen = await countUsers(db);
    staged = (await db.selectFrom("jobs").select("id").execute()).length;
  });
  await importCsv(services, csvOf(250));
  assert.deepEqual([seen, staged], [0, 3]);
  assert.equal(await countUsers(db), 250);
  // The database may still add a portion of the process that is gone. It expires in its turn.
  const left = await db.selectFrom("jobs").select("id")
    .where((row) => row.or([row("expires_at", "is", null), row("expires_at", "<=", new Date())]))
    .execute();
  assert.deepEqual(left, []);
});

databaseTest("an import whose process dies is finished by a server", async (database) => {
  const { db } = database;
  const dying = await withRounds(database, () => Promise.reject(new Error("killed")));
  await assert.rejects(importCsv(dying, csvOf(250)), /killed/);
  assert.equal(await countUsers(db), 0);
  const server = await servicesOver(database);
  await server.jobs.runDue();
  assert.equal(await countUsers(db), 250);
  assert.ok(await areWhole(db));
});

databaseTest("a user whose name is taken while an import runs is left out", async (database) => {
  const { db } = database;
  let isFirst = true;
  const services = await withRounds(database, async () => {
    if (!isFirst) return;
    isFirst = false;
    const user = { username: "Imported1", email: "ada@example.com", password_hash: "!" };
    await db.transaction().execute((tx) => insertUser(tx, user));
  });
  const report = await importCsv(services, csvOf(3));
  assert.equal(lineOf(report, 1)?.outcome, "changed", "it has no password");
  assert.equal(lineOf(report, 2)?.outcome, "skipped");
  assert.match(lineOf(report, 2)!.reasons.join(), /^The username imported1 is taken here/);
  assert.equal(await countUsers(db), 3);
});

databaseTest("an import that the database refuses half way says who is here", async (database) => {
  const { db } = database;
  let rounds = 0;
  const services = await withRounds(database, async () => {
    if (++rounds === 2) await db.schema.alterTable("former_usernames").renameTo("away").execute();
  });
  const importing = importCsv(services, csvOf(2_500));
  await assert.rejects(importing, (error) => {
    assert.ok(error instanceof ImportError);
    assert.match(error.message, /^2000 of 2500 users are here, and the others follow .*former/);
    return true;
  });
  assert.equal(await countUsers(db), 2_000);
  await db.schema.alterTable("away").renameTo("former_usernames").execute();
  await db.updateTable("jobs").set({ run_at: new Date(0) }).execute();
  await (await servicesOver(database)).jobs.runDue();
  assert.equal(await countUsers(db), 2_500);
  assert.ok(await areWhole(db));
});

commandTest("an import that is killed has imported all or nobody", async (shell) => {
  const moments = {
    jobs: async () =>
      (await shell.db.selectFrom("jobs").select("id").limit(1).execute()).length > 0,
    users: async () => await countUsers(shell.db, "users") > 0,
  };
  for (const [name, isTime] of Object.entries(moments)) {
    const file = `${shell.folder}/${name}.csv`;
    await Deno.writeTextFile(file, csvOf(2_000, name));
    await killImport(shell, file, isTime);
    await finish(shell.db);
    const count = await countUsers(shell.db, name);
    assert.ok(count === 0 || count === 2_000, `${count} users after a kill amid ${name}`);
    assert.ok(await areWhole(shell.db));
  }
  assert.equal(await countUsers(shell.db, "users"), 2_000, "who is seen is not lost");
});

/** Starts an import, and kills it with `kill -9` once `isTime`. */
async function killImport(
  shell: Shell,
  file: string,
  isTime: () => Promise<boolean>,
): Promise<void> {
  await using child = new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--no-check", resolve("tasks/import-users.ts"), file],
    cwd: shell.folder,
    env: shell.env,
    stdin: "null",
    stdout: "null",
    stderr: "null",
  }).spawn();
  let hasEnded = false;
  const status = child.status.then(() => hasEnded = true);
  while (!hasEnded && !await isTime()) await pause(5);
  if (!hasEnded) child.kill("SIGKILL");
  await status;
}

async function isUnderWay(db: Db): Promise<boolean> {
  const jobs = await db.selectFrom("jobs").select("id").where("expires_at", "is", null).execute();
  return jobs.length > 0;
}

/** Does what a server does from the next minute on, and forgets what nobody waits for. */
async function finish(db: Db): Promise<void> {
  const database = { db, spareDb: db, kind: "postgres" } as const;
  const services = await servicesOver(database);
  // The database may notice only later that the process is gone, which held a job.
  while (await isUnderWay(db)) await services.jobs.runDue();
  await db.updateTable("jobs").set({ expires_at: new Date(0) }).where("expires_at", "is not", null)
    .execute();
  await maintain(services);
  // The database may still add a portion of the process that is gone. It expires in its turn.
  const left = await db.selectFrom("jobs").select("id")
    .where((row) => row.or([row("expires_at", "is", null), row("expires_at", "<=", new Date())]))
    .execute();
  assert.deepEqual(left, []);
}
