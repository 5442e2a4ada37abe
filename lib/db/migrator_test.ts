import assert from "node:assert/strict";
import { sql } from "kysely";
import { MIGRATIONS } from "@/migrations/list.ts";
import { databaseTest, postgresAt, postgresTest } from "@/tests/kit/databases.ts";
import { openDatabase } from "./open_database.ts";
import { outageOf } from "./errors.ts";
import {
  isMigrated,
  isMigratedAndWritable,
  listMigrations,
  migrateDown,
  migrateUp,
} from "./migrator.ts";

const NAMES = Object.keys(MIGRATIONS);

Deno.test("migrateUp() applies each migration once", async () => {
  const { db, close } = await openDatabase({ kind: "pglite", path: "memory" });
  assert.deepEqual(await migrateUp(db), NAMES);
  assert.deepEqual(await migrateUp(db), []);
  assert.ok((await listMigrations(db)).every(({ appliedAt }) => appliedAt instanceof Date));
  await close();
});

Deno.test("migrateDown() rolls back one migration at a time, down to none", async () => {
  const { db, close } = await openDatabase({ kind: "pglite", path: "memory" });
  await migrateUp(db);
  for (const name of NAMES.toReversed()) assert.equal(await migrateDown(db), name);
  assert.equal(await migrateDown(db), undefined);
  assert.deepEqual(await migrateUp(db), NAMES);
  await close();
});

Deno.test("isMigrated() is true from the last migration on", async () => {
  const { db, close } = await openDatabase({ kind: "pglite", path: "memory" });
  assert.equal(await isMigrated(db), false);
  await migrateUp(db);
  assert.equal(await isMigrated(db), true);
  await migrateDown(db);
  assert.equal(await isMigrated(db), false);
  await close();
});

databaseTest("isMigratedAndWritable() fails where nothing can be changed", async ({ db }) => {
  assert.equal(await isMigratedAndWritable(db), true);
  const reading = db.transaction().setAccessMode("read only");
  await assert.rejects(
    reading.execute(isMigratedAndWritable),
    (error) => outageOf(error) === "read_only",
  );
});

databaseTest("instances that migrate at once apply each migration once", async ({ db, url }) => {
  while (await migrateDown(db));
  const others = await Promise.all(
    [1, 2].flatMap(() => url === undefined ? [] : openDatabase(postgresAt(url))),
  );
  const dbs = [db, db, ...others.map((other) => other.db)];
  const applied = await Promise.all(dbs.map((each) => migrateUp(each)));
  assert.deepEqual(applied.flat(), NAMES);
  await Promise.all(others.map((other) => other.close()));
}, { pooled: true });

postgresTest("schemas of one database are migrated each on its own", async ({ db, url }) => {
  await sql`create schema tenant`.execute(db);
  const address = new URL(url);
  // After its own schema the search path may name another one, such as one for shared extensions.
  address.searchParams.set("options", "-csearch_path=tenant,public");
  const tenant = await openDatabase(postgresAt(address.href));
  assert.equal(await isMigrated(tenant.db), false);
  assert.ok((await listMigrations(tenant.db)).every(({ appliedAt }) => appliedAt === undefined));
  assert.deepEqual(await migrateUp(tenant.db), NAMES);
  assert.equal(await isMigrated(tenant.db), true);
  while (await migrateDown(tenant.db));
  assert.equal(await isMigrated(tenant.db), false);
  assert.equal(await isMigrated(db), true);
  await tenant.close();
});

postgresTest("a search_path without a schema says what to do", async ({ url }) => {
  const address = new URL(url);
  address.searchParams.set("options", "-csearch_path=nowhere");
  const lost = await openDatabase(postgresAt(address.href));
  await assert.rejects(migrateUp(lost.db), /search_path exists: create one/);
  await lost.close();
});
