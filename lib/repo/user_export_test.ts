import assert from "node:assert/strict";
import { sql } from "kysely";
import type { Db } from "@/lib/db/database.ts";
import { searchEntry } from "@/lib/shared/search.ts";
import { databaseTest } from "@/tests/kit/databases.ts";
import {
  type ExportedUser,
  findExportedUsers,
  listExportedIds,
  listExportedUsers,
} from "./user_export.ts";
import type { UserQuery } from "./user_matches.ts";

/** Three parts of the list. */
const USERS = 2_100;

const QUERIES: readonly UserQuery[] = [
  {},
  { sort: "-created_at" },
  { sort: "last_login_at", role: "user" },
  { sort: "-email", q: "person1", status: "suspended" },
  { q: "nobody like that" },
];

async function walked(db: Db, query: UserQuery): Promise<ExportedUser[]> {
  const users: ExportedUser[] = [];
  let parts = 0;
  let after: string | null | undefined;
  while (after !== null) {
    parts++;
    const part = await listExportedUsers(db, { ...query, after });
    users.push(...part.users);
    after = part.next;
  }
  assert.equal(parts, 3);
  return users;
}

async function addCrowd(db: Db): Promise<void> {
  await sql`
    insert into users
      (username, username_key, email, email_key, password_hash, role, status, created_at,
        last_login_at)
    select 'person' || n, 'person' || n, 'p' || -n, 'p' || -n, 'x',
      case when n % 2 = 0 then 'admin' else 'user' end,
      case when n % 3 = 0 then 'suspended' else 'active' end,
      '2024-01-01T01:02:03.004Z'::timestamptz + n % 7 * interval '1 day',
      case when n % 5 > 0 then '2024-02-01'::timestamptz end
    from generate_series(1, ${USERS}::int) as n
  `.execute(db);
  // The last user of a part says how to go on, also while a search does not know them yet.
  const { text, grams } = searchEntry(["person1"]);
  await sql`
    insert into user_search (user_id, text, grams)
    select id, ${text}, ${grams}::int4[] from users where id % 4 = 0
  `.execute(db);
}

databaseTest(
  "an export reads the list in parts, and finds whom one statement finds",
  async ({ db }) => {
    await addCrowd(db);
    for (const query of QUERIES) {
      const ids = await listExportedIds(db, query, USERS);
      const users = await walked(db, query);
      assert.deepEqual(users.map(({ user_id }) => user_id), ids, JSON.stringify(query));
      assert.deepEqual(await findExportedUsers(db, ids), users);
    }
    const [user] = await findExportedUsers(db, [7]);
    assert.equal(user?.created_at, "2024-01-01T01:02:03.004Z");
  },
);
