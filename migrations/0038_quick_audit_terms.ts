import { type Kysely, type RawBuilder, sql } from "kysely";

/** What JSON writes between words: line breaks, and the punctuation of ASCII. */
const BETWEEN_WORDS = ["\\n", "\\r", "\\t", "\n", ..."!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~"];

/**
 * Makes the words of an entry in a third of the time, which is most of what an entry costs. Short texts
 * in ASCII, as nearly all are, need no parser of languages. A word after a line break is found, too.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  // `translate()` takes five times as long.
  const words = BETWEEN_WORDS.reduce(
    (text: RawBuilder<unknown>, between) => sql`replace(${text}, ${sql.lit(between)}, ' ')`,
    sql`line`,
  );
  await sql`drop index audit_events_terms`.execute(db);
  await sql`
    create or replace function audit_terms(
      id bigint, actor text, real_actor text, target text, details jsonb, request_id text, ip text
    ) returns tsvector language plpgsql immutable parallel safe as $$
      declare
        line text := coalesce(actor, '') || ' ' || coalesce(real_actor, '') || ' '
          || coalesce(target, '') || ' ' || details::text;
        block text := (id >> 14) || ' ';
        whole text[] := array_remove(array[block || 'ip:' || ip, block || 'id:' || request_id], null);
        is_plain boolean := octet_length(line) < 1500 and octet_length(line) = length(line);
      begin
        line := ${words};
        if is_plain then
          return array_to_tsvector(whole || array_remove(
            string_to_array(block || replace(lower(line), ' ', chr(10) || block), chr(10)), block
          ));
        end if;
        -- PostgreSQL leaves longer words out of texts, and refuses them as terms.
        return array_to_tsvector(whole || array(
          select block || lexeme from unnest(to_tsvector('simple', line)) where length(lexeme) < 500
        ));
      end
    $$
  `.execute(db);
  await createIndex(db);
}

/** Reverts {@linkcode up}. */
export async function down(db: Kysely<unknown>): Promise<void> {
  await sql`drop index audit_events_terms`.execute(db);
  await sql`
    create or replace function audit_terms(
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
  await createIndex(db);
}

async function createIndex(db: Kysely<unknown>): Promise<void> {
  await sql`
    create index audit_events_terms on audit_events using gin (
      audit_terms(id, actor_name, real_actor_name, target_name, details, request_id, ip)
    )
  `.execute(db);
}
