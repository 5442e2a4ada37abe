import type { ColumnType } from "kysely";

/** A `timestamptz` that the database fills in unless told otherwise. */
export type GeneratedTimestamp = ColumnType<Date, Date | undefined, Date>;

/** A `jsonb` column: read as a value, written as JSON text. */
export type Json<T> = ColumnType<T, string, string>;
