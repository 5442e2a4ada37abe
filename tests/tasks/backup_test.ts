import assert from "node:assert/strict";
import { readBackupFile } from "@/lib/cli/backup_file.ts";
import { inTransaction } from "@/lib/db/transaction.ts";
import { printSeal, verifyAuditLog } from "@/lib/domain/operation/audit_seals.ts";
import { Backup, restoreBackup } from "@/lib/domain/operation/backup.ts";
import { insertImages } from "@/lib/repo/images.ts";
import { writeBackupFile } from "@/lib/storage/backup_folder.ts";
import { appTest, serveApp, type TestApp } from "@/tests/kit/app.ts";
import { databaseTest, type TestDatabase } from "@/tests/kit/databases.ts";
import { withEmbedded } from "@/tests/kit/embedded.ts";
import { addAdmin, addPerson, logIn, signedIn } from "@/tests/kit/people.ts";
import { codeOf, forgetSteps, turnOn } from "@/tests/kit/second_factor.ts";
import { vsftpd } from "@/tests/kit/programs.ts";
import { tempFolder } from "@/tests/kit/temp.ts";
import { startVsftpd } from "@/tests/kit/vsftpd.ts";
import { addUser, changeAvatar, makePicture } from "@/tests/storage/avatars.ts";
import { openInDatabase, openInstance } from "@/tests/storage/instances.ts";
import { commandTest } from "./command.ts";

async function linesOf(backup: Backup): Promise<string[]> {
  return await Array.fromAsync(backup.lines());
}

/** Runs `fn` with another machine, on which a backup has been restored. */
function elsewhere(lines: readonly string[], fn: (app: TestApp) => Promise<void>): Promise<void> {
  return withEmbedded(async (database) => {
    await restoreBackup(database.db, ReadableStream.from(lines));
    const other: TestDatabase = { ...database, url: undefined };
    await using app = await serveApp(other);
    await fn(app);
  });
}

appTest("a restored backup has every row, and people sign in with what they have", async (app) => {
  const { db } = app.services;
  const admin = await signedIn(app, await addAdmin(app));
  const ana = await addPerson(app, "ana");
  const { secret } = await turnOn(app, ana);
  const browser = await signedIn(app, ana);
  const bio = 'one\u2028two, "three", \\x and 𝄞';
  await admin.sendJson("PUT", "/edit_user", { user_id: ana.user_id, bio });
  const gone = await addPerson(app, "gone");
  await admin.sendJson("DELETE", "/delete_user", { user_id: gone.user_id });
  await inTransaction(db, (tx) => insertImages(tx, "waiting", makePicture("a").files));

  await printSeal(app.services);

  const [head, ...lines] = await linesOf(new Backup(app.services));
  await elsewhere([head!, ...lines], async (there) => {
    const [, ...again] = await linesOf(new Backup(there.services));
    assert.deepEqual(again, lines);
    const { fault, seals, waiting } = await verifyAuditLog(there.services);
    assert.deepEqual([fault, waiting], [null, 0]);
    assert.ok(seals > 0);

    const path = `/profile?user_id=${ana.user_id}`;
    const before = there.client();
    for (const [name, value] of browser.cookies()) before.keep(`${name}=${value}`);
    assert.equal((await before.get(path)).status, 303);

    const after = there.client();
    await forgetSteps(there);
    await logIn(after, "ana");
    await after.postForm("/two_factor", { code: await codeOf(secret) });
    assert.match((await after.get("/profile")).text, /three/);
    const boss = there.client();
    await logIn(boss, "admin");
    const restored = await boss.sendJson("PUT", "/restore_user", { user_id: gone.user_id });
    assert.equal(restored.status, 200, restored.text);
    assert.ok((await addPerson(there, "new")).user_id > gone.user_id);
  });
});

databaseTest(
  "a backup has the pictures of the FTP server, and names the lost ones",
  async ({ db }) => {
    await using server = await startVsftpd();
    await using instance = await openInstance(db, server);
    for (const name of ["a", "b"]) {
      await changeAvatar(db, instance, await addUser(db, name), makePicture(name));
    }
    await instance.jobs.drain("image");
    await db.deleteFrom("images").execute();
    const [large, small] = makePicture("b").files;
    await instance.images.store.delete(large.name);
    await instance.images.store.delete(small.name);

    const backup = new Backup(instance);
    const lines = await linesOf(backup);
    assert.deepEqual(backup.missing, [large.name, small.name]);
    await withEmbedded(async (other) => {
      await restoreBackup(other.db, ReadableStream.from(lines));
      await using there = await openInDatabase(other.db);
      for (const { name, bytes } of makePicture("a").files) {
        assert.deepEqual(await there.images.cache.get(name), bytes);
      }
    });
  },
  { anyDatabase: true, ignore: !vsftpd.find() },
);

