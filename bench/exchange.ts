import { sql } from "kysely";
import { jobOfImport } from "@/lib/domain/operation/import_rows_step.ts";
import { exportUsers } from "@/lib/domain/users/export_users.ts";
import { inTransaction } from "@/lib/db/transaction.ts";
import { insertJobs } from "@/lib/repo/jobs.ts";
import { insertImport, insertImportRows } from "@/lib/repo/user_imports.ts";
import { insertUsers } from "@/lib/repo/users.ts";
import { EXPORT_COLUMNS } from "@/lib/shared/user_export.ts";
import { csvFile } from "@/lib/web/streamed_file.ts";
import { ratioOf, type Rounds } from "./kit/compare.ts";
import { processorSeconds } from "./kit/processor_time.ts";
import { type BenchRoster, serveRoster } from "./kit/roster.ts";
import type { Suite } from "./kit/suite.ts";

const USERS = 110_000;
const IMPORTED = 1_000;
const ROUNDS: Rounds = { warmUp: 2, measured: 5 };

/** Users out and in as CSV, against the database's own ways. */
export const exchange: Suite = {
  summary: "Exporting 110,000 users, and importing rows of a file, against bare SQL",
  async run(tell) {
    await using roster = await serveRoster({ users: USERS });
    const exported = await ratioOf(
      () => rowsPerCpuSecond(roster, () => exportAll(roster)),
      () => rowsPerCpuSecond(roster, () => copyAll(roster)),
      ROUNDS,
    );
    const of = "copy (select ...) to '/dev/null', users/s, database included";
    tell({ name: "exchange: POST /export_users", value: exported, unit: "ratio", of });
    const begin = await prepareImports(roster);
    const imported = await ratioOf(
      () => rowsPerCpuSecond(roster, async () => await importRows(roster, await begin())),
      () => rowsPerCpuSecond(roster, () => insertBare(roster)),
      ROUNDS,
    );
    const bare = "insert ... select of accounts and profiles, rows/s, database included";
    tell({ name: "exchange: an import of new users", value: imported, unit: "ratio", of: bare });
  },
};

/** Returns the rows that `work` does in a second of processor time, including the database's. */
async function rowsPerCpuSecond(
  { databaseSeconds }: BenchRoster,
  work: () => Promise<number>,
): Promise<number> {
  const spent = () => processorSeconds(Deno.pid) + databaseSeconds();
  const before = spent();
  return await work() / (spent() - before);
}

async function exportAll({ services }: BenchRoster): Promise<number> {
  const { count, rows } = await exportUsers(services, { kind: "task", name: "bench" }, {});
  for await (const _ of csvFile("users.csv", EXPORT_COLUMNS, rows).body!);
  return count;
}

async function copyAll({ services: { db } }: BenchRoster): Promise<number> {
  await sql`
    copy (
      select u.id, u.username, u.email, u.email_verified_at is not null, u.role, u.status,
        u.status_reason, u.suspended_until, u.locked_until, p.full_name, p.email, p.phone,
        p.website, p.address, p.zipcode, p.bio,
        array_to_string(array(select tag from user_tags t where t.user_id = u.id order by tag), ' '),
        u.created_at, u.last_login_at
      from users u left join user_profiles p on p.user_id = u.id order by u.created_at desc, u.id
    ) to '/dev/null' (format csv)
  `.execute(db);
  return USERS;
}

let number = 0;

/** Returns what stores the next import, which then waits to be done. */
async function prepareImports({ services: { db } }: BenchRoster): Promise<() => Promise<number>> {
  const boss = { username: "boss", email: "boss@example.org", password_hash: "!" };
  const [by_id = 0] = await inTransaction(
    db,
    (tx) => insertUsers(tx, [{ ...boss, role: "admin" }]),
  );
  return async () => {
    const id = await insertImport(db, {
      by_id,
      source: JSON.stringify({ requestId: crypto.randomUUID(), ip: "127.0.0.1", userAgent: "" }),
      header: '["username", "email", "full_name"]',
      columns: '{ "username": 0, "email": 1, "full_name": 2 }',
      state: "checking",
    });
    const rows = Array.from({ length: IMPORTED }, (_, index) => {
      const name = `imported${++number}`;
      return { line: index + 2, cells: [name, `${name}@example.net`, `Imported Person ${number}`] };
    });
    await insertImportRows(db, id, rows);
    return id;
  };
}

/** Checks the rows and imports them, as the server does in the background. */
async function importRows({ services: { db, jobs } }: BenchRoster, id: number): Promise<number> {
  for (const state of ["checking", "running"] as const) {
    await db.updateTable("user_imports").set({ state }).where("id", "=", id).execute();
    await inTransaction(db, (tx) => insertJobs(tx, [jobOfImport(id)]));
    await jobs.drain("user_import");
  }
  return IMPORTED;
}

async function insertBare({ services: { db } }: BenchRoster): Promise<number> {
  number += IMPORTED;
  await sql`
    with added as (
      insert into users (username, username_key, email, email_key, password_hash)
      select 'bare' || n, 'bare' || n, 'bare' || n || '@example.net', 'bare' || n || '@example.net',
        '!'
      from generate_series(${number}::int + 1, ${number + IMPORTED}::int) as n
      returning id, username, email
    )
    insert into user_profiles (user_id, email, full_name) select id, email, username from added
  `.execute(db);
  return IMPORTED;
}
