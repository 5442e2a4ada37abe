import { sql } from "kysely";
import type { Db, Tx } from "@/lib/db/database.ts";
import type { User } from "./users.ts";

/** What happens once a user has failed too often. */
export interface FailurePolicy {
  readonly limit: number;
  readonly policy: "lock" | "suspend";
}

/** What a failed sign-in has led to. */
export type FailedLogin = Pick<User, "failed_logins" | "locked_until" | "status">;

/** The first lock; each further failure doubles it. */
const LOCK_FIRST_SECONDS = 30;
/** The longest lock. */
export const LOCK_MAX_SECONDS = 60 * 60;
/** 2^20 times the first lock is longer than the longest one; beyond, the power could overflow. */
const MAX_DOUBLINGS = 20;

/**
 * Counts a failed sign-in and, from the limit on, locks or suspends, in one statement: failures at
 * the same time are all counted. While the user is locked nothing is counted. An admin is locked
 * under either policy: strangers must not be able to suspend the last one.
 */
export async function recordFailedLogin(
  tx: Tx,
  userId: number,
  { limit, policy }: FailurePolicy,
): Promise<FailedLogin | undefined> {
  const overLimit = sql<boolean>`failed_logins + 1 >= ${limit}::int`;
  const suspends = sql<boolean>`${overLimit} and ${policy === "suspend"} and role <> 'admin'`;
  const seconds = sql<number>`least(
    ${LOCK_MAX_SECONDS}::float8,
    ${LOCK_FIRST_SECONDS} * 2 ^ least(failed_logins + 1 - ${limit}::int, ${MAX_DOUBLINGS}::int)
  )`;
  return await tx.updateTable("users")
    .set({
      failed_logins: sql<number>`failed_logins + 1`,
      locked_until: sql<Date | null>`case
        when ${overLimit} and not (${suspends}) then now() + ${seconds} * interval '1 second'
        else locked_until end`,
      status: sql<User["status"]>`case when ${suspends} then 'suspended' else status end`,
      status_reason: sql<string | null>`case
        when ${suspends} and status = 'active' then 'Too many failed sign-ins'
        else status_reason end`,
    })
    .where("id", "=", userId).where(notLocked)
    .returning(["failed_logins", "locked_until", "status"])
    .executeTakeFirst();
}

/** What must hold for a sign-in besides the right password. */
export interface LoginCondition {
  /** The address must be proven. */
  readonly verifiedOnly: boolean;
  /** The hash that the password was checked against must still be the user's. */
  readonly passwordHash: string;
}

/**
 * Records a sign-in, if the user may sign in at this moment: active (or suspended until a time that
 * has passed) and not locked. Otherwise nothing changes and there is no row.
 */
export function recordLogin(
  tx: Tx,
  userId: number,
  { verifiedOnly, passwordHash }: LoginCondition,
): Promise<User | undefined> {
  return tx.updateTable("users")
    .set({
      failed_logins: 0,
      locked_until: null,
      last_login_at: sql<Date>`now()`,
      status: "active",
      status_reason: sql<string | null>`case when status = 'active' then status_reason end`,
      suspended_until: null,
    })
    .where("id", "=", userId)
    .where("password_hash", "=", passwordHash)
    .where(notLocked)
    .where((where) => where.or([where("status", "=", "active"), suspensionIsOver]))
    .$if(verifiedOnly, (update) => update.where("email_verified_at", "is not", null))
    .returningAll().executeTakeFirst();
}

/** Makes up to `limit` users active whose suspension was to end by now, and returns them. */
export function liftEndedSuspensions(
  tx: Tx,
  limit: number,
): Promise<Pick<User, "id" | "username">[]> {
  return tx.updateTable("users")
    .set({
      status: "active",
      status_reason: null,
      suspended_until: null,
      updated_at: sql<Date>`now()`,
      version: sql<number>`version + 1`,
    })
    .where("id", "in", (from) =>
      // A user whom somebody is changing at the moment waits for the next round.
      from.selectFrom("users").select("id").where(suspensionIsOver)
        .orderBy("suspended_until").limit(limit).forUpdate().skipLocked())
    .returning(["id", "username"]).execute();
}

/** Gives a user a new hash, unless the password was changed in between. Says whether it did. */
export async function replacePasswordHash(
  tx: Tx,
  userId: number,
  oldHash: string,
  newHash: string,
): Promise<boolean> {
  const { numUpdatedRows } = await tx.updateTable("users")
    .set({ password_hash: newHash, updated_at: sql<Date>`now()` })
    .where("id", "=", userId).where("password_hash", "=", oldHash)
    .executeTakeFirst();
  return numUpdatedRows > 0n;
}

/** Whether any password still has the hash that it was imported with; one probe of an index. */
export async function anyLegacyHash(db: Db): Promise<boolean> {
  const row = await db.selectFrom("users").select("id")
    .where("password_hash", "like", sql.lit("$pbkdf2%")).limit(1).executeTakeFirst();
  return row !== undefined;
}

const notLocked = sql<boolean>`(locked_until is null or locked_until <= now())`;
const suspensionIsOver = sql<boolean>`(status = 'suspended' and suspended_until <= now())`;
