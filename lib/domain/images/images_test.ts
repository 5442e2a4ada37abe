import assert from "node:assert/strict";
import type { Db } from "@/lib/db/database.ts";
import { inTransaction } from "@/lib/db/transaction.ts";
import { DomainError } from "@/lib/domain/errors.ts";
import { describeImages, findImage, readImage, saveImage } from "./images.ts";
import { databaseTest } from "@/tests/kit/databases.ts";
import { addUser, changeAvatar, makePicture } from "@/tests/storage/avatars.ts";
import { openInDatabase } from "@/tests/storage/instances.ts";

databaseTest("saveImage() makes both files of an avatar available", async ({ db }) => {
  const instance = await openInDatabase(db);
  const picture = makePicture("a");
  await changeAvatar(db, instance, await addUser(db, "ann"), picture);
  // A second instance has none of it in memory.
  const other = await openInDatabase(db);
  for (const { name, bytes } of picture.files) {
    const answer = await findImage(db, other.images, name);
    assert.ok(answer.kind === "bytes");
    assert.deepEqual(new Uint8Array(answer.bytes), bytes);
  }
});

databaseTest("saveImage() leaves nothing behind when the transaction fails", async ({ db }) => {
  const instance = await openInDatabase(db);
  const failing = inTransaction(db, async (tx) => {
    await saveImage(tx, instance.images, makePicture("a"), null);
    throw new Error("no");
  });
  await assert.rejects(failing, /no/);
  assert.deepEqual(await storedNames(db), []);
});

databaseTest("releaseImages() removes the avatar that was replaced", async ({ db }) => {
  const instance = await openInDatabase(db);
  const ann = await addUser(db, "ann");
  await changeAvatar(db, instance, ann, makePicture("a"));
  await changeAvatar(db, instance, ann, makePicture("b"));
  assert.deepEqual(await storedNames(db), namesOf(makePicture("b")));
  await changeAvatar(db, instance, ann);
  assert.deepEqual(await storedNames(db), []);
});

databaseTest("releaseImages() keeps an avatar that somebody else has too", async ({ db }) => {
  const instance = await openInDatabase(db);
  const [ann, bob] = [await addUser(db, "ann"), await addUser(db, "bob")];
  await changeAvatar(db, instance, ann, makePicture("a"));
  await changeAvatar(db, instance, bob, makePicture("a"));
  await changeAvatar(db, instance, ann);
  assert.deepEqual(await storedNames(db), namesOf(makePicture("a")));
});

databaseTest("releaseImages() keeps the avatar of a user in the bin", async ({ db }) => {
  const instance = await openInDatabase(db);
  const [ann, bob] = [await addUser(db, "ann"), await addUser(db, "bob")];
  await changeAvatar(db, instance, ann, makePicture("a"));
  await changeAvatar(db, instance, bob, makePicture("a"));
  const profile = await db.selectFrom("user_profiles").selectAll().where("user_id", "=", ann)
    .executeTakeFirstOrThrow();
  await db.deleteFrom("users").where("id", "=", ann).execute();
  await db.insertInto("deleted_users").values({
    user_id: ann,
    username: "ann",
    email: "ann@example.com",
    snapshot: JSON.stringify({ user: { id: ann }, profile }),
    deleted_by: "test",
  }).execute();
  await changeAvatar(db, instance, bob);
  assert.deepEqual(await storedNames(db), namesOf(makePicture("a")));
});

databaseTest("Users who swap their avatars at the same time lose none", async ({ db }) => {
  const instance = await openInDatabase(db);
  const users = await Promise.all(
    Array.from({ length: 8 }, (_, index) => addUser(db, `user${index}`)),
  );
  const pictures = [makePicture("a"), makePicture("b"), makePicture("c")];
  for (let round = 0; round < 6; round++) {
    await Promise.all(
      users.map((id) => changeAvatar(db, instance, id, pictures[(id + round) % pictures.length])),
    );
  }
  const named = await db.selectFrom("user_profiles").select("image").distinct().execute();
  const stored = await storedNames(db);
  assert.equal(stored.length, named.length * 2);
});

databaseTest("findImage() knows no name that nobody gave out", async ({ db }) => {
  const instance = await openInDatabase(db);
  for (const name of ["", "../secret", "x.webp", `${"0".repeat(64)}.webp`]) {
    assert.deepEqual(await findImage(db, instance.images, name), { kind: "missing" }, name);
  }
});

databaseTest("describeImages() tells where avatars are kept", async ({ db }) => {
  assert.deepEqual(await describeImages(db, (await openInDatabase(db)).images), {
    keptIn: "database",
    failure: undefined,
    waiting: 0,
    oldest: undefined,
    lastError: undefined,
  });
});

databaseTest(
  "readImage() says in the domain's words why a picture is not taken",
  async ({ db }) => {
    await assert.rejects(
      readImage((await openInDatabase(db)).images, new TextEncoder().encode("<svg/>")),
      (error) => error instanceof DomainError && error.code === "picture_wrong_type",
    );
  },
);

async function storedNames(db: Db): Promise<string[]> {
  const rows = await db.selectFrom("images").select("name").execute();
  return rows.map(({ name }) => name).sort();
}

function namesOf(picture: ReturnType<typeof makePicture>): string[] {
  return picture.files.map(({ name }) => name).sort();
}
