/** Backups that the server makes in `BACKUP_FOLDER`. */
import assert from "node:assert/strict";
import { readBackupFile } from "@/lib/cli/backup_file.ts";
import { openDatabase } from "@/lib/db/open_database.ts";
import { verifyAuditLog } from "@/lib/domain/operation/audit_seals.ts";
import { restoreBackup } from "@/lib/domain/operation/backup.ts";
import { turnAfter, turnBefore } from "@/lib/domain/operation/backups.ts";
import { maintain } from "@/lib/domain/operation/maintenance.ts";
import { leaseDueJobs } from "@/lib/repo/jobs.ts";
import { BackupFileError, trimBackupFiles, writeBackupFile } from "@/lib/storage/backup_folder.ts";
import { serveApp, type TestApp } from "@/tests/kit/app.ts";
import {
  databaseTest,
  postgresAt,
  postgresTest,
  type TestDatabase,
} from "@/tests/kit/databases.ts";
import { withEmbedded } from "@/tests/kit/embedded.ts";
import { addAdmin, addPerson, logIn, signedIn } from "@/tests/kit/people.ts";
import { ageProofs, prove } from "@/tests/kit/second_factor.ts";
import { asServerRole } from "@/tests/kit/server_role.ts";
import { tempFolder } from "@/tests/kit/temp.ts";
import { redAndBlue } from "@/tests/storage/pictures.ts";

interface Site {
  readonly app: TestApp;
  readonly folder: string;
  /** Names of all files in the folder. */
  names(): Promise<string[]>;
}

/** Registers a test of an application that makes backups in an empty folder. */
function backupTest(name: string, fn: (site: Site) => Promise<void>): void {
  databaseTest(name, (database) => withSite(database, fn));
}

async function withSite(database: TestDatabase, fn: (site: Site) => Promise<void>): Promise<void> {
  await using folder = await tempFolder();
  const environment = { BACKUP_FOLDER: folder.path, BACKUPS_KEPT: "2" };
  await using app = await serveApp(database, { environment });
  const names = async () =>
    (await Array.fromAsync(Deno.readDir(folder.path))).map((one) => one.name).sort();
  await fn({ app, folder: folder.path, names });
}

async function jobIsDone({ services: { db, jobs } }: TestApp): Promise<void> {
  await jobs.drain("backup");
  const left = await db.selectFrom("jobs").select("last_error").where("kind", "=", "backup")
    .execute();
  assert.deepEqual(left, []);
}

backupTest(
  "a backup of the page restores elsewhere with sign-in, picture and a whole audit log",
  async ({ app, folder, names }) => {
    const admin = await signedIn(app, await addAdmin(app));
    const ana = await addPerson(app, "ana");
    const form = new FormData();
    form.set("user_id", String(ana.user_id));
    form.set("image", new Blob([new Uint8Array(await redAndBlue("png"))]), "a.png");
    const headers = { accept: "application/json", origin: app.origin };
    await admin.send("/edit_user", { method: "PUT", headers, body: form });
    await maintain(app.services);
    await jobIsDone(app);
    for (const name of await names()) await Deno.remove(`${folder}/${name}`);

    const asked = await admin.sendJson("PUT", "/settings", {});
    assert.deepEqual([asked.status, /is being made/.test(asked.text)], [200, true], asked.text);
    await jobIsDone(app);
    const [name, ...others] = await names();
    assert.deepEqual(others, []);
    assert.equal((await Deno.stat(`${folder}/${name}`)).mode! & 0o777, 0o600);
    const { backups } = JSON.parse((await admin.getJson("/settings")).text);
    assert.deepEqual([backups.problem, backups.last.name, backups.last.users], [null, name, 2]);
    assert.match((await admin.get("/settings")).text, /The last one is whole: 2 users/);
    const { entries } = JSON.parse((await admin.getJson("/audit_log")).text);
    assert.deepEqual(
      entries.slice(0, 2).map((entry: { action: string }) => entry.action),
      ["make_backup", "request_backup"],
    );

    await withEmbedded(async (database) => {
      await restoreBackup(database.db, readBackupFile(`${folder}/${name}`));
      await using there = await serveApp({ ...database, url: undefined });
      const browser = there.client();
      assert.equal((await logIn(browser, "ana")).status, 200);
      const { text } = await browser.get("/profile");
      const picture = /\/images\/[0-9a-f]{64}\.webp/.exec(text)?.[0];
      assert.ok(picture, text);
      assert.equal((await browser.get(picture)).status, 200);
      const { fault, seals } = await verifyAuditLog(there.services);
      assert.deepEqual([fault, seals > 0], [null, true]);
    });
  },
);

