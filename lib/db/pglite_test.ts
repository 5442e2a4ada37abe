import assert from "node:assert/strict";
import { sql } from "kysely";
import { databaseTest } from "@/tests/kit/databases.ts";

databaseTest("the database can index words by their trigrams", async ({ db }) => {
  await sql`create extension if not exists pg_trgm`.execute(db);
  await sql`create table notes as select 'Ada Lovelace' as text`.execute(db);
  await sql`create index notes_text on notes using gin (text gin_trgm_ops)`.execute(db);
  const { rows } = await sql`select text from notes where text like '%Love%'`.execute(db);
  assert.deepEqual(rows, [{ text: "Ada Lovelace" }]);
});
