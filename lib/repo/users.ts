import { type Insertable, type Selectable, sql, type Updateable } from "kysely";
import type { Db, Tx } from "@/lib/db/database.ts";
import type { UsersTable } from "@/lib/db/schema.ts";
import { foldKey } from "@/lib/shared/fold.ts";

/** A row of `users`. */
export type User = Selectable<UsersTable>;

/** What a user starts with; the keys of name and address are computed from them. */
export type NewUser = Omit<Insertable<UsersTable>, "username_key" | "email_key">;

/** What may change; the keys, `updated_at` and `version` follow by themselves. */
export type UserChanges = Omit<
  Updateable<UsersTable>,
  "id" | "username_key" | "email_key" | "updated_at" | "version"
>;

/** Rows of one statement of {@linkcode insertUsers}: PostgreSQL takes 65,535 parameters. */
const ROWS_PER_INSERT = 2_000;

/** A user by id. */
export function findUserById(db: Db, id: number): Promise<User | undefined> {
  return db.selectFrom("users").selectAll().where("id", "=", id).executeTakeFirst();
}

/** The user who signs in with `login`, a username or an address. */
export function findUserByLogin(db: Db, login: string): Promise<User | undefined> {
  const key = foldKey(login);
  return db.selectFrom("users").selectAll()
    .where((where) => where.or([where("username_key", "=", key), where("email_key", "=", key)]))
    // Should one user's name be another one's address, the name wins, every time.
    .orderBy((by) => by("username_key", "=", key), "desc")
    .limit(1)
    .executeTakeFirst();
}

/** Whether somebody other than the user `exceptUserId` has an account with the address. */
export async function emailIsTaken(db: Db, email: string, exceptUserId = 0): Promise<boolean> {
  const row = await db.selectFrom("users").select("id")
    .where("email_key", "=", foldKey(email)).where("id", "<>", exceptUserId)
    .executeTakeFirst();
  return row !== undefined;
}

/** Locks a user's row until the transaction ends. */
export function lockUserById(tx: Tx, id: number): Promise<User | undefined> {
  return tx.selectFrom("users").selectAll().where("id", "=", id).forUpdate().executeTakeFirst();
}

/** Locks all active admins until the transaction ends, by ascending id, and returns their ids. */
export async function lockActiveAdmins(tx: Tx): Promise<number[]> {
  const rows = await tx.selectFrom("users").select("id")
    .where("role", "=", "admin").where("status", "=", "active")
    .orderBy("id").forUpdate().execute();
  return rows.map((row) => row.id);
}

/** Inserts a user. @throws a unique violation if the name or address is taken. */
export function insertUser(tx: Tx, user: NewUser): Promise<User> {
  return tx.insertInto("users").values(withKeys(user)).returningAll().executeTakeFirstOrThrow();
}

/** Inserts many users and returns their ids in the same order. */
export async function insertUsers(tx: Tx, users: readonly NewUser[]): Promise<number[]> {
  const ids: number[] = [];
  for (let start = 0; start < users.length; start += ROWS_PER_INSERT) {
    const rows = users.slice(start, start + ROWS_PER_INSERT).map(withKeys);
    const inserted = await tx.insertInto("users").values(rows).returning("id").execute();
    ids.push(...inserted.map((row) => row.id));
  }
  return ids;
}

/** Changes a user whom the transaction has locked. */
export function updateUser(tx: Tx, id: number, changes: UserChanges): Promise<User> {
  const { username, email } = changes;
  return tx.updateTable("users")
    .set({
      ...changes,
      ...(username !== undefined && { username_key: foldKey(username) }),
      ...(email !== undefined && { email_key: foldKey(email) }),
      updated_at: sql<Date>`now()`,
      version: sql<number>`version + 1`,
    })
    .where("id", "=", id).returningAll().executeTakeFirstOrThrow();
}

/** Marks the address as proven, unless the user has moved to another one in between. */
export function markEmailVerified(tx: Tx, id: number, email: string): Promise<User | undefined> {
  return tx.updateTable("users")
    .set({
      email_verified_at: sql<Date>`coalesce(email_verified_at, now())`,
      updated_at: sql<Date>`now()`,
      version: sql<number>`version + 1`,
    })
    .where("id", "=", id).where("email_key", "=", foldKey(email))
    .returningAll().executeTakeFirst();
}

/** Deletes a user; profile and sessions go with the row. */
export async function deleteUserById(tx: Tx, id: number): Promise<void> {
  await tx.deleteFrom("users").where("id", "=", id).execute();
}

/** What happens once a user has failed too often. */
export interface FailurePolicy {
  readonly limit: number;
  readonly policy: "lock" | "suspend";
}

/** What a failed sign-in has led to. */
export type FailedLogin = Pick<User, "failed_logins" | "locked_until" | "status">;

/** The first lock; each further failure doubles it. */
const LOCK_FIRST_SECONDS = 30;
const LOCK_MAX_SECONDS = 24 * 60 * 60;
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

/** Makes users active whose suspension was meant to end by now, and returns them. */
export function liftEndedSuspensions(tx: Tx): Promise<Pick<User, "id" | "username">[]> {
  return tx.updateTable("users")
    .set({
      status: "active",
      status_reason: null,
      suspended_until: null,
      updated_at: sql<Date>`now()`,
      version: sql<number>`version + 1`,
    })
    .where(suspensionIsOver)
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

function withKeys(user: NewUser): Insertable<UsersTable> {
  return { ...user, username_key: foldKey(user.username), email_key: foldKey(user.email) };
}
