import type { Insertable, Selectable } from "kysely";
import type { Db, Tx } from "@/lib/db/database.ts";
import type { UserNotesTable } from "@/lib/db/schema.ts";

/** A note, with the author's name while there is such a user. */
export type UserNote = Omit<Selectable<UserNotesTable>, "user_id"> & {
  readonly author: string | null;
};

/** Lists the notes about a user, newest first. */
export function listNotesOfUser(db: Db, userId: number): Promise<UserNote[]> {
  return db.selectFrom("user_notes as n").leftJoin("users as a", "a.id", "n.author_id")
    .select(["n.id", "n.author_id", "n.text", "n.at", "a.username as author"])
    .where("n.user_id", "=", userId).orderBy("n.id", "desc").execute();
}

/** Counts the notes about a user. */
export async function countNotesOfUser(db: Db, userId: number): Promise<number> {
  const { count } = await db.selectFrom("user_notes").where("user_id", "=", userId)
    .select((of) => of.fn.countAll<number>().as("count")).executeTakeFirstOrThrow();
  return count;
}

/** Adds notes, in this order. */
export async function insertUserNotes(
  tx: Tx,
  notes: readonly Insertable<UserNotesTable>[],
): Promise<void> {
  if (notes.length > 0) await tx.insertInto("user_notes").values(notes).execute();
}

/** Removes a note about a user. Returns whether it was there. */
export async function deleteNoteOfUser(tx: Tx, userId: number, id: number): Promise<boolean> {
  const { numDeletedRows } = await tx.deleteFrom("user_notes")
    .where("user_id", "=", userId).where("id", "=", id).executeTakeFirst();
  return numDeletedRows > 0n;
}
