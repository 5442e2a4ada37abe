import { type RawBuilder, sql, type SqlBool } from "kysely";
import {
  bulkOutcome,
  USER_FILTER_NAMES,
  type UserFilterName,
  type UserFilters,
} from "@/lib/shared/user_list.ts";
import { isDormant } from "./dormancy.ts";

type Condition = RawBuilder<SqlBool>;

/** When a user last signed in, as its index has it. Users who never have come first. */
export const LAST_LOGIN = sql<Date>`coalesce(u.last_login_at, 'epoch'::timestamptz)`;

const NEVER = sql<SqlBool>`${LAST_LOGIN} = 'epoch'::timestamptz`;

/** The condition of each filter on a row `u` of `users`. */
const CONDITIONS: {
  readonly [Name in UserFilterName]: (
    value: NonNullable<UserFilters[Name]>,
    dormantDays: number,
  ) => Condition;
} = {
  role: (role) => sql`u.role = ${role}`,
  status: (status) => sql`u.status = ${status}`,
  locked: (value) =>
    value === "yes"
      ? sql`u.locked_until > now()`
      : sql`(u.locked_until is null or u.locked_until <= now())`,
  confirmed: (value) =>
    value === "yes" ? sql`u.email_verified_at is not null` : sql`u.email_verified_at is null`,
  second_factor: has(
    sql`second_factors as f where f.user_id = u.id and f.turned_on_at is not null`,
  ),
  passkey: has(sql`passkeys as k where k.user_id = u.id`),
  api_keys: has(sql`api_keys as k where k.user_id = u.id and k.expires_at > now()`),
  // Accepted invitations are kept for INVITATIONS_KEPT_DAYS.
  invited: has(sql`invitations as i where i.accepted_by = u.id`),
  signed_in: (value) => value === "never" ? NEVER : sql`not (${NEVER})`,
  dormant: (value, days) => value === "yes" ? isDormant(days) : sql`not ${isDormant(days)}`,
  signed_in_after: (time) => sql`${LAST_LOGIN} >= ${time}::timestamptz`,
  signed_in_before: (time) => sql`${LAST_LOGIN} < ${time}::timestamptz and not (${NEVER})`,
  joined_after: (time) => sql`u.created_at >= ${time}::timestamptz`,
  tag: (tag) => sql`exists (select from user_tags as t where t.user_id = u.id and t.tag = ${tag})`,
  bulk: (value) => {
    const { job_id = 0, outcome } = bulkOutcome(value) ?? {};
    const state = outcome ? sql`and i.state = ${outcome}` : sql``;
    return sql`u.id in (
      select i.user_id from bulk_items as i where i.job_id = ${job_id}::bigint ${state})`;
  },
  joined_before: (time) => sql`u.created_at < ${time}::timestamptz`,
};

function has(rows: RawBuilder<unknown>): (value: "yes" | "no") => Condition {
  return (value) =>
    value === "yes" ? sql`exists (select from ${rows})` : sql`not exists (select from ${rows})`;
}

/** Returns the condition of all filters of a query, or `undefined` if it has none. */
export function filterCondition(
  filters: UserFilters,
  dormantDays: number,
): Condition | undefined {
  const conditions = USER_FILTER_NAMES.flatMap((name) => {
    const value = filters[name];
    const condition = CONDITIONS[name] as (
      value: unknown,
      dormantDays: number,
    ) => Condition;
    return value === undefined ? [] : [condition(value, dormantDays)];
  });
  return conditions.length === 0 ? undefined : sql`${sql.join(conditions, sql` and `)}`;
}
