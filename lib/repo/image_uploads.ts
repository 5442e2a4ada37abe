import { sql } from "kysely";
import type { Db, Tx } from "@/lib/db/database.ts";
import type { ImageRow } from "@/lib/repo/images.ts";

/** A file that one process works on. */
export interface ClaimedUpload {
  readonly name: string;
  /** `undefined` where the file only has to be looked after. */
  readonly bytes: Uint8Array | undefined;
  readonly revision: number;
  /** Attempts before this one. */
  readonly attempts: number;
}

/** What waits for the FTP server. */
export interface UploadQueue {
  /** Files. */
  readonly waiting: number;
  /** Since when the oldest waits. */
  readonly oldest: Date | undefined;
  /** Why one of them could not be sent, if that was tried. */
  readonly lastError: string | undefined;
}

/** Lets files wait for the FTP server. */
export async function insertUploads(tx: Tx, files: readonly ImageRow[]): Promise<void> {
  await tx.insertInto("image_uploads")
    .values(files.map(({ name, bytes }) => ({ name, bytes })))
    .onConflict((on) =>
      on.column("name").doUpdateSet((column) => ({
        bytes: column.ref("excluded.bytes"),
        revision: sql<number>`image_uploads.revision + 1`,
        attempts: 0,
        next_attempt_at: sql<Date>`now()`,
      }))
    ).execute();
}

/** Has files looked after on the FTP server, since somebody may have stopped naming them. */
export async function insertUploadChecks(db: Db, names: readonly string[]): Promise<void> {
  if (names.length === 0) return;
  await db.insertInto("image_uploads")
    .values(names.map((name) => ({ name })))
    .onConflict((on) =>
      on.column("name").doUpdateSet({
        revision: sql<number>`image_uploads.revision + 1`,
        next_attempt_at: sql<Date>`now()`,
      })
    ).execute();
}

/**
 * Takes the file that is due longest, so that no other process takes it within `leaseSeconds`.
 * Callers at the same time each get a different one.
 */
export async function claimUpload(
  db: Db,
  leaseSeconds: number,
): Promise<ClaimedUpload | undefined> {
  const due = db.selectFrom("image_uploads").select("name")
    .where("next_attempt_at", "<=", sql<Date>`now()`)
    .where((column) =>
      column.or([
        column("leased_until", "is", null),
        column("leased_until", "<", sql<Date>`now()`),
      ])
    )
    .orderBy("next_attempt_at").limit(1).forUpdate().skipLocked();
  const row = await db.updateTable("image_uploads")
    .set({ leased_until: sql<Date>`now() + make_interval(secs => ${leaseSeconds})` })
    .where("name", "=", due)
    .returning(["name", "bytes", "revision", "attempts"]).executeTakeFirst();
  return row && { ...row, bytes: row.bytes ?? undefined };
}

/** Drops a file that is as it should be; if another wish came in meanwhile, it is due again. */
export async function deleteUpload(
  db: Db,
  { name, revision }: Pick<ClaimedUpload, "name" | "revision">,
): Promise<void> {
  const { numDeletedRows } = await db.deleteFrom("image_uploads")
    .where("name", "=", name).where("revision", "=", revision).executeTakeFirst();
  if (numDeletedRows > 0n) return;
  await db.updateTable("image_uploads").set({ leased_until: null }).where("name", "=", name)
    .execute();
}

/** Notes why an attempt failed, and lets the next wait for `delayMs`. */
export async function postponeUpload(
  db: Db,
  name: string,
  { delayMs, error }: { delayMs: number; error: string },
): Promise<void> {
  await db.updateTable("image_uploads").set({
    attempts: sql<number>`attempts + 1`,
    next_attempt_at: sql<Date>`now() + make_interval(secs => ${delayMs / 1000})`,
    leased_until: null,
    last_error: error,
  }).where("name", "=", name).execute();
}

/** Makes everything due that waits for its next attempt. */
export async function expediteUploads(db: Db): Promise<void> {
  await db.updateTable("image_uploads").set({ next_attempt_at: sql<Date>`now()` })
    .where("next_attempt_at", ">", sql<Date>`now()`).execute();
}

/** When the next file is due, or the lease of one ends; `undefined` where nothing waits. */
export async function findNextUploadAt(db: Db): Promise<Date | undefined> {
  const { next } = await db.selectFrom("image_uploads")
    .select(sql<Date | null>`min(greatest(next_attempt_at, leased_until))`.as("next"))
    .executeTakeFirstOrThrow();
  return next ?? undefined;
}

/** How much waits, for how long, and what went wrong last. */
export async function describeUploads(db: Db): Promise<UploadQueue> {
  const { waiting, oldest } = await db.selectFrom("image_uploads")
    .select((column) => [
      column.fn.countAll<number>().as("waiting"),
      column.fn.min("created_at").as("oldest"),
    ])
    .executeTakeFirstOrThrow();
  const failed = await db.selectFrom("image_uploads").select("last_error")
    .where("last_error", "is not", null).orderBy("next_attempt_at", "desc").limit(1)
    .executeTakeFirst();
  return {
    waiting,
    oldest: oldest ?? undefined,
    lastError: failed?.last_error ?? undefined,
  };
}

/** The files whose bytes wait for the FTP server and whose name begins with `shard`. */
export async function listUploads(db: Db, shard: string): Promise<string[]> {
  const rows = await db.selectFrom("image_uploads").select("name")
    .where("name", "like", `${shard}%`).where("bytes", "is not", null).execute();
  return rows.map(({ name }) => name);
}
