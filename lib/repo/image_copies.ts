import { sql } from "kysely";
import type { Db, Tx } from "@/lib/db/database.ts";
import type { ClaimedUpload } from "@/lib/repo/image_uploads.ts";

/**
 * Keeps a copy of a file that the FTP server has now; none if another wish concerning the file came
 * in meanwhile, which may be that it goes.
 */
export async function insertCopyOfUpload(
  tx: Tx,
  { name, revision }: Pick<ClaimedUpload, "name" | "revision">,
): Promise<void> {
  await tx.insertInto("image_copies").columns(["name", "bytes"])
    .expression(
      tx.selectFrom("image_uploads")
        .select((column) => ["name", column.ref("bytes").$notNull().as("bytes")])
        .where("name", "=", name).where("revision", "=", revision).where("bytes", "is not", null),
    )
    .onConflict((on) => on.column("name").doUpdateSet({ created_at: sql<Date>`now()` }))
    .execute();
}

/** The bytes of a file, if there is a copy. */
export async function findImageCopy(db: Db, name: string): Promise<Uint8Array | undefined> {
  const row = await db.selectFrom("image_copies").select("bytes").where("name", "=", name)
    .executeTakeFirst();
  return row?.bytes;
}

/** Removes copies. */
export async function deleteImageCopies(db: Db, names: readonly string[]): Promise<void> {
  if (names.length === 0) return;
  await db.deleteFrom("image_copies").where("name", "in", names).execute();
}

/** Removes the oldest copies, so that the others have at most `maxBytes` together. */
export async function trimImageCopies(db: Db, maxBytes: number): Promise<void> {
  await db
    .with("summed", (cte) =>
      cte.selectFrom("image_copies").select([
        "name",
        sql<number>`sum(octet_length(bytes)) over (order by created_at desc, name)`.as("total"),
      ]))
    .deleteFrom("image_copies")
    .where(
      "name",
      "in",
      (from) => from.selectFrom("summed").select("name").where("total", ">", maxBytes),
    )
    .execute();
}
