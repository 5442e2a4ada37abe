import { type Kysely, type RawBuilder, sql } from "kysely";

/**
 * Seals of the audit trail, and its end. A seal is a hash over hashes of entries and over the seal
 * before it. The parts of an entry that name people are hashed with a random salt each, so that
 * erasing a person leaves the hash of the part, from which nobody can guess what it was. The server's
 * role may only add seals and salts. What erases and what removes old entries works with the rights
 * of the tables' owner.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema.createTable("audit_salts")
    .addColumn("event_id", "bigint", (c) => c.primaryKey())
    .addColumn("actor", "bytea", (c) => c.notNull())
    .addColumn("real_actor", "bytea", (c) => c.notNull())
    .addColumn("target", "bytea", (c) => c.notNull())
    .addColumn("details", "bytea", (c) => c.notNull())
    .addColumn("origin", "bytea", (c) => c.notNull())
    .execute();
  await db.schema.createTable("audit_seals")
    .addColumn("id", "bigint", (c) => c.generatedAlwaysAsIdentity().primaryKey())
    .addColumn("sealed_at", "timestamptz", (c) => c.notNull())
    .addColumn("complete_at", "timestamptz")
    .addColumn("last_id", "bigint", (c) => c.notNull())
    .addColumn("settled_id", "bigint", (c) => c.notNull())
    .addColumn("entries", "bytea", (c) => c.notNull())
    .addColumn("hash", "bytea", (c) => c.notNull())
    .execute();
  await sql`
    create function is_sign_in_event(action text) returns boolean
    language sql immutable parallel safe as $$
      select action in ('sign_in', 'sign_in_failed', 'second_step_failed', 'sign_out', 'step_up',
        'move_session', 'refuse_password', 'access_denied')
    $$
  `.execute(db);
  const schema = await currentSchema(db);
  await createErasers(db, schema);
  await createExpiry(db, schema);
}

async function currentSchema(db: Kysely<unknown>): Promise<RawBuilder<unknown>> {
  const { rows: [found] } = await sql<{ schema: string }>`select current_schema() as schema`
    .execute(db);
  return sql.id(found!.schema);
}

async function createErasers(db: Kysely<unknown>, schema: RawBuilder<unknown>): Promise<void> {
  // Sealing takes the same lock, so that no part changes between its salt and its hash.
  await sql`
    create or replace function erase_audit_events(erased_id bigint, max_rows integer)
    returns integer
    language plpgsql security definer set search_path = ${schema}, pg_temp as $$
    declare
      erased_name constant text := 'user ' || erased_id;
      ids bigint[];
    begin
      if exists (select from users where id = erased_id)
        or exists (select from deleted_users where user_id = erased_id) then
        raise exception 'user % exists, or can be restored', erased_id
          using errcode = 'insufficient_privilege';
      end if;
      perform pg_advisory_xact_lock(20261126);
      ids := array(
        select id from audit_events
        where target_id = erased_id and (target_name is distinct from erased_name
          or actor_id = erased_id and actor_name <> erased_name)
        union
        select id from audit_events
        where actor_id = erased_id and actor_id is distinct from target_id
          and actor_name <> erased_name
        union
        select id from audit_events
        where real_actor_id = erased_id and real_actor_name is distinct from erased_name
        limit max_rows
      );
      update audit_salts s set
        target = case when target_id = erased_id and length(s.target) = 16
          then sha256(s.target || convert_to(jsonb_build_array(target_name)::text, 'UTF8'))
          else s.target end,
        details = case when target_id = erased_id and length(s.details) = 16
          then sha256(s.details || convert_to((e.details - 'api_key')::text, 'UTF8'))
          else s.details end,
        actor = case when actor_id = erased_id and length(s.actor) = 16
          then sha256(s.actor || convert_to(jsonb_build_array(actor_name)::text, 'UTF8'))
          else s.actor end,
        real_actor = case when real_actor_id = erased_id and length(s.real_actor) = 16
          then sha256(s.real_actor || convert_to(jsonb_build_array(real_actor_name)::text, 'UTF8'))
          else s.real_actor end,
        origin = case
          when (actor_id <> erased_id and real_actor_id is distinct from erased_id) is not true
            and length(s.origin) = 16
          then sha256(s.origin || convert_to(
            jsonb_build_array(ip, browser, e.details -> 'api_key')::text, 'UTF8'))
          else s.origin end
      from audit_events e where e.id = any(ids) and s.event_id = e.id;
      update audit_events e set
        target_name = case when target_id = erased_id then erased_name else target_name end,
        actor_name = case when actor_id = erased_id then erased_name else actor_name end,
        real_actor_name =
          case when real_actor_id = erased_id then erased_name else real_actor_name end,
        details = case when target_id = erased_id then '{}' else details - 'api_key' end
          || case when actor_id <> erased_id and real_actor_id is distinct from erased_id
            and details ? 'api_key'
          then jsonb_build_object('api_key', details -> 'api_key') else '{}' end,
        ip = case when actor_id <> erased_id and real_actor_id is distinct from erased_id
          then ip end,
        browser = case when actor_id <> erased_id and real_actor_id is distinct from erased_id
          then browser end
      where id = any(ids);
      return cardinality(ids);
    end $$
  `.execute(db);
  await sql`
    create or replace function erase_audit_addresses(erased text[]) returns void
    language plpgsql security definer set search_path = ${schema}, pg_temp as $$
    declare
      ids bigint[];
    begin
      perform pg_advisory_xact_lock(20261126);
      ids := array(
        select id from audit_events e
        where target_id is null and lower(target_name) = any(erased)
          and not exists (select from users where email_key = lower(e.target_name))
          and not exists (select from deleted_users where lower(email) = lower(e.target_name))
      );
      update audit_salts s set
        target = case when length(s.target) = 16
          then sha256(s.target || convert_to(jsonb_build_array(target_name)::text, 'UTF8'))
          else s.target end,
        origin = case when actor_id is null and length(s.origin) = 16
          then sha256(s.origin || convert_to(
            jsonb_build_array(ip, browser, e.details -> 'api_key')::text, 'UTF8'))
          else s.origin end
      from audit_events e where e.id = any(ids) and s.event_id = e.id;
      update audit_events set
        target_name = null,
        ip = case when actor_id is not null then ip end,
        browser = case when actor_id is not null then browser end
      where id = any(ids);
    end $$
  `.execute(db);
}

async function createExpiry(db: Kysely<unknown>, schema: RawBuilder<unknown>): Promise<void> {
  // Nobody removes traces of the last days, whatever the caller says.
  await sql`
    create function expire_audit_events(
      sign_ins_before timestamptz, others_before timestamptz, max_rows integer
    ) returns integer
    language plpgsql security definer set search_path = ${schema}, pg_temp as $$
    declare
      ids bigint[];
    begin
      if sign_ins_before > now() - interval '30 days'
        or others_before > now() - interval '365 days' then
        raise exception 'entries of the audit trail are kept for at least 30 and 365 days'
          using errcode = 'insufficient_privilege';
      end if;
      ids := array(
        select id from audit_events
        where action in ('sign_in', 'sign_in_failed', 'second_step_failed', 'sign_out', 'step_up',
          'move_session', 'refuse_password', 'access_denied')
          and at < sign_ins_before
          and id <= (select id from audit_events where at < sign_ins_before + interval '1 hour'
            order by at desc limit 1)
        limit max_rows
      );
      if cardinality(ids) < max_rows then
        ids := ids || array(
          select id from audit_events where at < others_before and not is_sign_in_event(action)
          order by at limit max_rows - cardinality(ids)
        );
      end if;
      delete from audit_salts where event_id = any(ids);
      delete from audit_events where id = any(ids);
      return cardinality(ids);
    end $$
  `.execute(db);
  await sql`
    revoke all on function expire_audit_events(timestamptz, timestamptz, integer) from public
  `.execute(db);
}

/** Reverts {@linkcode up}. */
export async function down(db: Kysely<unknown>): Promise<void> {
  await createFormerErasers(db);
  await sql`drop function expire_audit_events(timestamptz, timestamptz, integer)`.execute(db);
  await sql`drop function is_sign_in_event(text)`.execute(db);
  await db.schema.dropTable("audit_seals").execute();
  await db.schema.dropTable("audit_salts").execute();
}

