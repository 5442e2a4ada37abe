import { type Kysely, sql } from "kysely";

/**
 * The index of words of the audit log, by block: each term is a word and the number of the block of
 * 16,384 entries that its entry is in. So a search reads one block after the other, the newest first,
 * and can stop anywhere. A word that half of all entries have costs no more than any other.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  // PostgreSQL leaves longer words out of texts, and refuses them as terms.
  await sql`
    create function audit_terms(
      id bigint, actor text, real_actor text, target text, details jsonb, request_id text, ip text
    ) returns tsvector language sql immutable parallel safe as $$
      select array_to_tsvector(array(
        select (id >> 14) || ' ' || lexeme from unnest(to_tsvector('simple', translate(
          coalesce(actor, '') || ' ' || coalesce(real_actor, '') || ' ' || coalesce(target, '')
            || ' ' || details::text,
          '.,:;@-_/\\"''()[]{}', repeat(' ', 17)
        ))) where length(lexeme) < 500
      ) || array_remove(array[(id >> 14) || ' ip:' || ip, (id >> 14) || ' id:' || request_id], null))
    $$
  `.execute(db);
  await sql`drop index audit_events_words`.execute(db);
  await sql`
    create index audit_events_terms on audit_events using gin (
      audit_terms(id, actor_name, real_actor_name, target_name, details, request_id, ip)
    )
  `.execute(db);
  await sql`drop function audit_words(text, text, text, jsonb, text, text)`.execute(db);
}

/** Reverts {@linkcode up}. */
export async function down(db: Kysely<unknown>): Promise<void> {
  await sql`drop index audit_events_terms`.execute(db);
  await sql`drop function audit_terms(bigint, text, text, text, jsonb, text, text)`.execute(db);
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
}
