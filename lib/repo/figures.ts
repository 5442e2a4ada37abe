import { type RawBuilder, sql } from "kysely";
import type { Db } from "@/lib/db/database.ts";
import type { FigurePeriod } from "@/lib/db/operation_tables.ts";
import { DORMANT_DAYS } from "@/lib/shared/limits.ts";
import type { DayCount } from "@/lib/shared/operation_views.ts";

/** A series of counts, one a day and one a week. */
export type SeriesName = "sign_ups" | "sign_ins" | "failed_sign_ins" | "active_users";

/** A count of users or jobs as they are now. */
export type CountName = keyof typeof USER_COUNTS | keyof typeof INDEXED_COUNTS;

/** How many days and weeks are kept in view, with the current one. */
const SERIES_LENGTH: Readonly<Record<Exclude<FigurePeriod, "now">, number>> = {
  day: 30,
  week: 12,
};

const audited = (action: string, count: RawBuilder<number>) =>
  sql`(select ${count} from audit_events
    where action = ${action} and at >= s.begins and at < s.ends)`;

/** Each counts between `s.begins` and `s.ends`. */
const SERIES: Readonly<Record<SeriesName, RawBuilder<unknown>>> = {
  sign_ups: sql`(select count(*) from users where created_at >= s.begins and created_at < s.ends)`,
  sign_ins: audited("sign_in", sql`count(*)`),
  failed_sign_ins: audited("sign_in_failed", sql`count(*)`),
  active_users: audited("sign_in", sql`count(distinct target_id)`),
};

/** Conditions on users. One statement reads all users for all of them. */
const USER_COUNTS = {
  users: sql`true`,
  suspended: sql`status = 'suspended'`,
  admins: sql`role = 'admin'`,
  locked: sql`locked_until > now()`,
  unconfirmed: sql`email_verified_at is null`,
  dormant: sql`last_login_at < now() - ${DORMANT_DAYS}::int * interval '1 day'`,
} as const satisfies Readonly<Record<string, RawBuilder<unknown>>>;

/** What is found by indexes. */
const INDEXED_COUNTS = {
  admins_without_factor: sql`users u where role = 'admin' and status = 'active'
    and not exists (select from second_factors f where f.user_id = u.id and f.secret is not null)
    and not exists (select from passkeys p where p.user_id = u.id)`,
  waiting_emails: sql`jobs where kind = 'letter' and last_error is null
    and (expires_at is null or expires_at > now())`,
  failed_emails: sql`jobs where kind = 'letter' and last_error is not null`,
  failed_jobs: sql`jobs where kind <> 'letter' and last_error is not null`,
} as const satisfies Readonly<Record<string, RawBuilder<unknown>>>;

/** A count to be kept. */
export interface Figure {
  readonly name: SeriesName | CountName;
  readonly period: FigurePeriod;
  /** `YYYY-MM-DD` */
  readonly start: string;
  readonly count: number;
}

/** Stands for the start of the figures of now, which have none. */
const NO_START = "1970-01-01";

/**
 * Counts what has changed, a statement at a time: those days and weeks that were not over when they
 * were counted last, and users and jobs as they are now.
 */
export async function* countFigures(db: Db): AsyncGenerator<readonly Figure[]> {
  for (const name of Object.keys(SERIES) as SeriesName[]) {
    for (const period of ["day", "week"] as const) yield await countSeries(db, name, period);
  }
  yield await countNow(db);
}

async function countNow(db: Db): Promise<Figure[]> {
  const ofUsers = Object.entries(USER_COUNTS).map(([name, condition]) =>
    sql`count(*) filter (where ${condition}) as ${sql.ref(name)}`
  );
  const others = Object.entries(INDEXED_COUNTS).map(([name, rows]) =>
    sql`(select count(*) from ${rows}) as ${sql.ref(name)}`
  );
  const { rows: [row] } = await sql<Record<CountName, number>>`
    select * from (select ${sql.join(ofUsers)} from users) u, (select ${sql.join(others)}) o
  `.execute(db);
  return (Object.entries(row!) as [CountName, number][])
    .map(([name, count]) => ({ name, period: "now", start: NO_START, count }));
}

async function countSeries(
  db: Db,
  name: SeriesName,
  period: Exclude<FigurePeriod, "now">,
): Promise<Figure[]> {
  const step = sql`(${`1 ${period}`}::text)::interval`;
  // The planner expects a thousand rows of a series of times, and compiles the statement for seconds.
  // Of a series of numbers it knows how many there are.
  const { rows } = await sql<{ start: string; count: number }>`
    select to_char(s.start, 'YYYY-MM-DD') as start, ${SERIES[name]} as count
    from (
      select start, start at time zone 'UTC' as begins, (start + ${step}) at time zone 'UTC' as ends
      from (
        select ${currentStart(period)} - ago * ${step} as start
        from generate_series(${sql.lit(SERIES_LENGTH[period] - 1)}, 0, -1) ago
      ) starts
    ) s
    where not exists (
      select from figures f
      where f.name = ${name} and f.period = ${period} and f.start = s.start::date
        and f.made_at >= s.ends
    )
  `.execute(db);
  return rows.map((row) => ({ name, period, ...row }));
}

function currentStart(period: FigurePeriod) {
  return sql`date_trunc(${period}, now() at time zone 'UTC')`;
}

/** Replaces the stored figures. */
export async function upsertFigures(db: Db, figures: readonly Figure[]): Promise<void> {
  if (figures.length === 0) return;
  await db.insertInto("figures").values(figures)
    .onConflict((on) =>
      on.columns(["name", "period", "start"]).doUpdateSet({
        count: sql<number>`excluded.count`,
        made_at: sql<Date>`now()`,
      })
    ).execute();
}

/** The stored figures, and when they were counted. */
export interface KeptFigures {
  readonly counts: Readonly<Record<CountName, number>>;
  /** Oldest first. */
  readonly series: Readonly<Record<SeriesName, readonly DayCount[]>>;
  readonly madeAt: Date;
}

/** Reads the figures of now, and the series of a period. `undefined` before any were kept. */
export async function findFigures(
  db: Db,
  period: Exclude<FigurePeriod, "now">,
): Promise<KeptFigures | undefined> {
  const rows = await db.selectFrom("figures")
    .select(["name", "period", "count", "made_at"])
    .select(sql<string>`to_char(start, 'YYYY-MM-DD')`.as("day"))
    .where((row) =>
      row.or([
        row("period", "=", "now"),
        row.and([
          row("period", "=", period),
          row(
            "start",
            ">=",
            sql<Date>`(${currentStart(period)}
              - ${SERIES_LENGTH[period] - 1}::int * (${`1 ${period}`}::text)::interval)::date`,
          ),
        ]),
      ])
    )
    .orderBy("start").execute();
  const now = rows.filter((row) => row.period === "now");
  if (now[0] === undefined) return undefined;
  const seriesOf = (name: string) =>
    rows.filter((row) => row.period === period && row.name === name)
      .map(({ day, count }) => ({ day, count }));
  return {
    counts: Object.fromEntries(
      now.map(({ name, count }) => [name, count]),
    ) as KeptFigures["counts"],
    series: Object.fromEntries(
      Object.keys(SERIES).map((name) => [name, seriesOf(name)]),
    ) as unknown as KeptFigures["series"],
    madeAt: now[0].made_at,
  };
}
