import { type RawBuilder, sql } from "kysely";
import type { Db, Tx } from "./database.ts";

/** Rows of one table. */
export interface Portion {
  readonly table: string;
  /** A JSON array of objects, as PostgreSQL writes them. */
  readonly rows: string;
  readonly count: number;
}

/** Last values of sequences by name. */
export type Sequences = Readonly<Record<string, number>>;

/** Lists the tables of the schema, except for the migrator's. Each follows those that it refers to. */
export async function listTables(db: Db): Promise<string[]> {
  const { rows } = await sql<{ name: string; needs: string[] }>`
    select t.relname as name, array(
      select r.relname::text from pg_constraint f join pg_class r on r.oid = f.confrelid
      where f.conrelid = t.oid and f.contype = 'f' and r.oid <> t.oid
    ) as needs
    from pg_class t
    where t.relnamespace = to_regnamespace(quote_ident(current_schema())) and t.relkind = 'r'
      and t.relname not like 'kysely_%'
    order by t.relname
  `.execute(db);
  const needs = new Map(rows.map((row) => [row.name, row.needs]));
  const ordered = new Set<string>();
  const add = (name: string) => {
    if (ordered.has(name)) return;
    needs.get(name)?.forEach(add);
    ordered.add(name);
  };
  for (const name of needs.keys()) add(name);
  return [...ordered];
}

/**
 * Reads the rows of a query in portions of up to `size`. PostgreSQL writes the JSON, so that no number
 * and no time is rounded.
 */
export async function* readPortions(
  tx: Tx,
  { table, query, size }: { table: string; query: RawBuilder<unknown>; size: number },
): AsyncGenerator<Portion> {
  await sql`set local time zone 'UTC'`.execute(tx);
  await sql`declare portions no scroll cursor for
    select to_json(r)::text as json from (${query}) as r`.execute(tx);
  for (;;) {
    const { rows } = await sql<{ json: string }>`fetch ${sql.lit(size)} from portions`.execute(tx);
    if (rows.length === 0) break;
    yield { table, rows: `[${rows.map(({ json }) => json).join(",")}]`, count: rows.length };
  }
  await sql`close portions`.execute(tx);
}

/** Whether a table has any row. */
export async function hasRows(db: Db, table: string): Promise<boolean> {
  const { rows } = await sql`select 1 from ${sql.table(table)} limit 1`.execute(db);
  return rows.length > 0;
}

/**
 * Adds rows with the ids that they had, and returns how many.
 *
 * @param json an object with an array `rows`.
 */
export async function insertPortion(tx: Tx, table: string, json: string): Promise<number> {
  const { numAffectedRows = 0n } = await sql`
    insert into ${sql.table(table)} overriding system value
    select * from json_populate_recordset(null::${sql.table(table)}, ${json}::json -> 'rows')
  `.execute(tx);
  return Number(numAffectedRows);
}

/**
 * Reads the last values of all sequences that have been used.
 *
 * @throws {Error} if the role may not read one, whose value would be missing after a restore
 */
export async function readSequences(db: Db): Promise<Sequences> {
  const { rows: [hidden] } = await sql<{ name: string }>`
    select sequencename as name from pg_sequences
    where schemaname = current_schema()
      and not has_sequence_privilege(quote_ident(schemaname) || '.' || quote_ident(sequencename), 'select, usage')
    limit 1
  `.execute(db);
  if (hidden) {
    throw new Error(
      `The role of DATABASE_URL may not read ${hidden.name}: run deno task migrate --grant ROLE`,
    );
  }
  const { rows } = await sql<{ name: string; last: number }>`
    select sequencename as name, last_value as last from pg_sequences
    where schemaname = current_schema() and last_value is not null
  `.execute(db);
  return Object.fromEntries(rows.map(({ name, last }) => [name, last]));
}

/** Lets sequences go on after these values. */
export async function setSequences(tx: Tx, sequences: Sequences): Promise<void> {
  for (const [name, last] of Object.entries(sequences)) {
    await sql`select setval(${name}::text::regclass, ${last}::int8)`.execute(tx);
  }
}
