import { type Kysely, sql } from "kysely";

/**
 * The audit log in pages: indexes that find entries by each filter of the page, the newest first. One
 * index of words serves texts, request ids and networks, so that an entry costs one index for all.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create function audit_words(
      actor text, real_actor text, target text, details jsonb, request_id text, ip text
    ) returns tsvector language sql immutable parallel safe as $$
      select to_tsvector('simple', translate(
          coalesce(actor, '') || ' ' || coalesce(real_actor, '') || ' ' || coalesce(target, '')
            || ' ' || details::text,
          '.,:;@-_/\\"''()[]{}', repeat(' ', 17)
        )) || array_to_tsvector(array_remove(array['ip:' || ip, 'id:' || request_id], null))
    $$
  `.execute(db);
  await sql`
    create index audit_events_words on audit_events using gin (
      audit_words(actor_name, real_actor_name, target_name, details, request_id, ip)
    )
  `.execute(db);
  await sql`create index audit_events_at on audit_events (at)`.execute(db);
  await sql`drop index audit_events_action`.execute(db);
  await sql`create index audit_events_action on audit_events (action, id) include (at)`.execute(db);
  await sql`drop index audit_events_actor`.execute(db);
  await sql`
    create index audit_events_actor on audit_events (actor_id, id) where actor_id is not null
  `.execute(db);
  await sql`drop index audit_events_real_actor`.execute(db);
  await sql`
    create index audit_events_real_actor on audit_events (real_actor_id, id)
    where real_actor_id is not null
  `.execute(db);
}

/** Reverts {@linkcode up}. */
export async function down(db: Kysely<unknown>): Promise<void> {
  await sql`drop index audit_events_real_actor`.execute(db);
  await sql`
    create index audit_events_real_actor on audit_events (real_actor_id)
    where real_actor_id is not null
  `.execute(db);
  await sql`drop index audit_events_actor`.execute(db);
  await sql`
    create index audit_events_actor on audit_events (actor_id)
    where actor_id is distinct from target_id
  `.execute(db);
  await sql`drop index audit_events_action`.execute(db);
  await sql`create index audit_events_action on audit_events (action, at)`.execute(db);
  await sql`drop index audit_events_at`.execute(db);
  await sql`drop index audit_events_words`.execute(db);
  await sql`drop function audit_words(text, text, text, jsonb, text, text)`.execute(db);
}
