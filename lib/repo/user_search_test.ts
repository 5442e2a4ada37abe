import assert from "node:assert/strict";
import { sql } from "kysely";
import type { Db } from "@/lib/db/database.ts";
import { listMigrations, migrateDown, migrateUp } from "@/lib/db/migrator.ts";
import { inTransaction } from "@/lib/db/transaction.ts";
import { databaseTest } from "@/tests/kit/databases.ts";
import { listUsers } from "./user_list.ts";
import { upsertUserProfile } from "./user_profiles.ts";
import { findUnsearchedUsers, refreshUserSearch } from "./user_search.ts";
import { insertUser, updateUser } from "./users.ts";

async function finds(db: Db, q: string): Promise<boolean> {
  return (await listUsers(db, { q })).users.length > 0;
}

databaseTest("search finds what a user is called now, and no more what before", async ({ db }) => {
  const { id } = await inTransaction(
    db,
    (tx) => insertUser(tx, { username: "first", email: "mail@old.example", password_hash: "x" }),
  );
  assert.ok(await finds(db, "first") && await finds(db, "old.example"));
  await inTransaction(
    db,
    (tx) => updateUser(tx, id, { username: "second", email: "m@new.example" }),
  );
  await inTransaction(db, (tx) => upsertUserProfile(tx, id, { full_name: "Third Name" }));
  assert.ok(
    await finds(db, "second") && await finds(db, "new.example") && await finds(db, "third"),
  );
  assert.ok(!await finds(db, "first") && !await finds(db, "old.example"));
  await inTransaction(db, (tx) => upsertUserProfile(tx, id, { full_name: "" }));
  assert.ok(!await finds(db, "third"));
});

databaseTest("the migration finds the users who were there before it", async ({ db }) => {
  const isApplied = async () =>
    (await listMigrations(db)).some(({ name, appliedAt }) =>
      name === "0004_user_search" && appliedAt
    );
  while (await isApplied()) await migrateDown(db);
  await sql`
    insert into users (username, username_key, email, email_key, password_hash)
    select name, name, name, name, 'x'
    from generate_series(10001, 14001) as n cross join lateral (select 'p' || n as name) as names
  `.execute(db);
  await sql`insert into user_profiles (user_id, full_name) select max(id), 'Séan' from users`
    .execute(db);
  await migrateUp(db);
  assert.ok(await finds(db, "P14000") && await finds(db, "sean"));
  const { rows } = await sql`select from users where id not in (select user_id from user_search)`
    .execute(db);
  assert.equal(rows.length, 0);
});

databaseTest("findUnsearchedUsers() finds who was added by an older version", async ({ db }) => {
  const { id } = await inTransaction(
    db,
    (tx) => insertUser(tx, { username: "ada", email: "a@old.example", password_hash: "x" }),
  );
  assert.deepEqual(await findUnsearchedUsers(db), []);
  await db.deleteFrom("user_search").execute();
  assert.deepEqual(await findUnsearchedUsers(db), [id]);
  await inTransaction(db, (tx) => refreshUserSearch(tx, [id]));
  assert.ok(await finds(db, "ada"));
});
