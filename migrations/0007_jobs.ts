import { type Kysely, sql } from "kysely";

/** One queue for all that is done after a commit, in place of the events of the hooks. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema.createTable("jobs")
    .addColumn("id", "bigint", (c) => c.generatedAlwaysAsIdentity().primaryKey())
    .addColumn("kind", "text", (c) => c.notNull())
    .addColumn("user_id", "bigint")
    .addColumn("subject", "text")
    .addColumn("payload", "jsonb")
    .addColumn("revision", "integer", (c) => c.notNull().defaultTo(1))
    .addColumn("created_at", "timestamptz", (c) => c.notNull().defaultTo(sql`now()`))
    .addColumn("run_at", "timestamptz", (c) => c.notNull().defaultTo(sql`now()`))
    .addColumn("attempts", "integer", (c) => c.notNull().defaultTo(0))
    .addColumn("leased_until", "timestamptz")
    .addColumn("expires_at", "timestamptz")
    .addColumn("last_error", "text")
    .execute();
  await sql`
    insert into jobs (kind, user_id, created_at, run_at, attempts, last_error)
    select 'user_' || kind, user_id, created_at, next_attempt_at, attempts, last_error
    from user_events where done_at is null order by id
  `.execute(db);
  await db.schema.dropTable("user_events").execute();
  await db.schema.createIndex("jobs_due").on("jobs").columns(["kind", "run_at", "id"]).execute();
  await db.schema.createIndex("jobs_of_user").on("jobs").column("user_id")
    .where("user_id", "is not", null).execute();
  await db.schema.createIndex("jobs_expires").on("jobs").column("expires_at")
    .where("expires_at", "is not", null).execute();
  await db.schema.createIndex("jobs_subject").on("jobs").columns(["kind", "subject"]).unique()
    .where("subject", "is not", null).execute();
}

/** Takes everything of {@linkcode up} back. Jobs of other kinds are lost. */
export async function down(db: Kysely<unknown>): Promise<void> {
  await db.schema.createTable("user_events")
    .addColumn("id", "bigint", (c) => c.generatedAlwaysAsIdentity().primaryKey())
    .addColumn("user_id", "bigint", (c) => c.notNull())
    .addColumn("kind", "text", (c) => c.notNull())
    .addColumn("created_at", "timestamptz", (c) => c.notNull().defaultTo(sql`now()`))
    .addColumn("attempts", "integer", (c) => c.notNull().defaultTo(0))
    .addColumn("next_attempt_at", "timestamptz", (c) => c.notNull().defaultTo(sql`now()`))
    .addColumn("last_error", "text")
    .addColumn("done_at", "timestamptz")
    .addCheckConstraint("user_events_kind", sql`kind in ('created', 'deleted')`)
    .execute();
  await sql`
    insert into user_events (user_id, kind, created_at, next_attempt_at, attempts, last_error)
    select user_id, replace(kind, 'user_', ''), created_at, run_at, attempts, last_error
    from jobs where kind in ('user_created', 'user_deleted') order by id
  `.execute(db);
  await db.schema.dropTable("jobs").execute();
  await db.schema.createIndex("user_events_open").on("user_events")
    .columns(["next_attempt_at", "id"]).where(sql<boolean>`done_at is null`).execute();
  await db.schema.createIndex("user_events_done").on("user_events").column("done_at")
    .where(sql<boolean>`done_at is not null`).execute();
  await db.schema.createIndex("user_events_of_user").on("user_events").column("user_id")
    .where(sql<boolean>`done_at is null`).execute();
}
