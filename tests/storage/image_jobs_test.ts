import assert from "node:assert/strict";
import fc from "fast-check";
import { describeImages, findImage } from "@/lib/domain/images/images.ts";
import { addUser, changeAvatar, makePicture } from "@/tests/storage/avatars.ts";
import { databaseAndFtpTest, filesOn, until } from "@/tests/storage/ftp_servers.ts";
import { isEmpty, openInstance, pathsOf } from "@/tests/storage/instances.ts";

const NOTHING = { done: 0, failed: 0, gaveUp: false };

databaseAndFtpTest("An avatar is sent to the FTP server, and a copy stays", async (test) => {
  await using instance = await openInstance(test.database.db, test.server);
  const picture = makePicture("a");
  await changeAvatar(
    test.database.db,
    instance,
    await addUser(test.database.db, "ann"),
    picture,
  );
  await until(() => isEmpty(test.database.db));
  assert.deepEqual(await filesOn(test.server), pathsOf(["a"]));
  assert.equal((await describeImages(test.database.db, instance.images)).keptIn, "ftp");
});

databaseAndFtpTest(
  "A job takes a replaced avatar off the server",
  async ({ database, server }) => {
    await using instance = await openInstance(database.db, server);
    const ann = await addUser(database.db, "ann");
    for (const seed of ["a", "b", "c"]) {
      await changeAvatar(database.db, instance, ann, makePicture(seed));
    }
    await until(() => isEmpty(database.db));
    assert.deepEqual(await filesOn(server), pathsOf(["c"]));
  },
);

databaseAndFtpTest(
  "An avatar is saved and served while the server is down, and sent later",
  async (test) => {
    const { database: { db }, server } = test;
    await using instance = await openInstance(db, server);
    await server.kill("SIGKILL");
    const picture = makePicture("a");
    await changeAvatar(db, instance, await addUser(db, "ann"), picture);
    await using other = await openInstance(db, server);
    for (const { name, bytes } of picture.files) {
      const answer = await findImage(db, other.images, name);
      assert.ok(answer.kind === "bytes");
      assert.deepEqual(new Uint8Array(answer.bytes), bytes);
    }
    await until(async () => (await describeImages(db, instance.images)).failure !== undefined);
    await server.restart();
    await until(() => isEmpty(db));
    assert.deepEqual(await filesOn(server), pathsOf(["a"]));
  },
);

databaseAndFtpTest(
  "Several processes at once send every file once",
  async ({ database, server }) => {
    const { db } = database;
    await server.kill();
    await using filling = await openInstance(db, server);
    const seeds = Array.from({ length: 15 }, (_, index) => `seed ${index}`);
    for (const seed of seeds) {
      await changeAvatar(
        db,
        filling,
        await addUser(db, seed.replace(" ", "")),
        makePicture(seed),
      );
    }
    await filling[Symbol.asyncDispose]();
    await server.restart();
    const instances = [
      await openInstance(db, server),
      await openInstance(db, server),
      await openInstance(db, server),
    ];
    const counts = await Promise.all(instances.map(({ jobs }) => jobs.drain("image")));
    await Promise.all(instances.map((instance) => instance[Symbol.asyncDispose]()));
    assert.equal(counts.reduce((sum, count) => sum + count.done, 0), seeds.length * 2);
    assert.ok(counts.every((count) => count.failed === 0));
    assert.deepEqual(await filesOn(server), pathsOf(seeds));
  },
);

databaseAndFtpTest(
  "A process takes over from a process that died",
  async ({ database, server }) => {
    const { db } = database;
    await server.kill();
    const dead = await openInstance(db, server);
    await changeAvatar(db, dead, await addUser(db, "ann"), makePicture("a"));
    await dead[Symbol.asyncDispose]();
    await server.restart();
    const inAnHour = new Date(Date.now() + 3_600_000);
    await db.updateTable("jobs").set({ leased_until: inAnHour }).execute();
    await using instance = await openInstance(db, server);
    assert.deepEqual(await instance.jobs.drain("image"), NOTHING);
    await db.updateTable("jobs").set({ leased_until: new Date(0) }).execute();
    assert.deepEqual(await instance.jobs.drain("image"), { ...NOTHING, done: 2 });
  },
);

databaseAndFtpTest(
  "Whatever users do at the same time, the server ends with what they name",
  async (test) => {
    const { database: { db }, server } = test;
    await using one = await openInstance(db, server);
    await using two = await openInstance(db, server);
    const users = await Promise.all([0, 1, 2].map((index) => addUser(db, `user${index}`)));
    const change = fc.record({
      user: fc.constantFrom(...users),
      instance: fc.constantFrom(one, two),
      seed: fc.constantFrom("a", "b", undefined),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(change, { minLength: 1, maxLength: 12 }), async (changes) => {
        await Promise.all(
          changes.map(({ user, instance, seed }) =>
            changeAvatar(db, instance, user, seed === undefined ? undefined : makePicture(seed))
          ),
        );
        await until(() => isEmpty(db));
        const named = await db.selectFrom("named_images").select("image").distinct().execute();
        const there = (await filesOn(server)).filter((path) => !path.includes("-96"));
        assert.deepEqual(
          there.map((path) => path.replace(/^avatars\/../, "/images")),
          named.map(({ image }) => image ?? "").sort(),
        );
      }),
      { numRuns: 15 },
    );
  },
);
