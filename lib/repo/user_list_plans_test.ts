/** How PostgreSQL reads the user list, with the statistics of a million users. */
import assert from "node:assert/strict";
import { type CompiledQuery, Kysely, PostgresDialect, sql } from "kysely";
import pg from "pg";
import type { Db } from "@/lib/db/database.ts";
import type { Database } from "@/lib/db/schema.ts";
import { createSlowReader } from "@/lib/domain/slow_reads.ts";
import { searchEntry } from "@/lib/shared/search.ts";
import { LIST_END, USER_FILTERS, USER_SORTS } from "@/lib/shared/user_list.ts";
import { postgresTest } from "@/tests/kit/databases.ts";
import { listExportedUsers } from "./user_export.ts";
import { listUsers } from "./user_list.ts";
import type { UserQuery } from "./user_matches.ts";

/** A fiftieth of all users: the planner knows little of which texts contain another. */
const MANY_ROWS = 20_000;

const LARGE = ["users", "user_profiles", "user_search"];

interface Plan {
  readonly "Node Type": string;
  readonly "Plan Rows": number;
  readonly "Relation Name"?: string;
  readonly Plans?: readonly Plan[];
}

const EXAMPLES = { time: new Date("2024-05-01"), word: "vip", outcome: "12-failed" };

/** Each filter with each of its values, and some of them together. */
const QUERIES: readonly UserQuery[] = [
  ...USER_SORTS.flatMap((sort) => [{ sort }, { sort, before: LIST_END }]),
  ...Object.entries(USER_FILTERS).flatMap(([name, filter]): UserQuery[] =>
    filter.kind === "choice"
      ? Object.keys(filter.options).map((value) => ({ [name]: value }))
      : [{ [name]: EXAMPLES[filter.kind] }]
  ),
  { role: "user", status: "suspended", second_factor: "no", confirmed: "yes" },
  { joined_after: new Date("2024-01-02"), joined_before: new Date("2024-01-03") },
  ...["nobody", "person", "ann17", "pe", "ann smi", "17", "id:5 email:p7@example.org", "ann*"]
    .flatMap((
      q,
    ) => [{ q }, { q, searchIn: "names" as const }, { q, sort: "email" as const }, {
      q,
      status: "suspended" as const,
    }]),
];

postgresTest("no page of the list reads all users or sorts many of them", async ({ db, url }) => {
  await addCrowd(db);
  await using stack = new AsyncDisposableStack();
  const pool = stack.adopt(new pg.Pool({ connectionString: url, max: 1 }), (it) => it.end());
  // The database is dropped while the last connection ends.
  pool.on("connect", (client) => client.on("error", () => {}));
  const sent: CompiledQuery[] = [];
  const dialect = new PostgresDialect({ pool });
  const logged = new Kysely<Database>({ dialect, log: ({ query }) => void sent.push(query) });
  const readSlowly = createSlowReader({ db: logged, kind: "postgres" });
  let statements = 0;
  for (const query of QUERIES) {
    sent.splice(0);
    const { q, sort: _sort, before: _before, ...filters } = query;
    const isPlain = q === undefined && Object.keys(filters).length === 0;
    await (isPlain ? listUsers(logged, query) : readSlowly((tx) => listUsers(tx, query)));
    await readSlowly((tx) => listExportedUsers(tx, query));
    for (const { sql: text, parameters } of sent.splice(0)) {
      if (!/^\s*(select|with)/.test(text) || text.includes("set_config")) continue;
      statements++;
      const client = await pool.connect();
      await client.query(`set enable_seqscan = ${isPlain ? "on" : "off"}`);
      const { rows } = await client.query(`explain (format json) ${text}`, [...parameters]);
      client.release();
      const plan: Plan = rows[0]["QUERY PLAN"][0].Plan;
      if (text.includes("sort_key")) {
        assert.notEqual(plan["Node Type"], "Sort", `waits for all rows: ${text}`);
      }
      for (const node of nodesOf(plan)) {
        const what = `${JSON.stringify(query)}: ${text}`;
        assert.ok(
          node["Node Type"] !== "Seq Scan" || !LARGE.includes(node["Relation Name"] ?? ""),
          `reads all of ${node["Relation Name"]}: ${what}`,
        );
        const isSort = node["Node Type"] === "Sort";
        const sorted = isSort ? node.Plans![0]!["Plan Rows"] : 0;
        assert.ok(sorted <= MANY_ROWS, `sorts ${sorted} rows: ${what}`);
      }
    }
  }
  assert.ok(statements > QUERIES.length);
});

function nodesOf(plan: Plan): Plan[] {
  return [plan, ...(plan.Plans ?? []).flatMap(nodesOf)];
}

/** Adds users, and makes the planner believe that there are a million. */
async function addCrowd(db: Db): Promise<void> {
  await sql`
    insert into users
      (username, username_key, email, email_key, password_hash, role, status, created_at,
        last_login_at, email_verified_at)
    select 'person' || n, 'person' || n, 'p' || n, 'p' || n, 'x',
      case when n % 5000 = 0 then 'admin' else 'user' end,
      case when n % 20 = 0 then 'suspended' else 'active' end,
      '2024-01-01'::timestamptz + n * interval '15 minutes',
      case when n % 5 > 0 then '2024-02-01'::timestamptz + n * interval '15 minutes' end,
      case when n % 100 > 0 then now() end
    from generate_series(1, 20000) as n
  `.execute(db);
  await sql`insert into user_profiles (user_id) select id from users`.execute(db);
  const entries = { "person ann17": 2_000, "ann smith": 3, "person": 1 };
  for (const [words, each] of Object.entries(entries)) {
    const { text, grams } = searchEntry([words]);
    await sql`
      insert into user_search (user_id, text, grams)
      select id, ${text}, ${grams}::int4[] from users where id % ${each}::int = 0
      on conflict do nothing
    `.execute(db);
  }
  for (const table of LARGE) {
    await sql`analyze ${sql.table(table)}`.execute(db);
    await sql`update pg_class set reltuples = 1000000 where relname = ${table}`.execute(db);
  }
}
