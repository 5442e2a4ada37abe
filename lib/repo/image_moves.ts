import { sql } from "kysely";
import type { Db } from "@/lib/db/database.ts";

/** Lets the stored files of a shard wait for the FTP server instead. Gives how many. */
export async function moveImagesToUploads(db: Db, shard: string): Promise<number> {
  const { numInsertedOrUpdatedRows } = await db
    .with(
      "moved",
      (cte) =>
        cte.deleteFrom("images").where("name", "like", `${shard}%`).returning(["name", "bytes"]),
    )
    .insertInto("image_uploads").columns(["name", "bytes"])
    .expression((from) => from.selectFrom("moved").select(["name", "bytes"]))
    .onConflict((on) =>
      on.column("name").doUpdateSet((column) => ({
        bytes: column.ref("excluded.bytes"),
        revision: sql<number>`image_uploads.revision + 1`,
      }))
    )
    .executeTakeFirstOrThrow();
  return Number(numInsertedOrUpdatedRows ?? 0n);
}

/** Keeps in the database for good what there are copies of. Gives how many files. */
export async function moveCopiesToImages(db: Db): Promise<number> {
  const { numInsertedOrUpdatedRows } = await db
    .with("moved", (cte) => cte.deleteFrom("image_copies").returning(["name", "bytes"]))
    .insertInto("images").columns(["name", "bytes"])
    .expression((from) => from.selectFrom("moved").select(["name", "bytes"]))
    .onConflict((on) => on.column("name").doNothing())
    .executeTakeFirstOrThrow();
  return Number(numInsertedOrUpdatedRows ?? 0n);
}

/** Keeps in the database for good what waits for an FTP server. Gives how many files. */
export async function moveUploadsToImages(db: Db): Promise<number> {
  const { numInsertedOrUpdatedRows } = await db
    .with("moved", (cte) => cte.deleteFrom("image_uploads").returning(["name", "bytes"]))
    .insertInto("images").columns(["name", "bytes"])
    .expression((from) =>
      from.selectFrom("moved").where("bytes", "is not", null)
        .select((column) => ["name", column.ref("bytes").$notNull().as("bytes")])
    )
    .onConflict((on) => on.column("name").doNothing())
    .executeTakeFirstOrThrow();
  return Number(numInsertedOrUpdatedRows ?? 0n);
}
