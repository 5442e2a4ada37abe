import { sql } from "kysely";
import type { DayCount } from "@/lib/shared/views.ts";

/** Formats a column as its day in UTC: `YYYY-MM-DD`. */
export function dayOf(column: string) {
  return sql<string>`to_char(${sql.ref(column)} at time zone 'UTC', 'YYYY-MM-DD')`;
}

/** Returns the start of the first of the last `days` days (UTC), including today. */
export function startOfDays(days: number) {
  return sql<Date>`(
    date_trunc('day', now() at time zone 'UTC') - ${days - 1}::int * interval '1 day'
  ) at time zone 'UTC'`;
}

/** Fills in the last `days` days, oldest first: days that `counts` lacks have 0. */
export function fillDays(counts: readonly DayCount[], days: number, today: Date): DayCount[] {
  const byDay = new Map(counts.map(({ day, count }) => [day, count]));
  return Array.from({ length: days }, (_, index) => {
    const day = new Date(today);
    day.setUTCDate(day.getUTCDate() - (days - 1 - index));
    const name = day.toISOString().slice(0, "YYYY-MM-DD".length);
    return { day: name, count: byDay.get(name) ?? 0 };
  });
}
