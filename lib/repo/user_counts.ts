import { sql } from "kysely";
import type { Db } from "@/lib/db/database.ts";
import type { DayCount } from "@/lib/shared/views.ts";
import { dayOf, fillDays, startOfDays } from "./days.ts";

/** Numbers of users by kind. */
export interface UserCounts {
  readonly users: number;
  readonly active: number;
  readonly suspended: number;
  readonly admins: number;
  /** Temporarily locked after failed sign-ins. */
  readonly locked: number;
}

/** Counts users by role and status, in one statement. */
export async function countUsers(db: Db): Promise<UserCounts> {
  const counts = await db.selectNoFrom(({ selectFrom }) => {
    const count = selectFrom("users").select(sql<number>`count(*)`.as("count"));
    return [
      count.$asScalar().as("users"),
      count.where("status", "=", "suspended").$asScalar().as("suspended"),
      count.where("role", "=", "admin").$asScalar().as("admins"),
      count.where("locked_until", ">", sql<Date>`now()`).$asScalar().as("locked"),
    ];
  }).executeTakeFirstOrThrow();
  return { ...counts, active: counts.users - counts.suspended };
}

/** Counts the users created on each of the last `days` days, oldest first. */
export async function countSignUpsPerDay(db: Db, days: number): Promise<DayCount[]> {
  const counts = await db.selectFrom("users")
    .select([dayOf("created_at").as("day"), sql<number>`count(*)`.as("count")])
    .where("created_at", ">=", startOfDays(days))
    .groupBy("day").execute();
  return fillDays(counts, days, new Date());
}
