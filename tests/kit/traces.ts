import { sql } from "kysely";
import type { Db } from "@/lib/db/database.ts";

/** What is looked for in every table: texts, and bytes in hex. */
export interface Needles {
  readonly texts: readonly string[];
  readonly hex: readonly string[];
}

/** Returns `table.column: needle` for each column of any table that has one of the needles. */
export async function findTraces(db: Db, { texts, hex }: Needles): Promise<string[]> {
  const found: string[] = [];
  for (const { table, column, type } of await listColumns(db)) {
    const text = type === "bytea"
      ? sql`encode(${sql.ref(column)}, 'hex')`
      : sql`lower(${sql.ref(column)}::text)`;
    for (const needle of type === "bytea" ? hex : texts) {
      const { rows: [row] } = await sql<{ rows: number }>`
        select count(*)::int as rows from ${sql.table(table)}
        where position(${needle.toLowerCase()} in ${text}) > 0
      `.execute(db);
      if (row!.rows > 0) found.push(`${table}.${column}: ${needle.slice(0, 64)}`);
    }
  }
  return found;
}

interface Column {
  readonly table: string;
  readonly column: string;
  readonly type: string;
}

async function listColumns(db: Db): Promise<Column[]> {
  const { rows } = await sql<Column>`
    select c.table_name as "table", c.column_name as "column", c.data_type as "type"
    from information_schema.columns c
    join information_schema.tables t using (table_schema, table_name)
    where c.table_schema = current_schema() and t.table_type = 'BASE TABLE'
  `.execute(db);
  return rows;
}

/** Returns the tables without rows, in alphabetical order. */
export async function listEmptyTables(db: Db): Promise<string[]> {
  const tables = [...new Set((await listColumns(db)).map(({ table }) => table))].sort();
  const empty: string[] = [];
  for (const table of tables) {
    const { rows } = await sql`select 1 from ${sql.table(table)} limit 1`.execute(db);
    if (rows.length === 0) empty.push(table);
  }
  return empty;
}
