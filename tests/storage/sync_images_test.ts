import assert from "node:assert/strict";
import { join } from "node:path";
import type { Db } from "@/lib/db/database.ts";
import { findImage } from "@/lib/domain/images/images.ts";
import { SYNC_STEPS, syncImages } from "@/lib/domain/images/sync_images.ts";
import { StoreUnavailableError } from "@/lib/storage/image_store.ts";
import { databaseTest } from "@/tests/kit/databases.ts";
import type { FtpServer } from "@/tests/kit/ftp_server.ts";
import { addUser, changeAvatar, makePicture } from "@/tests/storage/avatars.ts";
import { databaseAndFtpTest, filesOn, until } from "@/tests/storage/ftp_servers.ts";
import {
  type Instance,
  isEmpty,
  openInDatabase,
  openInstance,
  pathsOf,
} from "@/tests/storage/instances.ts";

const NOTHING = {
  sent: 0,
  removed: 0,
  moved: 0,
  waiting: 0,
  verified: 0,
  repaired: 0,
  missing: [],
  damaged: [],
};

databaseAndFtpTest("syncImages() sends what waits", async ({ database: { db }, server }) => {
  await server.kill();
  const before = await openInstance(db, server);
  await changeAvatar(db, before, await addUser(db, "ann"), makePicture("a"));
  await before[Symbol.asyncDispose]();
  await server.restart();
  await using instance = await openInstance(db, server);
  const dry = await syncImages(instance, { dryRun: true });
  assert.deepEqual(dry, { ...NOTHING, sent: 2, waiting: 2 });
  assert.deepEqual(await filesOn(server), []);
  assert.deepEqual(await syncImages(instance), { ...NOTHING, sent: 2 });
  assert.deepEqual(await filesOn(server), pathsOf(["a"]));
  assert.deepEqual(await syncImages(instance), NOTHING);
});

databaseAndFtpTest("syncImages() removes orphans that are older than an hour", async (test) => {
  const { database: { db }, server } = test;
  await using instance = await openInstance(db, server);
  await store(db, instance, "a");
  const old = makePicture("old").files.map(({ name }) => name);
  const young = makePicture("young").files.map(({ name }) => name);
  await Promise.all(old.map((name) => plant(server, name, 61)));
  await Promise.all(young.map((name) => plant(server, name, 59)));
  const half = `${makePicture("a").key}.webp.part`;
  await plant(server, half, 61);
  const dry = await syncImages(instance, { dryRun: true });
  assert.equal(dry.removed, 3);
  assert.equal((await filesOn(server)).length, 7);
  assert.deepEqual(await syncImages(instance), { ...NOTHING, removed: 3 });
  assert.deepEqual(await filesOn(server), pathsOf(["a", "young"]));
});

databaseAndFtpTest("syncImages() reports whose avatar is missing or damaged", async (test) => {
  const { database: { db }, server } = test;
  await using instance = await openInstance(db, server);
  await store(db, instance, "a");
  const userId = await store(db, instance, "b");
  const [large, small] = makePicture("b").files;
  await Deno.remove(pathOn(server, small.name));
  await Deno.writeTextFile(pathOn(server, large.name), "damaged");
  await db.deleteFrom("images").execute();
  const report = await syncImages(instance, { verify: true });
  assert.deepEqual(report, {
    ...NOTHING,
    verified: 3,
    missing: [{ name: small.name, userId }],
    damaged: [{ name: large.name, userId }],
  });
  await using other = await openInstance(db, server);
  assert.deepEqual(await findImage(db, other.images, large.name), { kind: "missing" });
});

databaseAndFtpTest("syncImages() sends again what the database has copies of", async (test) => {
  const { database: { db }, server } = test;
  await using instance = await openInstance(db, server);
  await store(db, instance, "a");
  const [large, small] = makePicture("a").files;
  await Deno.remove(pathOn(server, small.name));
  // Of the same size, as after a fault of the disk.
  await Deno.writeFile(pathOn(server, large.name), new Uint8Array(large.bytes.byteLength));
  const dry = await syncImages(instance, { dryRun: true, verify: true });
  assert.deepEqual(dry, { ...NOTHING, verified: 1, repaired: 2 });
  const report = await syncImages(instance, { verify: true });
  assert.deepEqual(report, { ...NOTHING, sent: 2, verified: 1, repaired: 2 });
  for (const { name, bytes } of [large, small]) {
    assert.deepEqual(await Deno.readFile(pathOn(server, name)), new Uint8Array(bytes));
  }
  const after = await syncImages(instance, { verify: true });
  assert.deepEqual(after, { ...NOTHING, verified: 2 });
});

