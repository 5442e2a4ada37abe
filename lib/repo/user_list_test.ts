import assert from "node:assert/strict";
import fc from "fast-check";
import { sql } from "kysely";
import type { Db } from "@/lib/db/database.ts";
import { migrateUp } from "@/lib/db/migrator.ts";
import { openDatabase } from "@/lib/db/open_database.ts";
import { inTransaction } from "@/lib/db/transaction.ts";
import { searchEntry } from "@/lib/shared/search.ts";
import { USER_SORTS, type UserListQuery } from "@/lib/shared/user_list.ts";
import { databaseTest, postgresAt, type TestDatabase } from "@/tests/kit/databases.ts";
import { createPostgresDatabase } from "@/tests/kit/postgres.ts";
import { listUsers } from "./user_list.ts";
import { insertUsers } from "./users.ts";

const START = Date.UTC(2025, 0, 1);

/** Users with equal and missing times among them; every third has no profile. */
async function seed(db: Db, count: number): Promise<void> {
  await inTransaction(db, async (tx) => {
    await insertUsers(
      tx,
      Array.from({ length: count }, (_, index) => ({
        username: `User_${index * 7 % count}`,
        email: `${index}@example.com`,
        password_hash: "x",
        role: index % 4 === 0 ? "admin" : "user",
        status: index % 5 === 0 ? "suspended" : "active",
        created_at: new Date(START + Math.floor(index / 3) * 1000),
        last_login_at: index % 2 === 0 ? null : new Date(START + index),
      })),
      Array.from(
        { length: count },
        (_, index) => index % 3 > 0 ? { full_name: `Name 100%_${index}\\` } : undefined,
      ),
    );
  });
}

async function estimateUsers(db: Db, query: UserListQuery): Promise<number> {
  return (await listUsers(db, query)).total;
}

/** All ids, page by page from the first on. */
async function walk(db: Db, query: UserListQuery): Promise<{ ids: number[]; last: string | null }> {
  const ids: number[] = [];
  let last: string | null = null;
  let after: string | null | undefined;
  while (after !== null) {
    const page = await listUsers(db, { ...query, after: after ?? undefined });
    ids.push(...page.users.map((user) => user.id));
    after = page.next;
    last = page.previous ?? last;
  }
  return { ids, last };
}

databaseTest("each order shows every user once, forwards and backwards", async ({ db }) => {
  await seed(db, 50);
  for (const sort of USER_SORTS) {
    const all = await listUsers(db, { sort, limit: 100 });
    const expected = all.users.map((user) => user.id);
    assert.equal(new Set(expected).size, 50);
    assert.deepEqual([all.next, all.previous], [null, null]);

    const { ids, last } = await walk(db, { sort, limit: 7 });
    assert.deepEqual(ids, expected, sort);

    const back: number[] = [];
    let before = last;
    while (before !== null) {
      const page = await listUsers(db, { sort, limit: 7, before });
      back.unshift(...page.users.map((user) => user.id));
      before = page.previous;
      assert.ok(page.next);
    }
    assert.deepEqual(back, expected.slice(0, back.length), sort);
    assert.equal(back.length, 49, "all but the last page, which has one user");
  }
});

databaseTest(
  "-username is username backwards, and nobody signed in comes first",
  async ({ db }) => {
    await seed(db, 20);
    const names = async (sort: UserListQuery["sort"]) =>
      (await listUsers(db, { sort, limit: 100 })).users.map((user) => user.username);
    assert.deepEqual(await names("-username"), (await names("username")).toReversed());
    const { users } = await listUsers(db, { sort: "last_login_at", limit: 1 });
    assert.equal(users[0]?.last_login_at, null);
  },
);

databaseTest("users who were created within a millisecond stay apart", async ({ db }) => {
  await seed(db, 5);
  // Each a microsecond after the other, which a Date cannot hold.
  const microseconds = sql<Date>`'2025-01-01'::timestamptz + id * interval '1 microsecond'`;
  const rows = await db.updateTable("users").set({ created_at: microseconds }).returning("id")
    .execute();
  const { ids } = await walk(db, { sort: "-created_at", limit: 1 });
  assert.deepEqual(ids, rows.map((row) => row.id).sort((a, b) => b - a));
});

databaseTest("q finds parts of name, address and full name as they stand", async ({ db }) => {
  await seed(db, 12);
  const found = async (q: string) => (await listUsers(db, { q })).users.length;
  assert.equal(await found("USER_"), 12);
  assert.equal(await found("11@EXAMPLE"), 1);
  assert.equal(await found("100%_"), 8);
  assert.equal(await found("_\\"), 0);
  assert.equal(await found("%"), 8);
  assert.equal(await found("userx"), 0);
  assert.equal(await found("\0"), 12);
});

