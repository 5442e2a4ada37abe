import { sql } from "kysely";
import type { Db } from "./database.ts";
import { migrateDown } from "./migrator.ts";
import { inTransaction } from "./transaction.ts";

/** What rolling back the newest migration would lose. */
export interface MigrationLoss {
  readonly migration: string;
  /** Tables (`table`) and columns (`table.column`), with the number of rows that hold data. */
  readonly parts: readonly { readonly name: string; readonly rows: number }[];
}

/**
 * Finds out what {@linkcode migrateDown} would lose by running it in a transaction that is rolled
 * back. Returns `undefined` if no migration is applied.
 */
export async function findMigrationLoss(db: Db): Promise<MigrationLoss | undefined> {
  const rehearsal = new Rehearsal();
  try {
    await inTransaction(db, async (tx) => {
      const before = await listColumns(tx);
      rehearsal.migration = await migrateDown(tx);
      const after = await listColumns(tx);
      const kept = new Set(after.map(keyOf));
      rehearsal.lost = before.filter((column) => !kept.has(keyOf(column)));
      rehearsal.tablesLeft = new Set(after.map(({ table }) => table));
      throw rehearsal;
    });
  } catch (error) {
    if (error !== rehearsal) throw error;
  }
  const { migration, lost, tablesLeft } = rehearsal;
  if (migration === undefined) return undefined;
  const tables = new Set(lost.map(({ table }) => table).filter((table) => !tablesLeft.has(table)));
  const columns = lost.filter(({ table }) => tablesLeft.has(table));
  return {
    migration,
    parts: [
      ...await Promise.all([...tables].map((table) => countRows(db, table))),
      ...await Promise.all(columns.map(({ table, column }) => countRows(db, table, column))),
    ],
  };
}

interface Column {
  readonly table: string;
  readonly column: string;
}

/** Thrown to roll the rehearsal back. Carries the findings. */
class Rehearsal extends Error {
  override readonly name = "Rehearsal";
  migration: string | undefined;
  lost: readonly Column[] = [];
  tablesLeft: ReadonlySet<string> = new Set();
}

async function listColumns(db: Db): Promise<Column[]> {
  const { rows } = await sql<Column>`
    select c.table_name as "table", c.column_name as "column" from information_schema.columns c
    join information_schema.tables t using (table_schema, table_name)
    where c.table_schema = current_schema() and t.table_type = 'BASE TABLE'
    order by c.table_name, c.ordinal_position
  `.execute(db);
  return rows;
}

function keyOf({ table, column }: Column): string {
  return JSON.stringify([table, column]);
}

async function countRows(db: Db, table: string, column?: string) {
  const what = column === undefined ? sql`*` : sql.ref(column);
  const { rows: [found] } = await sql<{ rows: number }>`
    select count(${what})::int as rows from ${sql.table(table)}
  `.execute(db);
  return { name: column === undefined ? table : `${table}.${column}`, rows: found?.rows ?? 0 };
}