databaseTest("a backup of an older version is restored and migrated", async ({ db }) => {
  const user = {
    id: 7,
    username: "ana",
    username_key: "ana",
    email: "a@x.org",
    email_key: "a@x.org",
  };
  const more = {
    password_hash: "none",
    role: "user",
    status: "active",
    failed_logins: 0,
    created_at: "2026-01-01",
    updated_at: "2026-01-01",
    version: 1,
  };
  const lines = [
    { roster_backup: 1, migration: "0005_maintenance", made_at: "2026-01-01" },
    { table: "users", rows: [{ ...user, ...more }] },
    { end: true, rows: 1, sequences: { users_id_seq: 41 } },
  ].map((line) => JSON.stringify(line));
  assert.deepEqual(await restoreBackup(db, ReadableStream.from(lines)), { users: 1, rows: 1 });
  assert.equal(await addUser(db, "eve"), 42);
  const { email } = await db.selectFrom("users").select("email").where("id", "=", 7)
    .executeTakeFirstOrThrow();
  assert.equal(email, "a@x.org");
});

databaseTest(
  "whatever is wrong with a backup, a restore says so and changes nothing",
  async (database) => {
    const { db } = database;
    await using instance = await openInDatabase(db);
    await addUser(db, "ana");
    const [head = "", ...lines] = await linesOf(new Backup(instance));
    const restore = (...some: string[]) => restoreBackup(db, ReadableStream.from(some));
    await assert.rejects(restore(head, ...lines), /data in the table users.*empty one/);
    await db.deleteFrom("users").execute();
    const newer = head.replace(/"migration":"\d+_\w+"/, '"migration":"9999_unknown"');
    await assert.rejects(restore(newer, ...lines), /newer version.*9999_unknown.*update/);
    await assert.rejects(restore("{}", ...lines), /not a backup/);
    await assert.rejects(restore(), /too early/);
    await assert.rejects(restore(head, ...lines.slice(0, -1)), /too early/);
    await assert.rejects(restore(head, lines[0]!, ...lines.slice(-1)), /too early/);
    await assert.rejects(restore(head, ...lines.slice(1)), /Rows of user_profiles are damaged/);
    assert.deepEqual(await db.selectFrom("users").select("id").execute(), []);
    assert.deepEqual(await restore(head, ...lines), { users: 1, rows: 2 });
  },
);

Deno.test("a backup file that is cut off or no backup is told apart from an empty one", async () => {
  await using folder = await tempFolder();
  const path = `${folder.path}/backup`;
  await writeBackupFile(path, ReadableStream.from(["one", "", "three\u2028four"]));
  assert.deepEqual(await Array.fromAsync(readBackupFile(path)), ["one", "", "three\u2028four"]);
  assert.equal((await Deno.stat(path)).mode! & 0o777, 0o600);
  const bytes = await Deno.readFile(path);
  await Deno.writeFile(path, bytes.subarray(0, bytes.length - 4));
  await assert.rejects(Array.fromAsync(readBackupFile(path)), /damaged/);
  await Deno.writeTextFile(path, "hello");
  await assert.rejects(Array.fromAsync(readBackupFile(path)), /damaged/);
});

commandTest("backup and restore are each one command", async ({ run, db, folder, env }) => {
  await addUser(db, "ana");
  const file = `${folder}/roster.gz`;
  const made = await run(["backup", file]);
  assert.match(made.stdout, /roster\.gz holds 1 users, in 2 rows\. Keep it secret/);
  assert.deepEqual([made.code, made.stderr], [0, ""]);
  assert.match((await run(["backup", file])).stderr, /exists: name another file/);
  assert.match(
    (await run(["restore", file])).stderr,
    /data in the table users.*Nothing was changed/,
  );
  const there = { ...env, DATABASE_URL: `pglite:${folder}/there` };
  const restored = await run(["restore", file], { env: there });
  assert.deepEqual(restored, {
    code: 0,
    stdout: "1 users are restored, in 2 rows. Everybody has to sign in again.\n",
    stderr: "",
  });
  assert.equal((await run(["users", "show", "ana"], { env: there })).code, 0);
}, { anyDatabase: true });
