import { sql } from "kysely";
import type { Db } from "@/lib/db/database.ts";

/** How much a token bucket holds. */
export interface BucketSize {
  /** After this time one action comes back. */
  readonly stepMicroseconds: number;
  /** After this time all of them have come back. */
  readonly windowSeconds: number;
}

/**
 * A token bucket. Its row says when the whole allowance is there again, so a missing row is a full
 * bucket. Times are the database's, which all processes share.
 *
 * @see https://en.wikipedia.org/wiki/Generic_cell_rate_algorithm
 */
export interface Bucket extends BucketSize {
  readonly key: string;
}

const step = ({ stepMicroseconds }: BucketSize) =>
  sql`${stepMicroseconds}::float8 * interval '1 microsecond'`;

const window = ({ windowSeconds }: BucketSize) => sql`${windowSeconds}::int * interval '1 second'`;

/**
 * Takes one action from a bucket. `false` if it is empty. It is one statement, so that simultaneous
 * ones never take more than there is.
 */
export async function takeFromBucket(db: Db, bucket: Bucket): Promise<boolean> {
  const taken = sql<Date>`greatest(rate_limits.full_at, now()) + ${step(bucket)}`;
  const row = await db.insertInto("rate_limits")
    .values({ key: bucket.key, full_at: sql<Date>`now() + ${step(bucket)}` })
    .onConflict((on) =>
      on.column("key").doUpdateSet({ full_at: taken })
        .where(taken, "<=", sql<Date>`now() + ${window(bucket)}`)
    )
    .returning("key").executeTakeFirst();
  return row !== undefined;
}

/** Returns the seconds until each of some buckets of a size has an action. 0 if it has one. */
export async function findSecondsToWait(
  db: Db,
  keys: readonly string[],
  size: BucketSize,
): Promise<number> {
  const next = sql`max(full_at) + ${step(size)} - ${window(size)}`;
  const { seconds } = await db.selectFrom("rate_limits")
    .select(sql<number | null>`extract(epoch from ${next} - now())::float8`.as("seconds"))
    .where("key", "=", sql<string>`any(${keys}::text[])`).executeTakeFirstOrThrow();
  return Math.max(seconds ?? 0, 0);
}

/** Gives one action back. A full bucket stays full. */
export async function giveBackToBucket(db: Db, bucket: Bucket): Promise<void> {
  await db.updateTable("rate_limits").set({ full_at: sql<Date>`full_at - ${step(bucket)}` })
    .where("key", "=", bucket.key).execute();
}

/** Fills buckets. */
export async function deleteBuckets(db: Db, keys: readonly string[]): Promise<void> {
  await db.deleteFrom("rate_limits").where("key", "=", sql<string>`any(${keys}::text[])`).execute();
}

/** Deletes up to `limit` rows of full buckets. Returns how many. */
export async function deleteFullBuckets(db: Db, limit: number): Promise<number> {
  const { numDeletedRows } = await db.deleteFrom("rate_limits")
    .where("key", "in", (from) =>
      from.selectFrom("rate_limits").select("key")
        .where("full_at", "<=", sql<Date>`now()`).orderBy("full_at").limit(limit))
    // Asked of the row itself, too: something may have been taken since it was selected.
    .where("full_at", "<=", sql<Date>`now()`)
    .executeTakeFirst();
  return Number(numDeletedRows);
}
