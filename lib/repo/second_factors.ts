import { type Selectable, sql } from "kysely";
import type { Db, Tx } from "@/lib/db/database.ts";
import type { SecondFactorsTable } from "@/lib/db/sign_in_tables.ts";

/** A row of `second_factors`. */
export type SecondFactor = Selectable<SecondFactorsTable> & {
  /** Seconds until a code is taken again. 0 if it is not locked. */
  readonly locked_seconds: number;
};

/** A second factor that is turned on. */
export type ActiveFactor = SecondFactor & { readonly secret: string };

/** When wrong codes lock a factor. */
export interface WrongCodePolicy {
  readonly limit: number;
  readonly lockSeconds: number;
}

/** Seconds until a code of a row `f` is taken again, as a part of a statement. */
export const LOCKED_SECONDS = sql<number>`
  greatest(0, ceil(coalesce(extract(epoch from f.locked_until - now()), 0)))::float8`;

/** Finds the second factor of a user, also one that is only being set up. */
export function findSecondFactor(db: Db, userId: number): Promise<SecondFactor | undefined> {
  return db.selectFrom("second_factors as f").selectAll()
    .select(LOCKED_SECONDS.as("locked_seconds"))
    .where("user_id", "=", userId).executeTakeFirst();
}

/** Whether a factor is turned on. */
export function isActive(factor: SecondFactor | undefined): factor is ActiveFactor {
  return factor !== undefined && factor.secret !== null;
}

/** Stores a secret that its user has yet to prove. The one in use stays. */
export async function upsertNewSecret(tx: Tx, userId: number, sealed: string): Promise<void> {
  await tx.insertInto("second_factors").values({ user_id: userId, new_secret: sealed })
    .onConflict((row) => row.column("user_id").doUpdateSet({ new_secret: sealed })).execute();
}

/** Puts the new secret into use, whose code of `step` was just typed. */
export async function activateNewSecret(tx: Tx, userId: number, step: number): Promise<void> {
  await tx.updateTable("second_factors").set({
    secret: sql<string>`new_secret`,
    new_secret: null,
    used_step: step,
    wrong_codes: 0,
    locked_until: null,
    turned_on_at: sql<Date>`now()`,
  }).where("user_id", "=", userId).execute();
}

/**
 * Records that the code of a step was taken. `false` if that code, or a later one, already was.
 *
 * @param secret what is stored from now on
 */
export async function takeStep(
  tx: Tx,
  userId: number,
  { step, secret }: { readonly step: number; readonly secret: string },
): Promise<boolean> {
  const { numUpdatedRows } = await tx.updateTable("second_factors")
    .set({ used_step: step, secret })
    .where("user_id", "=", userId).where("used_step", "<", step).executeTakeFirst();
  return numUpdatedRows > 0n;
}

/** Forgets wrong codes of users. Returns those who had any. */
export async function forgiveWrongCodes(
  tx: Tx,
  userIds: readonly number[],
): Promise<ReadonlySet<number>> {
  const forgiven = await tx.updateTable("second_factors")
    .set({ wrong_codes: 0, locked_until: null })
    .where("user_id", "=", sql<number>`any(${userIds}::bigint[])`)
    .where((row) => row.or([row("wrong_codes", ">", 0), row("locked_until", "is not", null)]))
    .returning("user_id").execute();
  return new Set(forgiven.map(({ user_id }) => user_id));
}

/** Counts a wrong code. Returns whether it locked the factor. */
export async function recordWrongCode(
  tx: Tx,
  userId: number,
  { limit, lockSeconds }: WrongCodePolicy,
): Promise<boolean> {
  const locks = sql<boolean>`wrong_codes + 1 >= ${limit}::int`;
  const row = await tx.updateTable("second_factors").set({
    wrong_codes: sql<number>`case when ${locks} then 0 else wrong_codes + 1 end`,
    locked_until: sql<Date | null>`case
      when ${locks} then now() + ${lockSeconds}::int * interval '1 second' else locked_until end`,
  }).where("user_id", "=", userId).returning("wrong_codes").executeTakeFirst();
  return row?.wrong_codes === 0;
}

/** Records when the user stored the recovery codes. `null` if they have yet to. */
export async function updateCodesStored(tx: Tx, userId: number, at: Date | null): Promise<void> {
  await tx.updateTable("second_factors").set({ codes_stored_at: at })
    .where("user_id", "=", userId).execute();
}

/** Deletes the second factor of a user. Returns whether it was turned on. */
export async function deleteSecondFactor(tx: Tx, userId: number): Promise<boolean> {
  const row = await tx.deleteFrom("second_factors").where("user_id", "=", userId)
    .returning("secret").executeTakeFirst();
  return row !== undefined && row.secret !== null;
}

/**
 * Counts the secrets of each key, as `secret_box.ts` names keys. Those of deleted users count, too,
 * because they may be restored.
 */
export async function countSecretsByKey(db: Db): Promise<{ sealed: string; count: number }[]> {
  const { rows } = await sql<{ sealed: string; count: number }>`
    select split_part(secret, '.', 1) || '.' as sealed, count(*) as count from (
      select secret from second_factors
      union all
      select jsonb_path_query(snapshot, '$.factors.second_factors[*].secret') #>> '{}'
      from deleted_users
    ) all_secrets where secret is not null group by 1
  `.execute(db);
  return rows;
}

/** Counts active admins and support with neither an authenticator nor a passkey. */
export async function countStaffWithoutFactor(db: Db): Promise<number> {
  const { count } = await db.selectFrom("users as u")
    .select((of) => of.fn.countAll<number>().as("count"))
    .where("u.role", "in", ["support", "admin"]).where("u.status", "=", "active")
    .where(sql<boolean>`not exists (
      select 1 from second_factors f where f.user_id = u.id and f.secret is not null
    )`)
    .where(sql<boolean>`not exists (select 1 from passkeys p where p.user_id = u.id)`)
    .executeTakeFirstOrThrow();
  return Number(count);
}
