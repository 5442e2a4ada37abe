import assert from "node:assert/strict";
import { migrateUp } from "@/lib/db/migrator.ts";
import { countImportRows, insertImport, insertImportRows } from "@/lib/repo/user_imports.ts";
import { databaseTest } from "@/tests/kit/databases.ts";
import { migrateBefore } from "@/tests/kit/migrations.ts";

const NAME = "0034_user_imports";

databaseTest(`${NAME} keeps files of users, and can be taken back`, async ({ db }) => {
  const add = async () => {
    const id = await insertImport(db, {
      by_id: 1,
      source: "{}",
      header: "[]",
      columns: "{}",
      state: "columns",
    });
    await insertImportRows(db, id, [{ line: 2, cells: ["ada"] }, { line: 4, cells: ["bo"] }]);
    return await countImportRows(db, id);
  };
  assert.deepEqual(await add(), [{ outcome: "unread", count: 2, links: 0 }]);
  await migrateBefore(db, NAME);
  await migrateUp(db);
  assert.deepEqual(await add(), [{ outcome: "unread", count: 2, links: 0 }]);
}, { anyDatabase: true });
