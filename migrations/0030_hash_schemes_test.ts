import assert from "node:assert/strict";
import { sql } from "kysely";
import { migrateUp } from "@/lib/db/migrator.ts";
import { listForeignSchemes } from "@/lib/repo/user_logins.ts";
import { databaseTest } from "@/tests/kit/databases.ts";
import { migrateBefore } from "@/tests/kit/migrations.ts";

const NAME = "0030_hash_schemes";

databaseTest(
  `${NAME} finds hashes that were there before, and can be taken back`,
  async ({ db }) => {
    await migrateBefore(db, NAME);
    await sql`
    insert into users (username, username_key, email, email_key, password_hash)
    values ('ada', 'ada', 'a', 'a', '$pbkdf2-sha512$i=100000$c2FsdA$aGFzaA'),
      ('bo', 'bo', 'b', 'b', '$argon2id$v=19$m=19456,t=2,p=1$c2FsdA$aGFzaA')
  `.execute(db);
    await migrateUp(db);
    assert.deepEqual(await listForeignSchemes(db), ["$pbkdf2-sha512$i=100000$"]);
    await migrateBefore(db, NAME);
    await migrateUp(db);
  },
  { anyDatabase: true },
);
