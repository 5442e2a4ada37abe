import { DatabaseSync, type SQLInputValue } from "node:sqlite";
import type { OpenDatabase } from "@/lib/db/database.ts";
import { type ImportReport, importUsers } from "@/lib/domain/operation/import_users.ts";
import { openServices } from "@/lib/domain/open_services.ts";
import type { Services } from "@/lib/domain/services.ts";
import { openSource } from "@/lib/import/open_source.ts";
import type { ReportLine } from "@/lib/import/report.ts";
import { createSilentLogger } from "@/lib/log.ts";
import { readSettings } from "@/lib/settings.ts";
import { tempFolder } from "../kit/temp.ts";

/** Values of a row by column name. */
export type Row = Readonly<Record<string, SQLInputValue>>;

/** Tables of a Flask installation, with the columns of the first row. */
export interface FlaskTables {
  readonly users: readonly Row[];
  readonly user_profiles?: readonly Row[];
}

/** Password and hash from the fixture's description. */
export const VECTOR = {
  password: "Passw0rd-alice",
  hash: "e8bb3c9e2fd28310f436736729e5dbbc0fb5ae938563c4bac4882d2cdb0e6ae7" +
    "1b697a919617464dfe2ae9f7aec967db7ae8d59f3c99c49e44072de0376946cf" +
    "cd0739dd88b1c1346d900a09a9fc892c013e7fa4725cb741b15c721107bede31",
} as const;

/** The hash as the BLOB that the Flask application writes. */
export const HASH_BLOB = new TextEncoder().encode(VECTOR.hash);

/** Services over a test's database. */
export function servicesOver(
  open: Pick<OpenDatabase, "db" | "spareDb" | "kind">,
): Promise<Services> {
  return openServices(readSettings({ APP_ENV: "test" }), open, createSilentLogger());
}

/** Imports a file as `deno task import-users` does. */
export async function importFile(services: Services, path: string): Promise<ImportReport> {
  const source = await openSource(path);
  return await importUsers(services, { kind: "task", name: "import-users" }, source);
}

/** Imports from a SQLite file with these rows. */
export async function importTables(
  services: Services,
  tables: FlaskTables,
): Promise<ImportReport> {
  await using folder = await tempFolder();
  const path = `${folder.path}/flask.sqlite3`;
  writeTables(path, tables);
  return await importFile(services, path);
}

/** Imports from a CSV file. */
export async function importCsv(services: Services, text: string): Promise<ImportReport> {
  await using folder = await tempFolder();
  const path = `${folder.path}/users.csv`;
  await Deno.writeTextFile(path, text);
  return await importFile(services, path);
}

/** The line of the report for a row of `users`. */
export function lineOf({ lines }: ImportReport, id: number | string): ReportLine | undefined {
  return lines.find((line) => line.table === "users" && line.id === String(id));
}

function writeTables(path: string, tables: FlaskTables): void {
  using database = new DatabaseSync(path);
  for (const [name, rows] of Object.entries<readonly Row[]>({ ...tables })) {
    const columns = [...new Set(rows.flatMap((row) => Object.keys(row)))];
    // Without types SQLite stores every value as it is.
    database.exec(`create table ${name} (${columns.join(", ")})`);
    const insert = database.prepare(
      `insert into ${name} (${columns.join(", ")}) values (${columns.map(() => "?").join(", ")})`,
    );
    for (const row of rows) insert.run(...columns.map((column) => row[column] ?? null));
  }
}

/** Hash of an account without a password. */
export const NO_PASSWORD = "!";

/** A user of an old installation; `extra` adds columns or replaces values. */
export function user(id: number, username: string | null, extra: Row = {}): Row {
  const email = username === null ? null : `${username}@example.com`;
  return { id, username, email, password: HASH_BLOB, role: 2, status: 1, ...extra };
}

/** Returns accounts and profiles by username. */
export async function importedBy({ db }: Services) {
  const rows = await db.selectFrom("users as u")
    .innerJoin("user_profiles as p", "p.user_id", "u.id")
    .selectAll("u")
    .select([
      "p.full_name",
      "p.bio",
      "p.zipcode",
      "p.phone",
      "p.website",
      "p.image",
      "p.email as contact",
    ])
    .orderBy("u.id").execute();
  return new Map(rows.map((row) => [row.username, row]));
}

/** The reasons of a line of the report. */
export function reasonsOf(report: ImportReport, id: number): string {
  return lineOf(report, id)?.reasons.join() ?? "";
}
