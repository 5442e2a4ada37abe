import { type Insertable, type Selectable, sql } from "kysely";
import type { Db, Tx } from "@/lib/db/database.ts";
import type { UserViewsTable } from "@/lib/db/schema.ts";

/** A row of `user_views`. */
export type UserListSaved = Selectable<UserViewsTable>;

/** Lists the views of an owner by name. */
export function listViewsOf(db: Db, ownerId: number): Promise<UserListSaved[]> {
  return db.selectFrom("user_views").selectAll().where("owner_id", "=", ownerId)
    .orderBy("name").execute();
}

/** Counts the views of an owner with other names than `name`. */
export async function countOtherViews(tx: Tx, ownerId: number, name: string): Promise<number> {
  const { count } = await tx.selectFrom("user_views")
    .select((of) => of.fn.countAll<number>().as("count"))
    .where("owner_id", "=", ownerId).where("name", "<>", name).executeTakeFirstOrThrow();
  return Number(count);
}

/** Saves a view. It replaces the owner's earlier one of this name. Returns its row. */
export function upsertView(tx: Tx, view: Insertable<UserViewsTable>): Promise<UserListSaved> {
  return tx.insertInto("user_views").values(view)
    .onConflict((on) =>
      on.columns(["owner_id", "name"]).doUpdateSet({
        query: view.query,
        saved_at: sql<Date>`now()`,
      })
    ).returningAll().executeTakeFirstOrThrow();
}

/** Removes a view of an owner. Returns it, or `undefined` if there was none. */
export function deleteView(
  tx: Tx,
  ownerId: number,
  id: number,
): Promise<UserListSaved | undefined> {
  return tx.deleteFrom("user_views").where("owner_id", "=", ownerId).where("id", "=", id)
    .returningAll().executeTakeFirst();
}
