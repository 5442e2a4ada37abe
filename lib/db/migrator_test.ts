import assert from "node:assert/strict";
import { MIGRATIONS } from "@/migrations/list.ts";
import { openDatabase } from "./open_database.ts";
import { isMigrated, listMigrations, migrateDown, migrateUp } from "./migrator.ts";

const NAMES = Object.keys(MIGRATIONS);

Deno.test("migrateUp() applies each migration once", async () => {
  const { db, close } = await openDatabase({ kind: "pglite", path: "memory" });
  assert.deepEqual(await migrateUp(db), NAMES);
  assert.deepEqual(await migrateUp(db), []);
  assert.ok((await listMigrations(db)).every(({ appliedAt }) => appliedAt instanceof Date));
  await close();
});

Deno.test("migrateDown() takes back one migration at a time, down to none", async () => {
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
