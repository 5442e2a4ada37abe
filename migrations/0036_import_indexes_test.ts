import assert from "node:assert/strict";
import { sql } from "kysely";
import { migrateUp } from "@/lib/db/migrator.ts";
import { databaseTest } from "@/tests/kit/databases.ts";
import { migrateBefore } from "@/tests/kit/migrations.ts";

const NAME = "0036_import_indexes";

databaseTest(`${NAME} keeps files of users, and can be taken back`, async ({ db }) => {
  const indexes = async () => {
    const { rows } = await sql<{ indexname: string }>`
      select indexname from pg_indexes where tablename = 'user_import_rows' order by indexname
    `.execute(db);
    return rows.map(({ indexname }) => indexname.replace("user_import_rows_", ""));
  };
  await migrateBefore(db, NAME);
  await sql`
    insert into user_imports (by_id, source, header, columns, state)
    values (1, '{}', '["email"]', '{}', 'columns')
  `.execute(db);
  await sql`
    insert into user_import_rows (import_id, line, cells)
    select id, 2, '["ada"]' from user_imports
  `.execute(db);
  const before = await indexes();
  await migrateUp(db);
  assert.deepEqual(await indexes(), ["email_key", "name_look", "pkey"]);
  await migrateBefore(db, NAME);
  assert.deepEqual(await indexes(), before);
  await migrateUp(db);
  const { rows } = await sql`select cells from user_import_rows`.execute(db);
  assert.deepEqual(rows, [{ cells: ["ada"] }]);
}, { anyDatabase: true });
