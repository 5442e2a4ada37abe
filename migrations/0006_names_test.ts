import assert from "node:assert/strict";
import { sql } from "kysely";
import type { Db } from "@/lib/db/database.ts";
import { migrateUp } from "@/lib/db/migrator.ts";
import { inTransaction } from "@/lib/db/transaction.ts";
import { findUserByLogin, insertUser, updateUser } from "@/lib/repo/users.ts";
import { databaseTest } from "@/tests/kit/databases.ts";
import { migrateBefore } from "@/tests/kit/migrations.ts";

/** Inserts users as the version before did, whose keys told fewer spellings apart. */
async function insertFormerly(db: Db, usernames: readonly string[]): Promise<void> {
  for (const [index, username] of usernames.entries()) {
    await sql`
      insert into users (id, username, username_key, email, email_key, password_hash)
      values (${index + 1}, ${username}, ${username.normalize("NFKC").toLowerCase()},
        ${`u${index + 1}@example.com`}, ${`u${index + 1}@example.com`}, '!')
    `.execute(db);
  }
}

const idOf = async (db: Db, login: string) => (await findUserByLogin(db, login))?.id;

databaseTest(
  "0006_names gives each user of before keys of today, and loses none",
  async ({ db }) => {
    await migrateBefore(db, "0006_names");
    const usernames = [
      "J\u030Cohn",
      "ǰohn",
      "ΣΊΣΥΦΟΣ",
      "Straße",
      "strasse",
      "coco",
      "сосо",
      "Ada",
      "Анна",
    ];
    await insertFormerly(db, usernames);
    await migrateUp(db);

    // The first of two who are the same now signs in with the name, both do with the address.
    for (const login of ["ǰohn", "J\u030COHN", "u1@example.com"]) {
      assert.equal(
        await idOf(db, login),
        1,
      );
    }
    assert.equal(await idOf(db, "u2@example.com"), 2);
    assert.equal(await idOf(db, "Σίσυφος"), 3);
    for (const login of ["STRASSE", "straße"]) assert.equal(await idOf(db, login), 4);
    for (const [index, username] of usernames.entries()) {
      assert.equal(await idOf(db, `u${index + 1}@example.com`), index + 1);
      if (![2, 5].includes(index + 1)) assert.equal(await idOf(db, username), index + 1, username);
    }

    // Nobody can take what they have, and a user who is renamed is like any other.
    const insert = (username: string) =>
      inTransaction(
        db,
        (tx) => insertUser(tx, { username, email: `${username}@example.org`, password_hash: "!" }),
      );
    for (const username of ["ǰohn", "STRAẞE", "СОСО", "анна"]) {
      await assert.rejects(insert(username), username);
    }
    await inTransaction(db, (tx) => updateUser(tx, 2, { username: "johnny" }));
    assert.equal(await idOf(db, "johnny"), 2);
  },
);

databaseTest("0006_names can be taken back, and users sign in as before", async ({ db }) => {
  await migrateBefore(db, "0006_names");
  await insertFormerly(db, ["J\u030Cohn", "ǰohn", "Straße"]);
  const before = await sql`select id, username_key from users order by id`.execute(db);
  await migrateUp(db);
  await migrateBefore(db, "0006_names");
  const after = await sql`select id, username_key from users order by id`.execute(db);
  assert.deepEqual(after.rows, before.rows);
});
