import { type Insertable, type Selectable, sql } from "kysely";
import type { Db, Tx } from "@/lib/db/database.ts";
import type { DeletedUsersTable } from "@/lib/db/schema.ts";

/** A row of `deleted_users`. */
export type DeletedUser = Selectable<DeletedUsersTable>;

/** Stores a user who is about to be deleted. */
export async function insertDeletedUser(
  tx: Tx,
  user: Insertable<DeletedUsersTable>,
): Promise<void> {
  await tx.insertInto("deleted_users").values(user).execute();
}

/** Finds and locks a deleted user, so that only one request can restore them. */
export function findDeletedUserForUpdate(
  tx: Tx,
  userId: number,
): Promise<DeletedUser | undefined> {
  return tx.selectFrom("deleted_users").selectAll()
    .where("user_id", "=", userId).forUpdate().executeTakeFirst();
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
): Promise<Omit<DeletedUser, "snapshot">[]> {
  return db.selectFrom("deleted_users")
    .select(["user_id", "username", "email", "deleted_at", "deleted_by"])
    .orderBy("deleted_at", "desc").orderBy("user_id", "desc").limit(limit).execute();
}

/** Removes a user who was restored or is purged. */
export async function removeDeletedUser(tx: Tx, userId: number): Promise<void> {
  await tx.deleteFrom("deleted_users").where("user_id", "=", userId).execute();
}

/**
 * Deletes up to `limit` users who were deleted before `time`. Returns the URLs of their avatars.
 */
export async function deleteDeletedUsersBefore(
  tx: Tx,
  time: Date,
  limit: number,
): Promise<(string | null)[]> {
  const rows = await tx.deleteFrom("deleted_users")
    .where(
      "user_id",
      "in",
      (from) =>
        from.selectFrom("deleted_users").select("user_id").where("deleted_at", "<", time)
          .orderBy("deleted_at").limit(limit),
    )
    .returning(sql<string | null>`snapshot -> 'profile' ->> 'image'`.as("image")).execute();
  return rows.map((row) => row.image);
}
