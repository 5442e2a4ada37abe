import { type RawBuilder, sql } from "kysely";
import type { Database } from "./schema.ts";

/** Columns of a table, and a query of their values. */
export interface RowsToInsert<Column extends string> {
  readonly columns: readonly Column[];
  readonly values: RawBuilder<unknown>;
}

/**
 * Prepares rows for an `insert`, as one parameter however many there are: thousands of parameters
 * cost more than their rows. One statement takes rows with the same columns, which are usually all.
 */
export function rowsToInsert<Row extends object>(
  table: keyof Database,
  rows: readonly Row[],
): RowsToInsert<keyof Row & string>[] {
  const columnsOf = (row: Row) =>
    (Object.keys(row) as (keyof Row & string)[]).filter((name) => row[name] !== undefined).sort();
  return Map.groupBy(rows, (row) => columnsOf(row).join()).values().map((alike) => {
    const columns = columnsOf(alike[0]!);
    const names = sql.join(columns.map((name) => sql.ref(name)));
    return {
      columns,
      values: sql`
        select ${names}
        from jsonb_populate_recordset(null::${sql.table(table)}, ${JSON.stringify(alike)}::jsonb)
      `,
    };
  }).toArray();
}
