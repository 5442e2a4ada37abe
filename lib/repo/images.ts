import { sql } from "kysely";
import type { Db, Tx } from "@/lib/db/database.ts";
import type { ImageState } from "@/lib/db/schema.ts";

/** A file of an avatar. */
export interface ImageRow {
  readonly name: string;
  readonly bytes: Uint8Array;
}

/**
 * Keeps other transactions from storing or removing avatars with these keys until this one ends.
 * Every transaction takes them in the same order, so that no two wait for each other.
 */
export async function lockImageKeys(tx: Tx, keys: readonly string[]): Promise<void> {
  for (const key of [...new Set(keys)].sort()) {
    await sql`select pg_advisory_xact_lock(hashtextextended(${key}, 0))`.execute(tx);
  }
}

/** Stores files in a state; one that is there already has the same bytes, and enters that state. */
export async function insertImages(
  tx: Tx,
  state: ImageState,
  files: readonly ImageRow[],
): Promise<void> {
  await tx.insertInto("images")
    .values(files.map(({ name, bytes }) => ({ name, bytes, state })))
    .onConflict((on) =>
      on.column("name").doUpdateSet({ state, changed_at: sql<Date>`now()` })
        .where("images.state", "<>", state)
    )
    .execute();
}

/** Removes files. */
export async function deleteImages(db: Db, names: readonly string[]): Promise<void> {
  if (names.length === 0) return;
  await db.deleteFrom("images").where("name", "in", names).execute();
}

/** Every state in which the database has the bytes. */
const ANY_STATE: readonly ImageState[] = ["stored", "waiting", "sent"];

/** The bytes of a file, if the database has them and it is in one of these states. */
export async function findImageBytes(
  db: Db,
  name: string,
  states = ANY_STATE,
): Promise<Uint8Array | undefined> {
  const row = await db.selectFrom("images").select("bytes")
    .where("name", "=", name).where("state", "in", states).executeTakeFirst();
  return row?.bytes;
}

/** Since when a file is in its state. */
export async function findImageChangedAt(db: Db, name: string): Promise<Date | undefined> {
  const row = await db.selectFrom("images").select("changed_at").where("name", "=", name)
    .executeTakeFirst();
  return row?.changed_at;
}

/** Names and sizes (bytes) of the files in these states whose name begins with `shard`. */
export async function listImages(
  db: Db,
  shard: string,
  states: readonly ImageState[],
): Promise<{ name: string; size: number }[]> {
  return await db.selectFrom("images")
    .select((column) => ["name", column.fn<number>("octet_length", ["bytes"]).as("size")])
    .where("name", "like", `${shard}%`).where("state", "in", states).execute();
}

/** How many files are in a state. */
export async function countImages(db: Db, state: ImageState): Promise<number> {
  const { count } = await db.selectFrom("images").select(sql<number>`count(*)`.as("count"))
    .where("state", "=", state).executeTakeFirstOrThrow();
  return count;
}

/** Moves files from some states to another one, all or those whose name begins with `shard`. */
export async function moveImages(
  db: Db,
  { from, to, shard = "" }: { from: readonly ImageState[]; to: ImageState; shard?: string },
): Promise<string[]> {
  const rows = await db.updateTable("images").set({ state: to, changed_at: sql<Date>`now()` })
    .where("state", "in", from).where("name", "like", `${shard}%`)
    .returning("name").execute();
  return rows.map(({ name }) => name);
}

/** Notes that the FTP server has a file that waited for it. */
export async function markImageSent(tx: Tx, name: string): Promise<void> {
  await tx.updateTable("images").set({ state: "sent", changed_at: sql<Date>`now()` })
    .where("name", "=", name).where("state", "=", "waiting").execute();
}

/** Written out, so that the planner knows the index. */
const isSent = sql<boolean>`state = 'sent'`;

/** Removes the files that were sent longest ago, so that the others have at most `maxBytes`. */
export async function trimSentImages(db: Db, maxBytes: number): Promise<void> {
  await db
    .with("summed", (cte) =>
      cte.selectFrom("images").where(isSent).select([
        "name",
        sql<number>`sum(octet_length(bytes)) over (order by changed_at desc, name)`.as("total"),
      ]))
    .deleteFrom("images")
    .where(isSent)
    .where(
      "name",
      "in",
      (from) => from.selectFrom("summed").select("name").where("total", ">", maxBytes),
    )
    .execute();
}
