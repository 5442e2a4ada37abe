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

/** Names and addresses of one statement of {@linkcode findTakenKeys}. */
const KEYS_PER_QUERY = 10_000;

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

/** Which of these usernames and addresses somebody has, as {@linkcode foldKey} writes them. */
export async function findTakenKeys(
  db: Db,
  usernames: readonly string[],
  emails: readonly string[],
): Promise<{ usernames: Set<string>; emails: Set<string> }> {
  const taken = { usernames: new Set<string>(), emails: new Set<string>() };
  const length = Math.max(usernames.length, emails.length);
  for (let start = 0; start < length; start += KEYS_PER_QUERY) {
    const chunk = (values: readonly string[]) =>
      values.slice(start, start + KEYS_PER_QUERY).map(foldKey);
    const rows = await db.selectFrom("users").select(["username_key", "email_key"])
      .where((where) =>
        where.or([
          where("username_key", "=", sql<string>`any(${chunk(usernames)}::text[])`),
          where("email_key", "=", sql<string>`any(${chunk(emails)}::text[])`),
        ])
      ).execute();
    for (const row of rows) {
      taken.usernames.add(row.username_key);
      taken.emails.add(row.email_key);
    }
  }
  return taken;
}

/** Locks a user's row until the transaction ends. */
export function lockUserById(tx: Tx, id: number): Promise<User | undefined> {
  return tx.selectFrom("users").selectAll().where("id", "=", id).forUpdate().executeTakeFirst();
}

/** Waits until no other transaction that called this is open. */
export async function lockAdmins(tx: Tx): Promise<void> {
  await sql`select pg_advisory_xact_lock(hashtext('roster admins'))`.execute(tx);
}

/** Whether somebody other than the user `exceptUserId` is an active admin. */
export async function anyOtherActiveAdmin(db: Db, exceptUserId: number): Promise<boolean> {
  const row = await db.selectFrom("users").select("id")
    .where("role", "=", "admin").where("status", "=", "active").where("id", "<>", exceptUserId)
    .limit(1).executeTakeFirst();
  return row !== undefined;
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
    const inserted = await tx.insertInto("users").values(rows)
      .returning(["id", "username_key"]).execute();
    // SQL does not promise that rows come back in the order in which they went.
    const idByKey = new Map(inserted.map((row) => [row.username_key, row.id]));
    ids.push(...rows.map((row) => idByKey.get(row.username_key)!));
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

function withKeys(user: NewUser): Insertable<UsersTable> {
  return { ...user, username_key: foldKey(user.username), email_key: foldKey(user.email) };
}
