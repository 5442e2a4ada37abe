import { sql } from "kysely";
import type { Db, Tx } from "@/lib/db/database.ts";
import type { DeviceKey } from "./devices.ts";
import type { User } from "./users.ts";

/** What happens after too many failures. */
export interface FailurePolicy {
  readonly limit: number;
  readonly policy: "lock" | "suspend";
}

/** Result of a failed sign-in. */
export type FailedLogin = Pick<User, "failed_logins" | "locked_until" | "status">;

/** Duration of the first lock. Each further failure doubles it. */
const LOCK_FIRST_SECONDS = 30;
/** The longest lock. */
export const LOCK_MAX_SECONDS = 60 * 60;
/**
 * Limits the exponent: 2^20 times the first lock exceeds the longest one, and more could overflow.
 */
const MAX_DOUBLINGS = 20;

/**
 * Counts a failed sign-in and, from the limit on, locks or suspends the user. It is one statement,
 * so that simultaneous failures all count. Nothing is counted during a lock. Admins are always
 * locked, never suspended: attackers must not be able to suspend the last one.
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

/** Conditions of a sign-in besides the right password. */
export interface LoginCondition {
  /** The address must be verified. */
  readonly verifiedOnly: boolean;
  /**
   * The password was checked against this hash, which must still be the user's. `undefined` if a
   * passkey signs in, after which no code is asked for.
   */
  readonly passwordHash: string | undefined;
  /** The browser. If it is known, a lock does not matter: that only keeps strangers out. */
  readonly device: DeviceKey;
  /** Failures after which a browser is no longer known. */
  readonly deviceFailureLimit: number;
}

/** A user who has proven the password, or has used a passkey. */
export type ProvenUser = User & {
  /** Whether the password was only the first step, because a second factor is turned on. */
  readonly needs_code: boolean;
  /** Whether no code is needed because the user trusts the browser. */
  readonly by_trust: boolean;
};

const hasSecondFactor = sql<boolean>`exists (
  select 1 from second_factors f where f.user_id = users.id and f.secret is not null
)`;

/**
 * Records a right password or passkey if the user is active (or the suspension has expired) and not locked for
 * this browser. Unless a code is needed, that is a sign-in. Otherwise changes nothing and returns no
 * row. A lock for strangers stays.
 */
export function recordLogin(
  tx: Tx,
  userId: number,
  { verifiedOnly, passwordHash, device, deviceFailureLimit }: LoginCondition,
): Promise<ProvenUser | undefined> {
  const asksForCode = passwordHash === undefined ? sql<boolean>`false` : hasSecondFactor;
  const trusts = sql<boolean>`exists (
    select 1 from devices d where d.user_id = ${device.user_id} and d.token_hash = ${device.token_hash}
      and d.trusted_until > now()
  )`;
  const needsCode = sql<boolean>`(${asksForCode} and not ${trusts})`;
  return tx.updateTable("users")
    .set({
      failed_logins: sql<number>`case when ${notLocked} then 0 else failed_logins end`,
      locked_until: sql<Date | null>`case when not ${notLocked} then locked_until end`,
      last_login_at: sql<Date>`case when ${needsCode} then last_login_at else now() end`,
      status: "active",
      status_reason: sql<string | null>`case when status = 'active' then status_reason end`,
      suspended_until: null,
    })
    .where("id", "=", userId)
    .$if(passwordHash !== undefined, (update) => update.where("password_hash", "=", passwordHash!))
    .where((where) =>
      where.or([
        notLocked,
        where.exists(
          where.selectFrom("devices as d").select("d.id")
            .where("d.user_id", "=", device.user_id).where("d.token_hash", "=", device.token_hash)
            .where("d.failed_logins", "<", deviceFailureLimit),
        ),
      ])
    )
    .where((where) => where.or([where("status", "=", "active"), suspensionIsOver]))
    .$if(verifiedOnly, (update) => update.where("email_verified_at", "is not", null))
    .returningAll().returning([
      needsCode.as("needs_code"),
      sql<boolean>`(${asksForCode} and ${trusts})`.as("by_trust"),
    ]).executeTakeFirst();
}

/**
 * Records a sign-in whose second step was passed. A lock does not matter: it only stops guesses of
 * the password.
 */
export function recordSecondStep(
  tx: Tx,
  userId: number,
  { verifiedOnly }: Pick<LoginCondition, "verifiedOnly">,
): Promise<User | undefined> {
  return tx.updateTable("users").set({ last_login_at: sql<Date>`now()` })
    .where("id", "=", userId).where("status", "=", "active")
    .$if(verifiedOnly, (update) => update.where("email_verified_at", "is not", null))
    .returningAll().executeTakeFirst();
}

/** Activates up to `limit` users whose suspension has expired, and returns them. */
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
      // Skips users whom somebody is changing, until the next round.
      from.selectFrom("users").select("id").where(suspensionIsOver)
        .orderBy("suspended_until").limit(limit).forUpdate().skipLocked())
    .returning(["id", "username"]).execute();
}

/** Replaces a user's password hash, unless the password has changed. Returns whether it did. */
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

/** What a hash has before its salt, and whether it was imported: as in the index. */
const SCHEME = sql<string>`substring(password_hash from '^(.*\\$)[^$]+\\$[^$]+$')`;
const IS_FOREIGN = sql<boolean>`
  password_hash like '$%' and password_hash not like '$argon2id$v=19$m=19456,t=2,p=1$%'
`;

/** More would make each refused sign-in too costly. */
const MAX_SCHEMES = 4;

/** Lists the schemes of imported hashes that somebody still has. Costs an index probe for each. */
export async function listForeignSchemes(db: Db): Promise<string[]> {
  const { rows } = await sql<{ scheme: string }>`
    with recursive found as (
      (select ${SCHEME} as scheme from users where ${IS_FOREIGN} order by 1 limit 1)
      union all
      select (
        select ${SCHEME} from users where ${IS_FOREIGN} and ${SCHEME} > found.scheme
        order by 1 limit 1
      ) from found where found.scheme is not null
    )
    select scheme from found where scheme is not null limit ${MAX_SCHEMES}
  `.execute(db);
  return rows.map(({ scheme }) => scheme);
}

const notLocked = sql<boolean>`(locked_until is null or locked_until <= now())`;
const suspensionIsOver = sql<boolean>`(status = 'suspended' and suspended_until <= now())`;
