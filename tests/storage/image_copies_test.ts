import assert from "node:assert/strict";
import { findImage, trimCopies } from "@/lib/domain/images/images.ts";
import { syncImages } from "@/lib/domain/images/sync_images.ts";
import { prepareProduction } from "@/tests/kit/build.ts";
import type { TestDatabase } from "@/tests/kit/databases.ts";
import { freePort } from "@/tests/kit/free_port.ts";
import type { FtpServer } from "@/tests/kit/ftp_server.ts";
import { startServer } from "@/tests/kit/server_process.ts";
import { addUser, changeAvatar, makePicture } from "./avatars.ts";
import { databaseAndFtpTest, filesOn, ftpEnvironment, until } from "./ftp_servers.ts";
import { isEmpty, openInDatabase, openInstance, pathsOf } from "./instances.ts";

databaseAndFtpTest(
  "Who starts while the server is down serves what was sent before",
  async (test) => {
    const { database, server } = test;
    const picture = makePicture("a");
    await using instance = await openInstance(database.db, server);
    await changeAvatar(database.db, instance, await addUser(database.db, "ann"), picture);
    await until(() => isEmpty(database.db));
    await server.kill("SIGKILL");
    await using newcomer = await startNewcomer(database, server);
    for (const { name, bytes } of picture.files) {
      const served = await newcomer.get(name);
      assert.deepEqual(served && new Uint8Array(served), bytes);
    }
  },
);

databaseAndFtpTest("No copy is left of an avatar that nobody has any more", async (test) => {
  const { database: { db }, server } = test;
  await using instance = await openInstance(db, server);
  const ann = await addUser(db, "ann");
  await changeAvatar(db, instance, ann, makePicture("a"));
  await until(() => isEmpty(db));
  await changeAvatar(db, instance, ann);
  await until(() => isEmpty(db));
  assert.deepEqual(await db.selectFrom("images").select("name").execute(), []);
  assert.deepEqual(await filesOn(server), []);
});

databaseAndFtpTest("trimCopies() keeps the copies that were made last", async (test) => {
  const { database: { db }, server } = test;
  await using instance = await openInstance(db, server);
  for (const seed of ["a", "b", "c"]) {
    await changeAvatar(db, instance, await addUser(db, seed), makePicture(seed));
    await until(() => isEmpty(db));
  }
  const sizeOf = (seed: string) =>
    makePicture(seed).files.reduce((sum, { bytes }) => sum + bytes.byteLength, 0);
  await trimCopies(db, sizeOf("b") + sizeOf("c"));
  const left = await db.selectFrom("images").select("name").execute();
  const expected = [...makePicture("b").files, ...makePicture("c").files];
  assert.deepEqual(left.map(({ name }) => name).sort(), expected.map(({ name }) => name).sort());
  // What has no copy is fetched from the server.
  await using cold = await openInstance(db, server);
  const answer = await findImage(db, cold.images, makePicture("a").files[0].name);
  assert.equal(answer.kind, "bytes");
  assert.deepEqual(await filesOn(server), pathsOf(["a", "b", "c"]));
});

databaseAndFtpTest(
  "Copies become the avatars where there is no FTP server any more",
  async (test) => {
    const { database: { db }, server } = test;
    const picture = makePicture("a");
    {
      await using instance = await openInstance(db, server);
      await changeAvatar(db, instance, await addUser(db, "ann"), picture);
      await until(() => isEmpty(db));
    }
    await server.kill();
    const instance = await openInDatabase(db);
    const { moved, missing } = await syncImages(instance);
    assert.deepEqual({ moved, missing }, { moved: 2, missing: [] });
    assert.deepEqual(
      new Uint8Array(await instance.images.store.get(picture.files[0].name) ?? []),
      picture.files[0].bytes,
    );
  },
);

/** An application that has nothing in memory. */
interface Newcomer extends AsyncDisposable {
  get(name: string): Promise<Uint8Array | undefined>;
}

/** A process of its own, but on the embedded database, which has room for one. */
async function startNewcomer({ db, url }: TestDatabase, server: FtpServer): Promise<Newcomer> {
  if (url !== undefined) return await startProcess(url, server);
  const instance = await openInstance(db, server);
  return {
    async get(name) {
      const answer = await findImage(db, instance.images, name);
      return answer.kind === "bytes" ? answer.bytes : undefined;
    },
    [Symbol.asyncDispose]: () => instance[Symbol.asyncDispose](),
  };
}

async function startProcess(databaseUrl: string, server: FtpServer): Promise<Newcomer> {
  const build = await prepareProduction();
  const port = freePort();
  const origin = `http://127.0.0.1:${port}`;
  const ftp = ftpEnvironment(server);
  const process = await startServer({
    program: Deno.execPath(),
    args: ["serve", "-A", "--host=127.0.0.1", `--port=${port}`, ...build.args],
    env: { APP_ENV: "test", APP_URL: origin, DATABASE_URL: databaseUrl, ...ftp },
    ready: { url: `${origin}/healthz` },
  });
  return {
    async get(name) {
      const response = await fetch(`${origin}/images/${name}`);
      const bytes = await response.bytes();
      return response.ok ? bytes : undefined;
    },
    async [Symbol.asyncDispose]() {
      await process.kill("SIGKILL");
      await build[Symbol.asyncDispose]();
    },
  };
}