backupTest("one backup is made at a time, and no other user may ask", async ({ app, names }) => {
  const boss = await addAdmin(app);
  const admin = await signedIn(app, boss);
  const ana = await signedIn(app, await addPerson(app, "ana"));
  assert.equal((await ana.sendJson("PUT", "/settings", {})).status, 403);
  await ageProofs(app, 16);
  assert.equal((await admin.sendJson("PUT", "/settings", {})).status, 403);
  await prove(admin);
  const { db } = app.services;
  await db.insertInto("jobs").values({ kind: "backup", subject: "folder" }).execute();
  assert.equal((await leaseDueJobs(db, "backup", { limit: 1, seconds: 60 })).length, 1);
  const answers = await Promise.all(
    Array.from({ length: 5 }, () => admin.sendJson("PUT", "/settings", {})),
  );
  assert.ok(answers.every(({ text }) => text.includes("is being made already")));
  assert.match((await admin.get("/settings")).text, /A backup is being made/);
  await app.services.jobs.drain("backup");
  assert.deepEqual(await names(), []);
  // The process that had it was killed.
  await db.updateTable("jobs").set({ leased_until: new Date(0) }).execute();
  await jobIsDone(app);
  assert.equal((await names()).length, 1);
});

backupTest(
  "maintenance makes a backup at its hours, and keeps some",
  async ({ app, folder, names }) => {
    await addAdmin(app);
    const old = ["roster-2026-01-01T030000.jsonl.gz", "roster-2026-01-02T030000.jsonl.gz"];
    const part = "roster-2026-01-03T030000.jsonl.gz.part";
    for (const name of [...old, part, "notes.txt"]) {
      await Deno.writeTextFile(
        `${folder}/${name}`,
        "",
      );
    }
    await Deno.utime(`${folder}/${part}`, 0, 0);
    await maintain(app.services);
    await jobIsDone(app);
    const [notes, kept, made = "", ...others] = await names();
    assert.deepEqual([notes, kept, others], ["notes.txt", old[1], []]);
    assert.match(made, /^roster-20\d\d-\d\d-\d\dT\d{6}\.jsonl\.gz$/);
    await maintain(app.services);
    await jobIsDone(app);
    assert.deepEqual(await names(), ["notes.txt", old[1], made]);
  },
);

backupTest("the page says what is wrong with backups", async ({ app, folder, names }) => {
  const admin = await signedIn(app, await addAdmin(app));
  const problem = async () => {
    const { backups, services } = JSON.parse((await admin.getJson("/settings")).text);
    const state = services.find((service: { name: string }) => service.name === "Backups");
    assert.equal(state.state, backups.problem === null ? "ok" : "failed");
    return backups.problem;
  };
  await admin.sendJson("PUT", "/settings", {});
  await jobIsDone(app);
  const [name] = await names();
  assert.equal(await problem(), null);
  await Deno.truncate(`${folder}/${name}`, 100);
  assert.match(await problem(), /is damaged: it has 100 bytes instead of \d+/);
  await Deno.remove(`${folder}/${name}`);
  assert.match(await problem(), /is not in the folder any more/);
  await Deno.remove(folder);
  assert.match(await problem(), /The folder .* does not exist: create it, or mount its disk/);
  const refused = await admin.postForm("/settings", { _method: "PUT" });
  assert.equal(refused.status, 502);
  assert.match(refused.text, /No backup can be made: The folder .* does not exist/);
  await app.services.db.insertInto("jobs").values({ kind: "backup", subject: "folder" }).execute();
  assert.equal((await app.services.jobs.drain("backup")).failed, 1);
  await Deno.mkdir(folder);
  assert.match(await problem(), /does not exist/);
  await jobIsDone(app);
  assert.equal(await problem(), null);
});