databaseTest("search finds the same people in every locale, each page once", async (database) => {
  await inOtherLocales(database, async (db) => {
    const people = ["Séan", "émile", "Straße", "İstanbul", "Σίσυφος", "Пётр", "李小龍", "a.b_c%"];
    await inTransaction(db, async (tx) => {
      await insertUsers(
        tx,
        people.map((_, index) => ({
          username: `u${index}`,
          email: `${index}@example.com`,
          password_hash: "x",
        })),
        people.map((full_name) => ({ full_name })),
      );
    });
    const found = async (q: string) =>
      (await listUsers(db, { q })).users.map(({ full_name }) => full_name).join();
    const searches = {
      "sean": "Séan",
      "ÉMILE": "émile",
      "STRASSE": "Straße",
      "istanbul": "İstanbul",
      "ΣΙΣΥΦΟΣ": "Σίσυφος",
      "петр": "Пётр",
      "小": "李小龍",
      ".b_": "a.b_c%",
      "zz": "",
      "%%%%": "",
    };
    for (const [q, name] of Object.entries(searches)) assert.equal(await found(q), name, q);
    assert.deepEqual((await walk(db, { q: "example", limit: 3 })).ids.length, people.length);
  });
});

/** Runs `test` on the database, and on another one that knows no letters but those of ASCII. */
async function inOtherLocales(
  { db, url }: TestDatabase,
  test: (db: Db) => Promise<void>,
): Promise<void> {
  await test(db);
  if (url === undefined) return;
  await using other = await createPostgresDatabase(url, "template0", "lc_collate 'C' lc_ctype 'C'");
  const open = await openDatabase(postgresAt(other.url));
  await migrateUp(open.db);
  await test(open.db);
  await open.close();
}

databaseTest("what many have is found wherever they are in the list", async ({ db }) => {
  await sql`
    insert into users (username, username_key, email, email_key, password_hash)
    select name, name, name, name, 'x'
    from generate_series(10001, 40101) as n cross join lateral (select 'p' || n as name) as names
  `.execute(db);
  const { text, grams } = searchEntry(["everybody"]);
  // Behind more than are walked through in the order of the list.
  await sql`
    insert into user_search (user_id, text, grams)
    select id, ${text}, ${grams}::int4[] from users where username > 'p30050'
  `.execute(db);
  const names = async (query: UserListQuery) =>
    (await listUsers(db, { q: "everybody", sort: "username", limit: 2, ...query })).users.map((u) =>
      u.username
    );
  assert.deepEqual(await names({}), ["p30051", "p30052"]);
  assert.deepEqual(await names({ sort: "-username" }), ["p40101", "p40100"]);
  assert.deepEqual(await names({ role: "admin" }), []);
  assert.equal(await estimateUsers(db, { q: "everybody", role: "admin" }), 0);
});

databaseTest("role and status filter together, and are counted so", async ({ db }) => {
  await seed(db, 40);
  const filter = { role: "admin", status: "suspended" } as const;
  const { users } = await listUsers(db, filter);
  assert.equal(users.length, 2);
  assert.ok(users.every((user) => user.role === "admin" && user.status === "suspended"));
  assert.equal(await estimateUsers(db, filter), 2);
  assert.equal(await estimateUsers(db, {}), 40);
});

databaseTest("estimateUsers() goes on beyond what it counts, and is close", async ({ db }) => {
  const { text, grams } = searchEntry(["everybody"]);
  const other = searchEntry(["nobody"]);
  await sql`
    insert into users (username, username_key, email, email_key, password_hash)
    select name, name, name, name, 'x'
    from generate_series(1, 50000) as n cross join lateral (select 'p' || n as name) as names
  `.execute(db);
  await sql`
    insert into user_search (user_id, text, grams)
    select id, ${text}, ${grams}::int4[] from users where id % 2 = 0 union all
    select id, ${other.text}, ${other.grams}::int4[] from users where id % 2 = 1
  `.execute(db);
  const unanalysed = await estimateUsers(db, {});
  assert.ok(unanalysed > 10_000 && unanalysed < 1_000_000, `${unanalysed}`);
  await sql`analyze`.execute(db);
  for (const filter of [{ q: "everybody" }, { q: "everybody", status: "active" }] as const) {
    const estimate = await estimateUsers(db, filter);
    assert.ok(estimate > 22_500 && estimate < 27_500, `${estimate}`);
    assert.equal(await estimateUsers(db, filter), estimate);
  }
});

databaseTest("no search and no cursor makes the database complain", async ({ db }) => {
  await seed(db, 10);
  await fc.assert(
    fc.asyncProperty(
      fc.string({ unit: "binary" }),
      fc.string(),
      fc.constantFrom(...USER_SORTS),
      async (q, after, sort) => {
        const { users } = await listUsers(db, { q, sort, after, limit: 3 });
        assert.ok(users.length <= 3);
      },
    ),
    { numRuns: 60 },
  );
});

databaseTest("a cursor of another order, or a forged one, counts as none", async ({ db }) => {
  await seed(db, 10);
  const first = await listUsers(db, { sort: "username", limit: 3 });
  const forged = (value: unknown) =>
    new TextEncoder().encode(JSON.stringify(value)).toBase64({ alphabet: "base64url" });
  const cursors = [
    (await listUsers(db, { sort: "email", limit: 3 })).next ?? "",
    forged(["username", "a\0", 1]),
    forged(["username", "\ud800", 1]),
    forged(["username", "z", 1.5]),
    forged(["username", ["z"], 1]),
    forged({}),
  ];
  for (const after of cursors) {
    assert.deepEqual(
      (await listUsers(db, { sort: "username", limit: 3, after })).users,
      first.users,
    );
  }
});
