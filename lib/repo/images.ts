import { sql } from "kysely";
import type { Db, Tx } from "@/lib/db/database.ts";

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

/** Stores files; one that is there already has the same bytes. */
export async function insertImages(tx: Tx, files: readonly ImageRow[]): Promise<void> {
  await tx.insertInto("images")
    .values(files.map(({ name, bytes }) => ({ name, bytes })))
    .onConflict((on) => on.column("name").doNothing())
    .execute();
}

/** Removes files. */
export async function deleteImages(db: Db, names: readonly string[]): Promise<void> {
  if (names.length === 0) return;
  await db.deleteFrom("images").where("name", "in", names).execute();
}

/** The bytes of a file, whether it stays in the database or waits for the FTP server. */
export async function findImageBytes(db: Db, name: string): Promise<Uint8Array | undefined> {
  const row = await db.selectFrom("images").select("bytes").where("name", "=", name)
    .unionAll(
      db.selectFrom("image_uploads").select((column) => column.ref("bytes").$notNull().as("bytes"))
        .where("name", "=", name).where("bytes", "is not", null),
    )
    .limit(1).executeTakeFirst();
  return row?.bytes;
}

/** When a file was stored. */
export async function findImageCreatedAt(db: Db, name: string): Promise<Date | undefined> {
  const row = await db.selectFrom("images").select("created_at").where("name", "=", name)
    .executeTakeFirst();
  return row?.created_at;
}

/** Names and sizes (bytes) of the files whose name begins with `shard`. */
export async function listImages(
  db: Db,
  shard: string,
): Promise<{ name: string; size: number }[]> {
  return await db.selectFrom("images")
    .select((column) => ["name", column.fn<number>("octet_length", ["bytes"]).as("size")])
    .where("name", "like", `${shard}%`).execute();
}
