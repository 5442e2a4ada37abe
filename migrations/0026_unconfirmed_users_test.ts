import assert from "node:assert/strict";
import { sql } from "kysely";
import { migrateUp } from "@/lib/db/migrator.ts";
import { listUsers } from "@/lib/repo/user_list.ts";
import { databaseTest } from "@/tests/kit/databases.ts";
import { migrateBefore } from "@/tests/kit/migrations.ts";

const NAME = "0026_unconfirmed_users";

databaseTest(`${NAME} finds users who were there before, and can be taken back`, async ({ db }) => {
  await migrateBefore(db, NAME);
  await sql`
    insert into users (username, username_key, email, email_key, password_hash, email_verified_at)
    values ('ada', 'ada', 'a', 'a', '!', null), ('bo', 'bo', 'b', 'b', '!', now())
  `.execute(db);
  await migrateUp(db);
  const { users } = await listUsers(db, { confirmed: "no" });
  assert.deepEqual(users.map(({ username }) => username), ["ada"]);
  await migrateBefore(db, NAME);
  await migrateUp(db);
}, { anyDatabase: true });
