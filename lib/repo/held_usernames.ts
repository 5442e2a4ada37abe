import { type Selectable, sql } from "kysely";
import type { Db, Tx } from "@/lib/db/database.ts";
import type { HeldUsernamesTable } from "@/lib/db/schema.ts";
import { lookOf } from "@/lib/look_alikes.ts";
import { foldKey } from "@/lib/shared/fold.ts";

/** A row of `held_usernames`. */
export type HeldUsername = Selectable<HeldUsernamesTable>;

/** Holds a name. @throws a unique violation if it, or one that looks like it, is held. */
export async function insertHeldUsername(
  tx: Tx,
  username: string,
  userId: number | null,
): Promise<void> {
  await tx.insertInto("held_usernames")
    .values({ username_key: foldKey(username), look: lookOf(username), user_id: userId })
    .execute();
}

/** Finds out whether a name is held, or one that looks like it. */
export async function findHeldField(
  db: Db,
  username: string,
): Promise<"username" | "look" | undefined> {
  const key = foldKey(username);
  const rows = await db.selectFrom("held_usernames").select("username_key")
    .where((where) =>
      where.or([where("username_key", "=", key), where("look", "=", lookOf(username))])
    )
    .execute();
  if (rows.some((row) => row.username_key === key)) return "username";
  return rows.length === 0 ? undefined : "look";
}

/** Finds up to `limit` names that are held for more than `days`. */
export function findEndedHolds(db: Db, days: number, limit: number): Promise<HeldUsername[]> {
  return db.selectFrom("held_usernames").selectAll()
    .where("created_at", "<", sql<Date>`now() - make_interval(days => ${days})`)
    .orderBy("created_at").limit(limit).execute();
}

/** Frees a name. */
export async function deleteHeldUsername(tx: Tx, id: number): Promise<void> {
  await tx.deleteFrom("held_usernames").where("id", "=", id).execute();
}

/** Frees the names that are held for users, who have them now. */
export async function deleteHeldUsernamesOf(tx: Tx, userIds: readonly number[]): Promise<void> {
  await tx.deleteFrom("held_usernames")
    .where("user_id", "=", sql<number>`any(${userIds}::bigint[])`).execute();
}
