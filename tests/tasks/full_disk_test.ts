/** An embedded database and backups on their own disk, which fills up. */
import assert from "node:assert/strict";
import { sql } from "kysely";
import { outageOf } from "@/lib/db/errors.ts";
import { migrateUp } from "@/lib/db/migrator.ts";
import { openDatabase } from "@/lib/db/open_database.ts";
import { isReady } from "@/lib/domain/operation/service_states.ts";
import { backupName, listBackupFiles, writeBackupFile } from "@/lib/storage/backup_folder.ts";
import { serveApp } from "@/tests/kit/app.ts";
import { PASSWORD } from "@/tests/kit/people.ts";
import { tempFolder } from "@/tests/kit/temp.ts";

const MIB = 1024 * 1024;

/** Mounts a small disk until it is disposed. */
async function smallDisk(bytes = 128 * MIB): Promise<AsyncDisposable & { readonly path: string }> {
  const folder = await tempFolder();
  await run("mount", "-t", "tmpfs", "-o", `size=${bytes}`, "tmpfs", folder.path);
  return {
    path: folder.path,
    async [Symbol.asyncDispose]() {
      await run("umount", folder.path);
      await folder[Symbol.asyncDispose]();
    },
  };
}

async function run(program: string, ...args: string[]): Promise<void> {
  const { success, stderr } = await new Deno.Command(program, { args }).output();
  if (!success) throw new Error(new TextDecoder().decode(stderr));
}

/** Whether this account may mount a disk. */
async function mayMount(): Promise<boolean> {
  try {
    await using _disk = await smallDisk();
    return true;
  } catch {
    return false;
  }
}

async function fillUp(folder: string): Promise<void> {
  using file = await Deno.open(`${folder}/filler`, { write: true, create: true });
  const block = new Uint8Array(4096);
  try {
    while (true) await file.write(block);
  } catch (error) {
    if (!(error instanceof Error && error.message.includes("No space left"))) throw error;
  }
}

Deno.test({
  name: "on a full disk changes say so, pages are shown, and the server is not ready",
  ignore: Deno.build.os !== "linux" || !await mayMount(),
  async fn() {
    await using disk = await smallDisk();
    const database = await openDatabase({ kind: "pglite", path: `${disk.path}/db` }, "server");
    try {
      await migrateUp(database.db);
      const environment = { DATABASE_URL: `pglite:${disk.path}/db` };
      await using app = await serveApp({ ...database, url: undefined }, { environment });
      assert.equal(await isReady(app.services), true);
      await fillUp(disk.path);
      // Until every page of every table is full.
      const outage = await sql`
        insert into audit_events (actor_name, action) select repeat('x', 1000), 'fill'
        from generate_series(1, 100000)
      `.execute(database.db).catch(outageOf);
      assert.equal(outage, "disk_full");
      const answers = await Promise.all(
        Array.from({ length: 40 }, (_, index) =>
          app.client().sendJson("POST", "/register", {
            username: `person-${index}`,
            email: `person-${index}@example.org`,
            password: PASSWORD,
            password2: PASSWORD,
          })),
      );
      const refused = answers.filter(({ status }) => status !== 201);
      assert.deepEqual([...new Set(refused.map(({ status }) => status))], [503]);
      assert.ok(refused.every(({ text }) => text.includes("disk of the database is full")));
      assert.equal((await app.client().getJson("/readyz")).status, 503);
      assert.equal((await app.client().getJson("/login")).status, 200);

      await Deno.remove(`${disk.path}/filler`);
      assert.equal(await isReady(app.services), true);
    } finally {
      await database.close();
    }
  },
});

Deno.test({
  name: "a backup that fills its disk says so, and leaves the last one whole",
  ignore: Deno.build.os !== "linux" || !await mayMount(),
  async fn() {
    await using disk = await smallDisk(MIB);
    const last = `${disk.path}/${backupName(new Date(0))}`;
    await writeBackupFile(last, ReadableStream.from(["whole"]));
    // What is random cannot be compressed.
    const lines = Array.from(
      { length: 64 },
      () => crypto.getRandomValues(new Uint8Array(64 * 1024)).toBase64(),
    );
    const path = `${disk.path}/${backupName(new Date())}`;
    await assert.rejects(
      writeBackupFile(path, ReadableStream.from(lines)),
      { name: "BackupFileError", message: `The disk of ${disk.path} is full: make room there` },
    );
    const [file, ...others] = await listBackupFiles(disk.path);
    assert.deepEqual([others, file?.name], [[], backupName(new Date(0))]);
  },
});
