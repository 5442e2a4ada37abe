import type { Db, Tx } from "@/lib/db/database.ts";
import { rowsToInsert } from "@/lib/db/insert_rows.ts";
import type { UsersTable } from "@/lib/db/schema.ts";
import { lookOf } from "@/lib/look_alikes.ts";
import { emailKey, foldKey } from "@/lib/shared/fold.ts";
import { type Insertable, type Selectable, sql, type Updateable } from "kysely";
import { claimNames } from "./former_usernames.ts";
import type { NewUserProfile, ShownProfile } from "./user_profiles.ts";
import { refreshUserSearch, writeUserSearch } from "./user_search.ts";

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

/** An id that no user has, for statements that run alike with and without a user. */
export const NOBODY = 0;

/** Finds a user by id. */
export function findUserById(db: Db, id: number): Promise<User | undefined> {
  return db.selectFrom("users").selectAll().where("id", "=", id).executeTakeFirst();
}

/** Finds a user by id, and the profile, in one statement. */
export async function findUserWithProfile(
  db: Db,
  userId: number,
): Promise<{ user: User; profile: ShownProfile | undefined } | undefined> {
  const row = await db.selectFrom("users as u")
    .leftJoin("user_profiles as p", "p.user_id", "u.id")
    .selectAll("u")
    .select(sql<ShownProfile | null>`row_to_json(p)`.as("profile"))
    .where("u.id", "=", userId).executeTakeFirst();
  if (!row) return undefined;
  const { profile, ...user } = row;
  return { user, profile: profile ?? undefined };
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

/** Locks rows of users until the transaction ends. */
export function lockUsersByIds(tx: Tx, ids: readonly number[]): Promise<User[]> {
  return tx.selectFrom("users").selectAll().where("id", "=", sql<number>`any(${ids}::bigint[])`)
    .orderBy("id").forUpdate().execute();
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
  profiles: readonly (Omit<NewUserProfile, "user_id"> | undefined)[] = [],
): Promise<number[]> {
  const rows = users.map(withKeys);
  const keys = rows.map(({ username_key }) => username_key);
  await claimNames(tx, keys).execute();
  // SQL does not promise to return rows in the order of insertion.
  const idByKey = new Map<string, number>();
  for (const { columns, values } of rowsToInsert("users", rows)) {
    const inserted = await tx.insertInto("users").columns(columns).expression(values)
      .returning(["id", "username_key"]).execute();
    for (const { username_key, id } of inserted) idByKey.set(username_key, id);
  }
  const ids = keys.map((key) => idByKey.get(key)!);
  const withIds = profiles.flatMap((profile, index) =>
    profile ? [{ ...profile, user_id: ids[index]! }] : []
  );
  for (const { columns, values } of rowsToInsert("user_profiles", withIds)) {
    await tx.insertInto("user_profiles").columns(columns).expression(values).execute();
  }
  await writeUserSearch(
    tx,
    users.map(({ username, email }, index) => {
      return { id: ids[index]!, username, email, full_name: profiles[index]?.full_name ?? "" };
    }),
  );
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

/** A user, and the username that they get, if they get another one. */
export interface NewName extends Pick<User, "id"> {
  readonly username: string | undefined;
}

/**
 * Changes users whom the transaction has locked, as {@linkcode updateUser} does: all get a new
 * version, and some another name.
 */
export async function renameUsers(tx: Tx, names: readonly NewName[]): Promise<void> {
  const rows = names.map(({ id, username }) => ({
    id,
    ...(username !== undefined && { username, ...keysOfName(username) }),
  }));
  const renamed = rows.filter((row) => row.username !== undefined);
  await claimNames(tx, renamed.flatMap(({ username_key }) => username_key ?? [])).execute();
  await sql`
    update users as u set
      username = coalesce(n.username, u.username),
      username_key = coalesce(n.username_key, u.username_key),
      username_look = case when n.username is null then u.username_look else n.username_look end,
      updated_at = now(), version = version + 1
    from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb)
      as n (id bigint, username text, username_key text, username_look text)
    where u.id = n.id
  `.execute(tx);
  await refreshUserSearch(tx, renamed.map(({ id }) => id));
}

/** Changes that several users can share. */
export type SharedChanges = Omit<UserChanges, "username" | "email">;

/** Changes users whom the transaction has locked, all in the same way. */
export async function updateUsers(
  tx: Tx,
  ids: readonly number[],
  changes: SharedChanges,
): Promise<void> {
  if (ids.length === 0) return;
  await tx.updateTable("users")
    .set({ ...changes, updated_at: sql<Date>`now()`, version: sql<number>`version + 1` })
    .where("id", "=", sql<number>`any(${ids}::bigint[])`).execute();
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

/** Deletes users with profile and sessions. */
export async function deleteUsersByIds(tx: Tx, ids: readonly number[]): Promise<void> {
  await tx.deleteFrom("users").where("id", "=", sql<number>`any(${ids}::bigint[])`).execute();
}

function withKeys(user: NewUser) {
  return { ...user, ...keysOfName(user.username), email_key: emailKey(user.email) };
}

function keysOfName(username: string): Pick<User, "username_key" | "username_look"> {
  const username_key = foldKey(username);
  const look = lookOf(username);
  return { username_key, username_look: look === username_key ? null : look };
}
