import { type Kysely, sql } from "kysely";

/**
 * Keeps the counts of a bulk job with the job, so that showing its progress does not count all of
 * its users.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema.alterTable("bulk_jobs")
    .addColumn("counts", "jsonb", (c) => c.notNull().defaultTo(sql`'[]'`)).execute();
  await sql`
    update bulk_jobs set counts = counted.counts
    from (
      select job_id, jsonb_agg(jsonb_build_object('state', state, 'reason', reason, 'count', count))
        as counts
      from (select job_id, state, reason, count(*) from bulk_items group by job_id, state, reason)
        as c
      group by job_id
    ) as counted
    where id = counted.job_id
  `.execute(db);
}

/** Reverts {@linkcode up}. */
export async function down(db: Kysely<unknown>): Promise<void> {
  await db.schema.alterTable("bulk_jobs").dropColumn("counts").execute();
}
