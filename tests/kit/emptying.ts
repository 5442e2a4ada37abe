/** SQL that makes a database that a test has used as good as a new one, and tells whether it is. */

/** Deletes all rows and begins all ids with 1. Faster than `truncate`, which creates new files. */
export const EMPTY = `
  set session_replication_role = replica;
  do $$
  declare name text;
  begin
    for name in select tablename from pg_tables
      where schemaname = 'public' and tablename not like 'kysely_%'
    loop execute format('delete from %I', name); end loop;
    perform setval(format('%I', sequencename)::regclass, start_value, false)
      from pg_sequences where schemaname = 'public';
  end $$`;

/** Larger tables would slow scans down with deleted rows. */
const REUSABLE_MAX_BYTES = 4 * 1024 * 1024;

/** Catalogues of what tests create or alter. Each row has the transaction that wrote it. */
const CATALOGUES = ["pg_constraint", "pg_trigger", "pg_proc", "pg_type", "pg_namespace"];

/**
 * Describes everything besides rows that a test may change: the schema, settings, applied
 * migrations, the planner's statistics and the size.
 */
export const DESCRIBE = `
  select
    (select string_agg(concat(oid, '.', xmin, '.', reltuples), ' ' order by oid)
      from pg_class where oid >= 16384) as classes,
    (select string_agg(concat(attrelid, '.', xmin), ' ' order by attrelid, attnum)
      from pg_attribute where attrelid >= 16384) as columns,
    ${
  CATALOGUES.map((name) =>
    `(select string_agg(concat(oid, '.', xmin), ' ' order by oid)
      from ${name} where oid >= 16384) as ${name},`
  ).join("\n    ")
}
    (select string_agg(setconfig::text, ' ') from pg_db_role_setting as s
      join pg_database as d on d.oid = s.setdatabase where datname = current_database()) as settings,
    (select string_agg(name, ' ' order by name) from kysely_migration) as migrations,
    (select sum(pg_total_relation_size(oid)) > ${REUSABLE_MAX_BYTES}
      from pg_class where oid >= 16384 and relkind = 'r') as large`;
