import type { Db, Tx } from "@/lib/db/database.ts";
import type { UsersTable } from "@/lib/db/schema.ts";
import { lookOf } from "@/lib/look_alikes.ts";
import { emailKey, foldKey } from "@/lib/shared/fold.ts";
import { type Insertable, type Selectable, sql, type Updateable } from "kysely";
import { claimNames } from "./former_usernames.ts";
import { insertUserProfiles, type NewUserProfile } from "./user_profiles.ts";
import { refreshUserSearch } from "./user_search.ts";

/** A row of `users`. */
export type User = Selectable<UsersTable>;

/** Initial values of a user. The keys of name and address are computed. */
export type NewUser = Omit<Insertable<UsersTable>, ComputedColumn>;

/** Possible changes. The keys, `updated_at` and `version` are updated automatically. */
export type UserChanges = Omit<
  Updateable<UsersTable>,
  "id" | ComputedColumn | "updated_at" | "version"
>;

type ComputedColumn = "username_key" | "username_look" | "email_key";

/** Rows per statement of {@linkcode insertUsers}: PostgreSQL takes 65,535 parameters. */
const ROWS_PER_INSERT = 2_000;

/** Names or addresses per statement of {@linkcode findTakenKeys}. */
const KEYS_PER_QUERY = 1_000;

/** An id that no user has, for statements that run alike with and without a user. */
export const NOBODY = 0;

/** Finds a user by id. */
export function findUserById(db: Db, id: number): Promise<User | undefined> {
  return db.selectFrom("users").selectAll().where("id", "=", id).executeTakeFirst();
}

/**
 * Finds the user who signs in with `login`: a username, an address, or a former username that
 * nobody has today.
 */
export function findUserByLogin(db: Db, login: string): Promise<User | undefined> {
  const key = foldKey(login);
  const address = emailKey(login);
  return db.selectFrom("users").selectAll()
    .where((where) =>
      where.or([
        where("username_key", "=", key),
        where("email_key", "=", address),
        where("id", "=", (of) =>
          of.selectFrom("former_usernames").select("user_id").where("name_key", "=", key)),
      ])
    )
    // If one user's name is another one's address, the name always takes precedence.
    .orderBy((by) => by("username_key", "=", key), "desc")
    .orderBy((by) => by("email_key", "=", address), "desc")
    .limit(1)
    .executeTakeFirst();
}

/** A user by the address of the account. */
export function findUserByEmail(db: Db, email: string): Promise<User | undefined> {
  return db.selectFrom("users").selectAll().where("email_key", "=", emailKey(email))
    .executeTakeFirst();
}

/** Whether failed sign-ins keep a user out at the moment. */
export function isLocked({ locked_until }: Pick<User, "locked_until">): boolean {
  return locked_until !== null && locked_until > new Date();
}

/** Finds the users of addresses. */
export function findUsersByEmails(db: Db, emails: readonly string[]): Promise<User[]> {
  return db.selectFrom("users").selectAll()
    .where("email_key", "=", sql<string>`any(${emails.map(emailKey)}::text[])`).execute();
}

/** Whether somebody other than the user `exceptUserId` has an account with the address. */
export async function emailIsTaken(db: Db, email: string, exceptUserId = 0): Promise<boolean> {
  const row = await db.selectFrom("users").select("id")
    .where("email_key", "=", emailKey(email)).where("id", "<>", exceptUserId)
    .executeTakeFirst();
  return row !== undefined;
}

/** Whether another user had this username before, so that only the address signs in. */
export function hasSharedName({ username_key }: Pick<User, "username_key">): boolean {
  // No name that can be registered has a space, and no other key.
  return username_key.includes(" ");
}

/** Lists users for whom {@linkcode hasSharedName} is true, lower ids first. */
export function listUsersWithSharedNames(
  db: Db,
  limit: number,
): Promise<Pick<User, "id" | "username">[]> {
  return db.selectFrom("users").select(["id", "username"])
    .where("username_key", "like", "% %").orderBy("id").limit(limit).execute();
}

/** Usernames and addresses that are taken, as keys of the unique indexes. */
export interface TakenKeys {
  /** Keys of {@linkcode foldKey}. */
  readonly usernames: ReadonlySet<string>;
  /** Keys of {@linkcode lookOf}. */
  readonly looks: ReadonlySet<string>;
  /** Keys of {@linkcode emailKey}. */
  readonly emails: ReadonlySet<string>;
}

/** Finds which of these usernames and addresses are taken, or look like a taken one. */
export async function findTakenKeys(
  db: Db,
  usernames: readonly string[],
  emails: readonly string[],
): Promise<TakenKeys> {
  const taken = {
    usernames: new Set<string>(),
    looks: new Set<string>(),
    emails: new Set<string>(),
  };
  const length = Math.max(usernames.length, emails.length);
  for (let start = 0; start < length; start += KEYS_PER_QUERY) {
    const anyOf = (values: readonly string[], keyOf: (value: string) => string) =>
      sql<string>`any(${values.slice(start, start + KEYS_PER_QUERY).map(keyOf)}::text[])`;
    const rows = await db.selectFrom("users").select(["username_key", "email_key", LOOK.as("look")])
      .where((where) =>
        where.or([
          where("username_key", "=", anyOf(usernames, foldKey)),
          where(LOOK, "=", anyOf(usernames, lookOf)),
          where("email_key", "=", anyOf(emails, emailKey)),
        ])
      ).execute();
    for (const row of rows) {
      taken.usernames.add(row.username_key);
      taken.looks.add(row.look);
      taken.emails.add(row.email_key);
    }
  }
  return taken;
}