async function createFormerErasers(db: Kysely<unknown>): Promise<void> {
  const { rows: [found] } = await sql<{ schema: string }>`select current_schema() as schema`
    .execute(db);
  const schema = sql.id(found!.schema);
  // Without the search path, a caller could shadow our tables with others of the same name.
  await sql`
    create or replace function erase_audit_events(erased_id bigint, max_rows integer) returns integer
    language plpgsql security definer set search_path = ${schema}, pg_temp as $$
    declare
      erased_name constant text := 'user ' || erased_id;
      changed integer;
    begin
      if exists (select from users where id = erased_id)
        or exists (select from deleted_users where user_id = erased_id) then
        raise exception 'user % exists, or can be restored', erased_id
          using errcode = 'insufficient_privilege';
      end if;
      with named as (
        select id from audit_events
        where target_id = erased_id and (target_name is distinct from erased_name
          or actor_id = erased_id and actor_name <> erased_name)
        union
        select id from audit_events
        where actor_id = erased_id and actor_id is distinct from target_id
          and actor_name <> erased_name
        union
        select id from audit_events
        where real_actor_id = erased_id and real_actor_name is distinct from erased_name
        limit max_rows
      )
      update audit_events e set
        target_name = case when target_id = erased_id then erased_name else target_name end,
        actor_name = case when actor_id = erased_id then erased_name else actor_name end,
        real_actor_name =
          case when real_actor_id = erased_id then erased_name else real_actor_name end,
        details = case when target_id = erased_id then '{}' else details - 'api_key' end,
        ip = case when actor_id <> erased_id and real_actor_id is distinct from erased_id
          then ip end,
        browser = case when actor_id <> erased_id and real_actor_id is distinct from erased_id
          then browser end
      from named where e.id = named.id;
      get diagnostics changed = row_count;
      return changed;
    end $$
  `.execute(db);
  await sql`
    create or replace function erase_audit_addresses(erased text[]) returns void
    language plpgsql security definer set search_path = ${schema}, pg_temp as $$
    begin
      update audit_events e set
        target_name = null,
        ip = case when actor_id is not null then ip end,
        browser = case when actor_id is not null then browser end
      where target_id is null and lower(target_name) = any(erased)
        and not exists (select from users where email_key = lower(e.target_name))
        and not exists (select from deleted_users where lower(email) = lower(e.target_name));
    end $$
  `.execute(db);
}
