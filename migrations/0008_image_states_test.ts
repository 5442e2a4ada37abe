import assert from "node:assert/strict";
import { type RawBuilder, sql } from "kysely";
import type { Db } from "@/lib/db/database.ts";
import { migrateUp } from "@/lib/db/migrator.ts";
import { findImage } from "@/lib/domain/images/images.ts";
import { syncImages } from "@/lib/domain/images/sync_images.ts";
import { databaseTest } from "@/tests/kit/databases.ts";
import { migrateBefore } from "@/tests/kit/migrations.ts";
import { addUser, makePicture } from "@/tests/storage/avatars.ts";
import { databaseAndFtpTest, filesOn, until } from "@/tests/storage/ftp_servers.ts";
import { isEmpty, openInDatabase, openInstance, pathsOf } from "@/tests/storage/instances.ts";

/** Avatars by what the version before knew of them; users name all but the last. */
const SEEDS = ["stored", "waiting", "failed", "sent", "both", "unnamed"] as const;

const filesOf = (seed: typeof SEEDS[number]) => makePicture(seed).files;

/** Writes avatars in each state of the version before. */
async function fill(db: Db): Promise<void> {
  for (const seed of SEEDS.slice(0, -1)) {
    const id = await addUser(db, seed);
    await db.updateTable("user_profiles").set({ image: `/images/${makePicture(seed).key}.webp` })
      .where("user_id", "=", id).execute();
  }
  const rows: RawBuilder<unknown>[] = [];
  for (const { name, bytes } of filesOf("stored")) {
    rows.push(sql`insert into images (name, bytes) values (${name}, ${bytes})`);
  }
  for (const { name, bytes } of [...filesOf("waiting"), ...filesOf("both")]) {
    rows.push(sql`insert into image_uploads (name, bytes) values (${name}, ${bytes})`);
  }
  for (const { name, bytes } of filesOf("failed")) {
    rows.push(sql`
      insert into image_uploads (name, bytes, revision, attempts, next_attempt_at, last_error)
      values (${name}, ${bytes}, 2, 4, '2126-01-01', 'disk full')
    `);
  }
  for (const { name, bytes } of [...filesOf("sent"), ...filesOf("both")]) {
    rows.push(sql`insert into image_copies (name, bytes) values (${name}, ${bytes})`);
  }
  for (const { name } of filesOf("unnamed")) {
    rows.push(sql`insert into image_uploads (name) values (${name})`);
  }
  for (const row of rows) await row.execute(db);
}

/** All that the three tables of the version before hold. */
async function everything(db: Db): Promise<unknown[]> {
  const tables = [
    sql`select name, bytes from images order by name`,
    sql`
      select name, bytes, revision, attempts, next_attempt_at, last_error from image_uploads
      order by name
    `,
    sql`select name, bytes from image_copies order by name`,
  ];
  const found: unknown[] = [];
  for (const table of tables) found.push((await table.execute(db)).rows);
  return found;
}

databaseTest("0008_image_states gives each avatar its state", async ({ db }) => {
  await migrateBefore(db, "0008_image_states");
  await fill(db);
  await migrateUp(db);
  const rows = await db.selectFrom("images").select(["name", "state"]).execute();
  const states = new Map(rows.map(({ name, state }) => [name, state]));
  const statesOf = (seed: typeof SEEDS[number]) =>
    filesOf(seed).map(({ name }) => states.get(name));
  assert.deepEqual(SEEDS.map(statesOf), [
    ["stored", "stored"],
    ["waiting", "waiting"],
    ["waiting", "waiting"],
    ["sent", "sent"],
    ["waiting", "waiting"],
    [undefined, undefined],
  ]);
  const jobs = await db.selectFrom("jobs").select(["subject", "attempts", "last_error"])
    .where("kind", "=", "image").execute();
  const expected = SEEDS.filter((seed) => !["stored", "sent"].includes(seed)).flatMap(filesOf);
  assert.deepEqual(
    jobs.map(({ subject }) => subject).sort(),
    expected.map(({ name }) => name).sort(),
  );
  assert.equal(
    jobs.filter((job) => job.attempts === 4 && job.last_error === "disk full").length,
    2,
  );
  // Each avatar that somebody names is served, whatever its state was.
  const instance = await openInDatabase(db);
  for (const { name, bytes } of SEEDS.slice(0, -1).flatMap(filesOf)) {
    const answer = await findImage(db, instance.images, name);
    assert.ok(answer.kind === "bytes", name);
    assert.deepEqual(new Uint8Array(answer.bytes), bytes);
  }
  assert.deepEqual((await syncImages(instance)).missing, []);
});

databaseTest("0008_image_states can be taken back with all avatars", async ({ db }) => {
  await migrateBefore(db, "0008_image_states");
  await fill(db);
  // A file that was kept twice is kept once from now on.
  for (const { name } of filesOf("both")) {
    await sql`delete from image_copies where name = ${name}`.execute(db);
  }
  const before = await everything(db);
  await migrateUp(db);
  await migrateBefore(db, "0008_image_states");
  assert.deepEqual(await everything(db), before);
});

databaseAndFtpTest("What waited before 0008_image_states is sent after it", async (test) => {
  const { database: { db }, server } = test;
  await migrateBefore(db, "0008_image_states");
  await fill(db);
  await migrateUp(db);
  await db.updateTable("jobs").set({ run_at: new Date(0) }).execute();
  await using instance = await openInstance(db, server);
  instance.jobs.wake();
  await until(() => isEmpty(db));
  assert.deepEqual(await filesOn(server), pathsOf(["waiting", "failed", "both"]));
});
