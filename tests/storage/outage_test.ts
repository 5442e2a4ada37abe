import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { join } from "node:path";
import type { Db } from "@/lib/db/database.ts";
import { findImage } from "@/lib/domain/images/images.ts";
import { syncImages } from "@/lib/domain/images/sync_images.ts";
import { addUser, changeAvatar, makePicture } from "@/tests/storage/avatars.ts";
import { databaseAndFtpTest, filesOn, fullDevice, until } from "@/tests/storage/ftp_servers.ts";
import { type Instance, isEmpty, openInstance, pathsOf } from "@/tests/storage/instances.ts";
import { startRelay } from "@/tests/storage/relay.ts";

const SEEDS = Array.from({ length: 40 }, (_, index) => `seed${index}`);
const PICTURES = SEEDS.map(makePicture);

/** Slow enough to matter for each of the dozen answers that sending a file takes. */
const SLOW_MS = 5;

databaseAndFtpTest("No avatar is lost when the server dies, is full and is slow", async (test) => {
  const { database: { db }, server } = test;
  await using relay = startRelay(server.port);
  await using one = await openInstance(db, { ...server, port: relay.port });
  await using two = await openInstance(db, { ...server, port: relay.port });
  const instances = [one, two];
  const users = await Promise.all(SEEDS.map((seed) => addUser(db, seed)));

  const uploads = Promise.all(
    users.map((user, index) => changeAvatar(db, instances[index % 2]!, user, PICTURES[index])),
  );
  await until(async () => (await filesOn(server)).length >= 10);
  await server.kill("SIGKILL");
  await uploads;
  await assertAllServed(db, instances);

  const full = await fillUp(db, server.folder);
  await server.restart();
  relay.delayMs = SLOW_MS;
  await until(() => haveFailed(db, full.map(({ name }) => name)));
  await assertAllServed(db, instances);

  relay.delayMs = 0;
  await Promise.all(full.map(({ path }) => Deno.remove(path)));
  await until(() => isEmpty(db));
  assert.deepEqual(await filesOn(server), pathsOf(SEEDS));
  const { missing, damaged, verified } = await syncImages(one, { verify: true });
  assert.deepEqual({ missing, damaged, verified }, { missing: [], damaged: [], verified: 80 });
}, { anyDatabase: true });

/** Lets three of the files that wait find no room where they are sent to. */
async function fillUp(db: Db, folder: string): Promise<{ name: string; path: string }[]> {
  const waiting = await db.selectFrom("images").innerJoin("jobs", "subject", "name").select("name")
    .orderBy("run_at").execute();
  // One that has arrived, and of which the server died before it could say so, is not sent again.
  const missing = waiting.filter(({ name }) =>
    !existsSync(join(folder, "avatars", name.slice(0, 2), name))
  );
  const { uid, gid } = await Deno.stat(folder);
  return await Promise.all(
    missing.slice(0, 3).map(async ({ name }) => {
      const shard = join(folder, "avatars", name.slice(0, 2));
      const path = join(shard, `${name}.part`);
      await Deno.mkdir(shard, { recursive: true });
      await Deno.chown(shard, uid, gid);
      // Half of it may be there since the server died.
      await Deno.remove(path).catch(() => undefined);
      await fullDevice(path);
      return { name, path };
    }),
  );
}

/** Whether the server, reachable again, was in vain sent each of these files. */
async function haveFailed(db: Db, names: readonly string[]): Promise<boolean> {
  const failed = await db.selectFrom("jobs").select("id").where("subject", "in", names)
    .where("last_error", "like", "The FTP server failed%").execute();
  return failed.length === names.length;
}

async function assertAllServed(db: Db, instances: readonly Instance[]): Promise<void> {
  for (const { images } of instances) {
    for (const { name, bytes } of PICTURES.flatMap(({ files }) => files)) {
      const answer = await findImage(db, images, name);
      assert.ok(answer.kind === "bytes", `${name} is ${answer.kind}`);
      assert.deepEqual(answer.bytes, bytes);
    }
  }
}
