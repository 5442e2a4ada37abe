import assert from "node:assert/strict";
import type { Db } from "@/lib/db/database.ts";
import { inTransaction } from "@/lib/db/transaction.ts";
import { insertImages } from "@/lib/repo/images.ts";
import type { FtpServer } from "@/tests/kit/ftp_server.ts";
import { vsftpd } from "@/tests/kit/programs.ts";
import { startVsftpd } from "@/tests/kit/vsftpd.ts";
import { addUser, changeAvatar, makePicture } from "@/tests/storage/avatars.ts";
import { filesOn, ftpEnvironment } from "@/tests/storage/ftp_servers.ts";
import { isEmpty, openInstance, pathsOf } from "@/tests/storage/instances.ts";
import { commandTest, type Ended, runTask, type Shell } from "./command.ts";

/** Runs the command with its own FTP server. */
type Sync = (...args: string[]) => Promise<Ended>;

function syncTest(
  fact: string,
  run: (test: { shell: Shell; server: FtpServer; sync: Sync }) => Promise<void>,
): void {
  commandTest(fact, async (shell) => {
    await using server = await startVsftpd();
    const env = ftpEnvironment(server);
    const sync: Sync = (...args) => shell.run(["sync-images", ...args], { env });
    await run({ shell, server, sync });
  }, { anyDatabase: true, ignore: vsftpd.find() === undefined });
}

syncTest("sync-images says what it would send, and sends it", async ({ shell, server, sync }) => {
  await letWait(shell.db, server, "a");
  await server.restart();
  assert.deepEqual(
    await sync("--dry-run"),
    said("Would be: 2 sent, 0 removed, 0 moved, 0 verified, 0 repaired, 2 waiting"),
  );
  assert.deepEqual(await filesOn(server), []);
  assert.deepEqual(
    await sync("--verify"),
    said("Files: 2 sent, 0 removed, 0 moved, 2 verified, 0 repaired, 0 waiting"),
  );
  assert.deepEqual(await filesOn(server), pathsOf(["a"]));
  assert.ok(await isEmpty(shell.db));
});

syncTest("sync-images names whose avatar is missing, and exits with 1", async (test) => {
  const { shell, server, sync } = test;
  const userId = await store(shell.db, server, "a");
  const { name } = makePicture("a").files[0];
  await Deno.remove(`${server.folder}/avatars/${name.slice(0, 2)}/${name}`);
  await shell.db.deleteFrom("images").execute();
  const { code, stderr } = await sync();
  const sentence = `${name} of user ${userId} is missing: have the avatar uploaded again\n`;
  assert.deepEqual({ code, stderr }, { code: 1, stderr: sentence });
});

syncTest("sync-images says that the FTP server does not work, and exits with 1", async (test) => {
  await test.server.kill();
  const { code, stdout, stderr } = await test.sync();
  assert.deepEqual({ code, stdout }, { code: 1, stdout: "" });
  assert.match(
    stderr,
    /^Cannot connect to the FTP server .*: start the server, or correct FTP_URL\n$/,
  );
});

syncTest("sync-images moves all avatars to the database and back", async (test) => {
  const { shell, server, sync } = test;
  await store(shell.db, server, "a");
  const moved = (stdout: string) => /(\d+) moved/.exec(stdout)?.[1];
  assert.equal(moved((await sync("--to", "database")).stdout), "2");
  const stored = () =>
    shell.db.selectFrom("images").select("name").where("state", "=", "stored").execute();
  assert.equal((await stored()).length, 2);
  assert.equal(moved((await sync("--to", "ftp")).stdout), "2");
  assert.deepEqual(await stored(), []);
  assert.deepEqual(await filesOn(server), pathsOf(["a"]));
});

commandTest("sync-images works without an FTP server, and moves nothing to one", async (shell) => {
  assert.deepEqual(
    await shell.run(["sync-images"]),
    said("Files: 0 sent, 0 removed, 0 moved, 0 verified, 0 repaired, 0 waiting"),
  );
  const { code, stderr } = await shell.run(["sync-images", "--to", "ftp"]);
  assert.deepEqual(
    { code, stderr },
    { code: 1, stderr: "Moving images needs the FTP server: set FTP_URL\n" },
  );
});

commandTest("sync-images asks before it removes files, and --yes skips it", async (shell) => {
  const [file] = makePicture("unused").files;
  await inTransaction(shell.db, (tx) => insertImages(tx, "stored", [file]));
  await shell.db.updateTable("images").set({ changed_at: new Date(0) }).execute();
  const unasked = await shell.run(["sync-images"]);
  assert.deepEqual([unasked.code, /--yes/.test(unasked.stderr)], [2, true], unasked.stderr);
  assert.equal((await shell.db.selectFrom("images").select("name").execute()).length, 1);
  assert.match((await shell.run(["sync-images", "--yes"])).stdout, / 1 removed/);
  assert.deepEqual(await shell.db.selectFrom("images").select("name").execute(), []);
}, { anyDatabase: true });

for (const args of [["--to", "moon"], ["everything"]]) {
  Deno.test(`sync-images ${args.join(" ")} exits with 2`, async () => {
    const { code, stderr } = await runTask(["sync-images", ...args], "", {});
    assert.equal(code, 2);
    assert.match(stderr, new RegExp(`${args.at(-1)}.*--help`));
  });
}

function said(line: string): Ended {
  return { code: 0, stdout: `${line}\n`, stderr: "" };
}

/** Gives an avatar to a new user while the server is stopped. */
async function letWait(db: Db, server: FtpServer, seed: string): Promise<void> {
  await server.kill();
  await using instance = await openInstance(db, server);
  await changeAvatar(db, instance, await addUser(db, `user${seed}`), makePicture(seed));
}

/** Gives an avatar to a new user, and sends it. Returns the user's id. */
async function store(db: Db, server: FtpServer, seed: string): Promise<number> {
  await using instance = await openInstance(db, server);
  const id = await addUser(db, `user${seed}`);
  await changeAvatar(db, instance, id, makePicture(seed));
  await instance.jobs.drain("image");
  return id;
}
