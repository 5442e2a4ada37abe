import type { Db, Tx } from "@/lib/db/database.ts";

/** Lists the tags of a user in alphabetical order. */
export async function listTagsOfUser(db: Db, userId: number): Promise<string[]> {
  const rows = await db.selectFrom("user_tags").select("tag")
    .where("user_id", "=", userId).orderBy("tag").execute();
  return rows.map(({ tag }) => tag);
}

/** Adds tags to a user. The user may have some of them already. */
export async function insertUserTags(
  tx: Tx,
  userId: number,
  tags: readonly string[],
): Promise<void> {
  if (tags.length === 0) return;
  await tx.insertInto("user_tags").values(tags.map((tag) => ({ user_id: userId, tag })))
    .onConflict((on) => on.doNothing()).execute();
}

/** Removes a tag from a user. Returns whether the user had it. */
export async function deleteUserTag(tx: Tx, userId: number, tag: string): Promise<boolean> {
  const { numDeletedRows } = await tx.deleteFrom("user_tags")
    .where("user_id", "=", userId).where("tag", "=", tag).executeTakeFirst();
  return numDeletedRows > 0n;
}
