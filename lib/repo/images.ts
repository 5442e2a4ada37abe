import { sql } from "kysely";
import type { Db, Tx } from "@/lib/db/database.ts";
import type { ImageState } from "@/lib/db/operation_tables.ts";

/** A file of an avatar. */
export interface ImageRow {
  readonly name: string;
  readonly bytes: Uint8Array;
}

/**
 * Prevents other transactions from storing or removing avatars with these keys until this one ends.
 * All transactions lock in the same order, which prevents deadlocks.
 */
export async function lockImageKeys(tx: Tx, keys: readonly string[]): Promise<void> {
  for (const key of [...new Set(keys)].sort()) {
    await sql`select pg_advisory_xact_lock(hashtextextended(${key}, 0))`.execute(tx);
  }
}

/** Stores files in a state. An existing file has the same bytes and only changes its state. */
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

export async function deleteImages(db: Db, names: readonly string[]): Promise<void> {
  if (names.length === 0) return;
  await db.deleteFrom("images").where("name", "in", names).execute();
}

/** States in which the database has the bytes. */
const ANY_STATE: readonly ImageState[] = ["stored", "waiting", "sent"];

/** Returns the bytes of a file, if the database has them in one of these states. */
export async function findImageBytes(
  db: Db,
  name: string,
  states = ANY_STATE,
): Promise<Uint8Array | undefined> {
  const row = await db.selectFrom("images").select("bytes")
    .where("name", "=", name).where("state", "in", states).executeTakeFirst();
  return row?.bytes;
}

/** Returns since when a file is in its state. */
export async function findImageChangedAt(db: Db, name: string): Promise<Date | undefined> {
  const row = await db.selectFrom("images").select("changed_at").where("name", "=", name)
    .executeTakeFirst();
  return row?.changed_at;
}

/** Lists names and sizes (bytes) of files in these states whose names begin with `shard`. */
export async function listImages(
  db: Db,
  shard: string,
  states: readonly ImageState[],
): Promise<{ name: string; size: number }[]> {
  return await db.selectFrom("images")
    .select((column) => ["name", column.fn<number>("octet_length", ["bytes"]).as("size")])
    .where("name", "like", `${shard}%`).where("state", "in", states).execute();
}

/** Counts the files in a state. */
export async function countImages(db: Db, state: ImageState): Promise<number> {
  const { count } = await db.selectFrom("images").select(sql<number>`count(*)`.as("count"))
    .where("state", "=", state).executeTakeFirstOrThrow();
  return count;
}

/** Changes files from some states to another, all or those whose names begin with `shard`. */
export async function moveImages(
  db: Db,
  { from, to, shard = "" }: { from: readonly ImageState[]; to: ImageState; shard?: string },
): Promise<string[]> {
  const rows = await db.updateTable("images").set({ state: to, changed_at: sql<Date>`now()` })
    .where("state", "in", from).where("name", "like", `${shard}%`)
    .returning("name").execute();
  return rows.map(({ name }) => name);
}

/** Records that the FTP server has a waiting file. */
export async function markImageSent(tx: Tx, name: string): Promise<void> {
  await tx.updateTable("images").set({ state: "sent", changed_at: sql<Date>`now()` })
    .where("name", "=", name).where("state", "=", "waiting").execute();
}

/** Written literally, so that the planner uses the index. */
const isSent = sql<boolean>`state = 'sent'`;

/** Deletes the files that were sent longest ago, until the rest has at most `maxBytes`. */
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