databaseAndFtpTest(
  "syncImages() moves the copy of a damaged file to the database",
  async (test) => {
    const { database: { db }, server } = test;
    await using instance = await openInstance(db, server);
    await store(db, instance, "a");
    const [large] = makePicture("a").files;
    await Deno.writeTextFile(pathOn(server, large.name), "damaged");
    const report = await syncImages(instance, { to: "database" });
    assert.deepEqual(report, { ...NOTHING, moved: 2, repaired: 1 });
    const inDatabase = await openInDatabase(db);
    assert.deepEqual(
      new Uint8Array(await inDatabase.images.store.get(large.name) ?? []),
      large.bytes,
    );
  },
);

databaseAndFtpTest(
  "syncImages() moves an installation to the FTP server and back",
  async (test) => {
    const { database: { db }, server } = test;
    const inDatabase = await openInDatabase(db);
    const seeds = ["a", "b", "c", "d"];
    for (const seed of seeds) {
      await changeAvatar(
        db,
        inDatabase,
        await addUser(db, seed),
        makePicture(seed),
      );
    }
    await using instance = await openInstance(db, server);
    assert.equal((await syncImages(instance, { to: "ftp", dryRun: true })).moved, 8);
    const there = await syncImages(instance, { to: "ftp" });
    assert.deepEqual(there, { ...NOTHING, sent: 8, moved: 8 });
    assert.deepEqual(await filesOn(server), pathsOf(seeds));
    assert.equal((await inDatabase.images.store.list(makePicture("a").key.slice(0, 2))).length, 0);
    const back = await syncImages(instance, { to: "database" });
    assert.deepEqual(back, { ...NOTHING, moved: 8 });
    await server.kill();
    const restarted = await openInDatabase(db);
    for (const { name, bytes } of seeds.flatMap((seed) => makePicture(seed).files)) {
      const answer = await findImage(db, restarted.images, name);
      assert.ok(answer.kind === "bytes");
      assert.deepEqual(new Uint8Array(answer.bytes), bytes);
    }
  },
);

databaseAndFtpTest("syncImages() says that the FTP server does not work", async (test) => {
  await test.server.kill();
  await using instance = await openInstance(test.database.db, test.server);
  await assert.rejects(syncImages(instance), StoreUnavailableError);
});

databaseTest("syncImages() works without an FTP server too", async ({ db }) => {
  const instance = await openInDatabase(db);
  await store(db, instance, "a");
  const orphan = makePicture("orphan").files[0];
  await instance.images.store.put(orphan);
  await db.updateTable("images").set({ changed_at: new Date(0) }).where("name", "=", orphan.name)
    .execute();
  let steps = 0;
  const report = await syncImages(instance, { verify: true, onProgress: () => steps++ });
  assert.deepEqual(report, { ...NOTHING, removed: 1, verified: 2 });
  assert.equal(steps, SYNC_STEPS);
  await assert.rejects(syncImages(instance, { to: "ftp" }), /needs an FTP server/);
});

databaseTest(
  "syncImages() keeps what waited for an FTP server that is no longer set",
  async ({ db }) => {
    await addUser(db, "ann");
    const [file] = makePicture("a").files;
    await db.insertInto("images").values({ ...file, state: "waiting" }).execute();
    await db.updateTable("user_profiles").set({ image: `/images/${file.name}` }).execute();
    const instance = await openInDatabase(db);
    assert.equal((await syncImages(instance)).moved, 1);
    assert.deepEqual(new Uint8Array(await instance.images.store.get(file.name) ?? []), file.bytes);
    assert.ok(await isEmpty(db));
  },
);

/** Stores an avatar for a new user, and gives the user's id. */
async function store(db: Db, instance: Instance, seed: string): Promise<number> {
  const id = await addUser(db, `user${seed}`);
  await changeAvatar(db, instance, id, makePicture(seed));
  await until(() => isEmpty(db));
  return id;
}

/** Puts a file on the server without the application. */
async function plant(server: FtpServer, name: string, ageMinutes: number): Promise<void> {
  const path = pathOn(server, name);
  await Deno.mkdir(join(path, ".."), { recursive: true });
  await Deno.writeTextFile(path, "x");
  const { uid, gid } = await Deno.stat(server.folder);
  for (const mine of [path, join(path, ".."), join(path, "../..")]) {
    await Deno.chown(mine, uid, gid);
  }
  const at = new Date(Date.now() - ageMinutes * 60_000);
  await Deno.utime(path, at, at);
}

function pathOn(server: FtpServer, name: string): string {
  return join(server.folder, "avatars", name.slice(0, 2), name);
}
