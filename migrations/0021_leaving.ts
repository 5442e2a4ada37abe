import { type Kysely, sql } from "kysely";

/**
 * Users who leave: a link that brings them back, and functions
 * that take the person out of the audit trail. The server's role may only add to the trail, so they
 * work with their owner's rights, and refuse users who still exist.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema.alterTable("deleted_users").addColumn("deleted_by_id", "bigint").execute();
  await db.schema.alterTable("one_time_tokens")
    .addColumn(
      "deleted_user_id",
      "bigint",
      (c) => c.references("deleted_users.user_id").onDelete("cascade"),
    )
    .execute();
  await db.schema.createIndex("one_time_tokens_deleted_user").on("one_time_tokens")
    .column("deleted_user_id").where(sql.ref("deleted_user_id"), "is not", null).execute();
  // What users do to themselves is found by its target.
  await sql`
    create index audit_events_actor on audit_events (actor_id)
    where actor_id is distinct from target_id
  `.execute(db);
  await sql`
    create index audit_events_real_actor on audit_events (real_actor_id)
    where real_actor_id is not null
  `.execute(db);
  // Those about somebody without an account have an address, and no number.
  await sql`
    create index audit_events_address on audit_events (lower(target_name)) where target_id is null
  `.execute(db);
  await createErasers(db);
}

async function createErasers(db: Kysely<unknown>): Promise<void> {
  const { rows: [found] } = await sql<{ schema: string }>`select current_schema() as schema`
    .execute(db);
  const schema = sql.id(found!.schema);
  // Without the search path, a caller could shadow our tables with others of the same name.
  await sql`
    create function erase_audit_events(erased_id bigint, max_rows integer) returns integer
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
    create function erase_audit_addresses(erased text[]) returns void
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
  await sql`revoke all on function erase_audit_events(bigint, integer) from public`.execute(db);
  await sql`revoke all on function erase_audit_addresses(text[]) from public`.execute(db);
}

/** Reverts {@linkcode up}. Nobody comes back by a link any more. */
export async function down(db: Kysely<unknown>): Promise<void> {
  await sql`drop function erase_audit_addresses(text[])`.execute(db);
  await sql`drop function erase_audit_events(bigint, integer)`.execute(db);
  await db.schema.dropIndex("audit_events_address").execute();
  await db.schema.dropIndex("audit_events_real_actor").execute();
  await db.schema.dropIndex("audit_events_actor").execute();
  await sql`delete from one_time_tokens where deleted_user_id is not null`.execute(db);
  await sql`delete from jobs where kind = 'erase_trail'
    or (kind = 'letter' and payload ->> 'about' in ('left', 'deleted', 'erased'))`.execute(db);
  await db.schema.alterTable("one_time_tokens").dropColumn("deleted_user_id").execute();
  await db.schema.alterTable("deleted_users").dropColumn("deleted_by_id").execute();
}