/** Finds users by their ids, in the order of these. */
export function findUsersByIds(db: Db, ids: readonly number[]): Promise<User[]> {
  return db.selectFrom("users").selectAll().where("id", "=", sql<number>`any(${ids}::bigint[])`)
    .orderBy("id").execute();
}

/** Locks a user's row until the transaction ends. */
export function lockUserById(tx: Tx, id: number): Promise<User | undefined> {
  return tx.selectFrom("users").selectAll().where("id", "=", id).forUpdate().executeTakeFirst();
}

/** Inserts a user. @throws a unique violation if the name, its look or the address is taken. */
export async function insertUser(tx: Tx, user: NewUser): Promise<User> {
  const row = withKeys(user);
  const inserted = await tx.with("claimed", (db) => claimNames(db, [row.username_key]))
    .insertInto("users").values(row).returningAll().executeTakeFirstOrThrow();
  await refreshUserSearch(tx, [inserted.id]);
  return inserted;
}

/** Like {@linkcode insertUser}, but inserts nothing if the address is taken. */
export function insertUserUnlessAddressIsTaken(tx: Tx, user: NewUser): Promise<User | undefined> {
  const row = withKeys(user);
  return tx.with("claimed", (db) => claimNames(db, [row.username_key]))
    .insertInto("users").values(row)
    .onConflict((conflict) => conflict.column("email_key").doNothing())
    .returningAll().executeTakeFirst();
}

/**
 * Inserts many users and returns their ids in the same order.
 *
 * @param profiles the profiles of the users, in the same order
 */
export async function insertUsers(
  tx: Tx,
  users: readonly NewUser[],
  profiles: readonly Omit<NewUserProfile, "user_id">[] = [],
): Promise<number[]> {
  const ids: number[] = [];
  for (let start = 0; start < users.length; start += ROWS_PER_INSERT) {
    const rows = users.slice(start, start + ROWS_PER_INSERT).map(withKeys);
    const keys = rows.map((row) => row.username_key);
    const inserted = await tx.with("claimed", (db) => claimNames(db, keys))
      .insertInto("users").values(rows).returning(["id", "username_key"]).execute();
    // SQL does not promise to return rows in the order of insertion.
    const idByKey = new Map(inserted.map((row) => [row.username_key, row.id]));
    ids.push(...keys.map((key) => idByKey.get(key)!));
  }
  await insertUserProfiles(
    tx,
    profiles.map((profile, index) => ({ ...profile, user_id: ids[index]! })),
  );
  // The other users are in the search already: their names came with the profiles.
  await refreshUserSearch(tx, ids.filter((_, index) => !profiles[index]?.full_name));
  return ids;
}

/** Changes a user whom the transaction has locked. */
export async function updateUser(tx: Tx, id: number, changes: UserChanges): Promise<User> {
  const { username, email } = changes;
  const names = username === undefined ? undefined : keysOfName(username);
  const updated = await tx
    .with("claimed", (db) => claimNames(db, names ? [names.username_key] : []))
    .updateTable("users")
    .set({
      ...changes,
      ...names,
      ...(email !== undefined && { email_key: emailKey(email) }),
      updated_at: sql<Date>`now()`,
      version: sql<number>`version + 1`,
    })
    .where("id", "=", id).returningAll().executeTakeFirstOrThrow();
  if (username !== undefined || email !== undefined) await refreshUserSearch(tx, [id]);
  return updated;
}

/** Changes that several users can share. */
export type SharedChanges = Omit<UserChanges, "username" | "email">;

/** Changes users whom the transaction has locked, all in the same way. Returns them. */
export async function updateUsers(
  tx: Tx,
  ids: readonly number[],
  changes: SharedChanges,
): Promise<User[]> {
  if (ids.length === 0) return [];
  return await tx.updateTable("users")
    .set({ ...changes, updated_at: sql<Date>`now()`, version: sql<number>`version + 1` })
    .where("id", "=", sql<number>`any(${ids}::bigint[])`).returningAll().execute();
}

/** Marks the address as verified, unless the user has another one by now. */
export function markEmailVerified(tx: Tx, id: number, email: string): Promise<User | undefined> {
  return tx.updateTable("users")
    .set({
      email_verified_at: sql<Date>`coalesce(email_verified_at, now())`,
      updated_at: sql<Date>`now()`,
      version: sql<number>`version + 1`,
    })
    .where("id", "=", id).where("email_key", "=", emailKey(email))
    .returningAll().executeTakeFirst();
}

/** Drops addresses that wait to be confirmed. */
export async function clearNewEmails(tx: Tx, ids: readonly number[]): Promise<void> {
  await tx.updateTable("users").set({ new_email: null })
    .where("id", "=", sql<number>`any(${ids}::bigint[])`).where("new_email", "is not", null)
    .execute();
}

/** Deletes a user with profile and sessions. */
export async function deleteUserById(tx: Tx, id: number): Promise<void> {
  await tx.deleteFrom("users").where("id", "=", id).execute();
}

function withKeys(user: NewUser) {
  return { ...user, ...keysOfName(user.username), email_key: emailKey(user.email) };
}

function keysOfName(username: string): Pick<User, "username_key" | "username_look"> {
  const username_key = foldKey(username);
  const look = lookOf(username);
  return { username_key, username_look: look === username_key ? null : look };
}

/** Returns the look of a username, as in the unique index. */
const LOOK = sql<string>`coalesce(username_look, username_key)`;
