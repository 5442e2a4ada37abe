import { type Insertable, type Selectable, sql } from "kysely";
import type { Db, Tx } from "@/lib/db/database.ts";
import { rowsToInsert } from "@/lib/db/insert_rows.ts";
import type { UserNotesTable } from "@/lib/db/schema.ts";

/** A note, with the author's name while there is such a user. */
export type UserNote = Omit<Selectable<UserNotesTable>, "user_id"> & {
  readonly author: string | null;
};

/** Lists the notes about users, oldest first. */
export function listNotesOfUsers(
  db: Db,
  userIds: readonly number[],
): Promise<Selectable<UserNotesTable>[]> {
  return db.selectFrom("user_notes").selectAll()
    .where("user_id", "=", sql<number>`any(${userIds}::bigint[])`).orderBy("id").execute();
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
  for (const { columns, values } of rowsToInsert("user_notes", notes)) {
    await tx.insertInto("user_notes").columns(columns).expression(values).execute();
  }
}

/** Removes a note about a user. Returns whether it was there. */
export async function deleteNoteOfUser(tx: Tx, userId: number, id: number): Promise<boolean> {
  const { numDeletedRows } = await tx.deleteFrom("user_notes")
    .where("user_id", "=", userId).where("id", "=", id).executeTakeFirst();
  return numDeletedRows > 0n;
}