databaseTest("without a folder the page says how else to make backups", async (database) => {
  await using app = await serveApp(database);
  const admin = await signedIn(app, await addAdmin(app));
  assert.match((await admin.get("/settings")).text, /makes no backups: BACKUP_FOLDER .*provider/s);
  assert.equal((await admin.sendJson("PUT", "/settings", {})).status, 502);
  await maintain(app.services);
  assert.equal((await app.services.jobs.drain("backup")).done, 0);
}, { anyDatabase: true });

Deno.test("a backup that the end of the server interrupts leaves no file", async () => {
  await using folder = await tempFolder();
  const ending = new AbortController();
  let isClosed = false;
  const lines = async function* () {
    try {
      yield "one";
      ending.abort();
      yield "two";
    } finally {
      isClosed = true;
    }
  };
  const path = `${folder.path}/one.gz`;
  await assert.rejects(writeBackupFile(path, lines(), ending.signal), { name: "AbortError" });
  assert.deepEqual([isClosed, await Array.fromAsync(Deno.readDir(folder.path))], [true, []]);
});

postgresTest("a role that only serves makes whole backups", async ({ url }) => {
  const database = await openDatabase(postgresAt(await asServerRole(url)));
  try {
    await withSite({ ...database, url }, async ({ app, folder, names }) => {
      const { user_id } = await addPerson(app, "ana");
      await maintain(app.services);
      await jobIsDone(app);
      const [name] = await names();
      await withEmbedded(async (other) => {
        await restoreBackup(other.db, readBackupFile(`${folder}/${name}`));
        await using there = await serveApp({ ...other, url: undefined });
        assert.ok((await addPerson(there, "new")).user_id > user_id);
      });
    });
  } finally {
    await database.close();
  }
});

Deno.test("a folder that cannot take a backup is named in a sentence", async () => {
  await using folder = await tempFolder();
  await Deno.writeTextFile(`${folder.path}/file`, "");
  const lines = () => ReadableStream.from(["one"]);
  const cases: readonly [path: string, message: RegExp][] = [
    [`${folder.path}/none/a.gz`, /The folder .*none does not exist: create it, or mount its disk/],
    [`${folder.path}/file/a.gz`, /The folder .*file does not exist/],
    [`${folder.path}/file`, /exists: name another file/],
  ];
  for (const [path, message] of cases) {
    await assert.rejects(writeBackupFile(path, lines()), (error: unknown) => {
      assert.ok(error instanceof BackupFileError);
      assert.match(error.message, message);
      return true;
    });
  }
  await assert.rejects(trimBackupFiles(`${folder.path}/none`, 1), BackupFileError);
});

Deno.test("backups are made at the hours of the day in UTC", () => {
  const at = (text: string) => new Date(`2026-03-0${text}:00.000Z`);
  const cases: readonly [hours: number[], now: string, before: string, after: string][] = [
    [[3], "2T02:59", "1T03:00", "2T03:00"],
    [[3], "2T03:00", "2T03:00", "3T03:00"],
    [[0, 12], "2T11:30", "2T00:00", "2T12:00"],
    [[23], "2T00:00", "1T23:00", "2T23:00"],
  ];
  for (const [hours, now, before, after] of cases) {
    assert.deepEqual(turnBefore(hours, at(now)), at(before));
    assert.deepEqual(turnAfter(hours, at(now)), at(after));
  }
});
