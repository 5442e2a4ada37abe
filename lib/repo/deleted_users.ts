import { type Insertable, type Selectable, sql } from "kysely";
import type { Db, Tx } from "@/lib/db/database.ts";
import { rowsToInsert } from "@/lib/db/insert_rows.ts";
import type { DeletedUsersTable } from "@/lib/db/schema.ts";
import { emailKey } from "@/lib/shared/fold.ts";

/** A row of `deleted_users`. */
export type DeletedUser = Selectable<DeletedUsersTable>;

/** Initial values of a row, the snapshot as a value. */
export type NewDeletedUser =
  & Omit<Insertable<DeletedUsersTable>, "snapshot">
  & Pick<DeletedUser, "snapshot">;

/** Stores users who are about to be deleted. */
export async function insertDeletedUsers(
  tx: Tx,
  users: readonly NewDeletedUser[],
): Promise<void> {
  for (const { columns, values } of rowsToInsert("deleted_users", users)) {
    await tx.insertInto("deleted_users").columns(columns).expression(values).execute();
  }
}

/** Finds and locks deleted users, so that only one transaction can restore them. */
export function lockDeletedUsers(tx: Tx, userIds: readonly number[]): Promise<DeletedUser[]> {
  return tx.selectFrom("deleted_users").selectAll()
    .where("user_id", "=", sql<number>`any(${userIds}::bigint[])`)
    .orderBy("user_id").forUpdate().execute();
}

/** Finds and locks a deleted user. */
export async function findDeletedUserForUpdate(
  tx: Tx,
  userId: number,
): Promise<DeletedUser | undefined> {
  return (await lockDeletedUsers(tx, [userId]))[0];
}

/** Finds a deleted user. */
export function findDeletedUser(db: Db, userId: number): Promise<DeletedUser | undefined> {
  return db.selectFrom("deleted_users").selectAll()
    .where("user_id", "=", userId).executeTakeFirst();
}

/** Lists deleted users with this username, address or id, last deleted first. */
export function findDeletedUsersByName(
  db: Db,
  name: string,
  id: number | undefined,
): Promise<Pick<DeletedUser, "user_id" | "username">[]> {
  return db.selectFrom("deleted_users").select(["user_id", "username"])
    .where((where) =>
      where.or([
        where("username", "=", name),
        where("email", "=", name),
        ...(id === undefined ? [] : [where("user_id", "=", id)]),
      ])
    )
    .orderBy("deleted_at", "desc").execute();
}

/** Lists the last deleted users. */
export function listDeletedUsers(
  db: Db,
  limit: number,
): Promise<Omit<DeletedUser, "snapshot" | "deleted_by_id">[]> {
  return db.selectFrom("deleted_users")
    .select(["user_id", "username", "email", "deleted_at", "deleted_by"])
    .orderBy("deleted_at", "desc").orderBy("user_id", "desc").limit(limit).execute();
}

/** Removes users who were restored. */
export async function removeDeletedUsers(tx: Tx, userIds: readonly number[]): Promise<void> {
  await tx.deleteFrom("deleted_users")
    .where("user_id", "=", sql<number>`any(${userIds}::bigint[])`).execute();
}

/** Takes users out of the rows of those whom they have deleted. */
export async function forgetDeleters(tx: Tx, userIds: readonly number[]): Promise<void> {
  await tx.updateTable("deleted_users")
    .set({ deleted_by: sql<string>`'user ' || deleted_by_id` })
    .where("deleted_by_id", "=", sql<number>`any(${userIds}::bigint[])`).execute();
}

/** What is left to erase of a user who is not restored any more. */
export interface ErasedUser {
  readonly id: number;
  readonly email: string;
  /** URL of the avatar. */
  readonly image: string | null;
}

/** Returns the addresses that no user has, and no deleted one. */
export async function filterFreeAddresses(
  tx: Tx,
  addresses: readonly string[],
): Promise<string[]> {
  const keys = addresses.map(emailKey);
  const { rows } = await sql<{ address: string }>`
    select address from unnest(${keys}::text[]) address
    where not exists (select from users where email_key = address)
      and not exists (select from deleted_users where lower(email) = address)
  `.execute(tx);
  return rows.map(({ address }) => address);
}

/** Deletes up to `limit` users who were deleted before `time`. */
export async function deleteDeletedUsersBefore(
  tx: Tx,
  time: Date,
  limit: number,
): Promise<ErasedUser[]> {
  return await tx.deleteFrom("deleted_users")
    .where(
      "user_id",
      "in",
      (from) =>
        from.selectFrom("deleted_users").select("user_id").where("deleted_at", "<", time)
          .orderBy("deleted_at").limit(limit),
    )
    .returning([
      "user_id as id",
      "email",
      sql<string | null>`snapshot -> 'profile' ->> 'image'`.as("image"),
    ]).execute();
}
