import { type RawBuilder, type Selectable, sql, type SqlBool } from "kysely";
import type { Db, Tx } from "@/lib/db/database.ts";
import type { AuditSealsTable } from "@/lib/db/operation_tables.ts";

/** A row of `audit_seals`. */
export type AuditSeal = Selectable<AuditSealsTable>;

/** The functions that erase entries take the same lock: see `migrations/0027_audit_seals.ts`. */
const LOCK = sql`20261126`;

/** No transaction of a server runs for as long as this. */
const LONGEST_TRANSACTION = sql`interval '1 hour'`;

/** Microseconds since 1970, whatever the time zone of the connection. */
const microseconds = (time: RawBuilder<unknown>) =>
  sql<number>`(extract(epoch from ${time}) * 1000000)::bigint`;

/** The hash of a part of an entry. Of an erased part only the hash is left. */
function commitment(part: string, content: RawBuilder<unknown>): RawBuilder<unknown> {
  const salt = sql.ref(`s.${part}`);
  return sql`case length(${salt})
    when 16 then sha256(${salt} || convert_to((${content})::text, 'UTF8')) else ${salt} end`;
}

/** The hash of the entry `e` with the salts `s`. */
const ENTRY_HASH = sql`sha256(
  convert_to(jsonb_build_array(e.id, ${microseconds(sql`e.at`)}, e.request_id, e.actor_id,
    e.real_actor_id, e.action, e.target_id)::text, 'UTF8')
  || ${commitment("actor", sql`jsonb_build_array(e.actor_name)`)}
  || ${commitment("real_actor", sql`jsonb_build_array(e.real_actor_name)`)}
  || ${commitment("target", sql`jsonb_build_array(e.target_name)`)}
  || ${commitment("details", sql`e.details - 'api_key'`)}
  || ${commitment("origin", sql`jsonb_build_array(e.ip, e.browser, e.details -> 'api_key')`)}
)`;

/** What a seal keeps of an entry, in bytes: number, time, whether it is a sign-in, hash. */
const ENTRY_BYTES = 8 + 8 + 1 + 32;

/** The hash of a seal. */
function sealHash(seal: {
  readonly previous: RawBuilder<unknown>;
  readonly sealed_at: RawBuilder<unknown>;
  readonly complete_at: RawBuilder<unknown>;
  readonly last_id: RawBuilder<unknown>;
  readonly settled_id: RawBuilder<unknown>;
  readonly entries: RawBuilder<unknown>;
}): RawBuilder<Uint8Array> {
  return sql`sha256(
    coalesce(${seal.previous}, '') || convert_to(jsonb_build_array(
      ${microseconds(seal.sealed_at)}, ${microseconds(seal.complete_at)},
      ${seal.last_id}, ${seal.settled_id}
    )::text, 'UTF8') || ${seal.entries}
  )`;
}

/**
 * Whether an entry `e` that no seal has can be one that a server has just written. `l` is the last
 * seal, if there is one. Of a number that is smaller than sealed ones the transaction was already
 * running when they were sealed, but not for long.
 */
const PLAUSIBLE = sql<SqlBool>`(
  e.id > coalesce(l.settled_id, 0)
  and (l.complete_at is null or e.at >= l.complete_at - ${LONGEST_TRANSACTION})
  and (l.last_id is null or e.id > l.last_id or not exists (
    select from audit_seals q where q.last_id >= e.id and q.sealed_at < e.at
  ))
)`;

const LAST_SEAL = sql`(select * from audit_seals order by id desc limit 1)`;

/**
 * Seals up to `limit` entries that no seal has, and returns their ids. Entries that nobody can have
 * written just now are left out: {@linkcode listMaybeSealed} names them. Transactions that write entries
 * do not wait for it.
 */
export async function sealAuditEvents(tx: Tx, limit: number): Promise<number[]> {
  await sql`select pg_advisory_xact_lock(${LOCK})`.execute(tx);
  const salt = sql`uuid_send(gen_random_uuid())`;
  const { rows } = await sql<{ id: number }>`
    insert into audit_salts (event_id, actor, real_actor, target, details, origin)
    select id, ${salt}, ${salt}, ${salt}, ${salt}, ${salt} from (
      select e.id from audit_events e left join ${LAST_SEAL} l on true
      where e.id > coalesce((select settled_id from ${LAST_SEAL} f), 0)
        and not exists (select from audit_salts s where s.event_id = e.id) and ${PLAUSIBLE}
      order by e.id limit ${limit}
    ) due returning event_id as id
  `.execute(tx);
  const ids = rows.map(({ id }) => id);
  if (ids.length > 0) await insertSeal(tx, ids, ids.length < limit);
  return ids;
}

async function insertSeal(tx: Tx, ids: readonly number[], isComplete: boolean): Promise<void> {
  await sql`
    insert into audit_seals (sealed_at, complete_at, last_id, settled_id, entries, hash)
    select sealed_at, complete_at, last_id, settled_id, entries, ${
    sealHash({
      previous: sql`previous`,
      sealed_at: sql`sealed_at`,
      complete_at: sql`complete_at`,
      last_id: sql`last_id`,
      settled_id: sql`settled_id`,
      entries: sql`entries`,
    })
  } from (
      select clock_timestamp() as sealed_at,
        case when ${isComplete}::boolean then now() else min(l.complete_at) end as complete_at,
        greatest(max(e.id), max(l.last_id)) as last_id,
        greatest(
          max(l.settled_id),
          max(e.id) filter (where e.at < now() - ${LONGEST_TRANSACTION}),
          (select last_id from audit_seals where complete_at <= now() - ${LONGEST_TRANSACTION}
            order by id desc limit 1),
          0
        ) as settled_id,
        string_agg(
          int8send(e.id) || int8send(${microseconds(sql`e.at`)})
            || case when is_sign_in_event(e.action) then '\\x01'::bytea else '\\x00' end
            || ${ENTRY_HASH},
          ''::bytea order by e.id
        ) as entries,
        (select hash from ${LAST_SEAL} f) as previous
      from audit_events e join audit_salts s on s.event_id = e.id
        left join ${LAST_SEAL} l on true
      where e.id = any(${ids}::int8[])
    ) sealed
  `.execute(tx);
}

/** Finds the last seal. */
export function findLastSeal(db: Db): Promise<AuditSeal | undefined> {
  return db.selectFrom("audit_seals").selectAll().orderBy("id", "desc").limit(1)
    .executeTakeFirst();
}

/** Times before which entries may have been removed because of their age. */
export interface Expiry {
  readonly signInsBefore: Date;
  readonly othersBefore: Date;
}

/** A seal, and the first of its entries that is not as it was sealed. */
export interface CheckedSeal {
  readonly id: number;
  readonly hash: Uint8Array;
  readonly entries: Uint8Array;
  /** Whether its hash is that of its content after the seal before. */
  readonly follows: boolean;
  readonly fault_id: number | null;
  readonly fault: "changed" | "removed" | null;
}

/** Checks the first seal after the one with the number `after`. `undefined` if there is none. */
export async function checkNextSeal(
  db: Db,
  after: number,
  { signInsBefore, othersBefore }: Expiry,
): Promise<CheckedSeal | undefined> {
  const { rows: [seal] } = await sql<CheckedSeal>`
    with q as (select * from audit_seals where id > ${after}::int8 order by id limit 1),
    entry as (
      select ${int8At(0)} as id, ${int8At(8)} as at, get_byte(q.entries, i + 16) as sign_in,
        substring(q.entries from i + 18 for 32) as hash
      from q, generate_series(0, length(q.entries) - 1, ${sql.lit(ENTRY_BYTES)}) i
    ),
    fault as (
      select entry.id, case when e.id is null then 'removed' else 'changed' end as fault
      from entry left join audit_events e on e.id = entry.id
        left join audit_salts s on s.event_id = entry.id
      where case when e.id is null
        then entry.at >= ${
    microseconds(sql`case entry.sign_in when 1
          then ${signInsBefore}::timestamptz else ${othersBefore}::timestamptz end`)
  }
        else s.event_id is null or ${ENTRY_HASH} <> entry.hash or not ${LAWFULLY_ERASED} end
      order by entry.id limit 1
    )
    select q.id, q.hash, q.entries, fault.id as fault_id, fault.fault, q.hash = ${
    sealHash({
      previous: sql`(select hash from audit_seals where id < q.id order by id desc limit 1)`,
      sealed_at: sql`q.sealed_at`,
      complete_at: sql`q.complete_at`,
      last_id: sql`q.last_id`,
      settled_id: sql`q.settled_id`,
      entries: sql`q.entries`,
    })
  } as follows
    from q left join fault on true
  `.execute(db);
  return seal;
}

function int8At(offset: number): RawBuilder<number> {
  return sql`(
    'x' || encode(substring(q.entries from i + ${sql.lit(offset + 1)} for 8), 'hex')
  )::bit(64)::bigint`;
}

/** Whether nobody is left with this number. */
const gone = (id: string) =>
  sql`(not exists (select from users where users.id = ${sql.ref(id)})
    and not exists (select from deleted_users where user_id = ${sql.ref(id)}))`;

/** A part may only be erased if its person is gone, and then says nothing but the number. */
const LAWFULLY_ERASED = sql`(
  (length(s.actor) = 16 or e.actor_name = 'user ' || e.actor_id and ${gone("e.actor_id")})
  and (length(s.real_actor) = 16
    or e.real_actor_name = 'user ' || e.real_actor_id and ${gone("e.real_actor_id")})
  and (length(s.target) = 16 or e.target_id is null and e.target_name is null
    or e.target_name = 'user ' || e.target_id and ${gone("e.target_id")})
  and (length(s.details) = 16 or e.details - 'api_key' = '{}' and ${gone("e.target_id")})
  and (length(s.origin) = 16
    or e.ip is null and e.browser is null and not e.details ? 'api_key'
      and (e.actor_id is null or ${gone("e.actor_id")}
        or e.real_actor_id is not null and ${gone("e.real_actor_id")}))
) is true`;

/** Numbers of the entries in a seal. */
export function idsInSeal({ entries }: Pick<CheckedSeal, "entries">): number[] {
  const view = new DataView(entries.buffer, entries.byteOffset, entries.byteLength);
  return Array.from(
    { length: entries.byteLength / ENTRY_BYTES },
    (_, index) => Number(view.getBigInt64(index * ENTRY_BYTES)),
  );
}

/** An entry, and whether it can be waiting for its seal. */
export interface MaybeSealed {
  readonly id: number;
  /** Whether it was sealed, or somebody made it look so. */
  readonly salted: boolean;
  readonly waits: boolean;
}

/** Lists the next `limit` entries by number. */
export async function listMaybeSealed(
  db: Db,
  after: number,
  limit: number,
): Promise<MaybeSealed[]> {
  const { rows } = await sql<MaybeSealed>`
    select e.id, s.event_id is not null as salted, s.event_id is null and ${PLAUSIBLE} as waits
    from audit_events e left join ${LAST_SEAL} l on true
      left join audit_salts s on s.event_id = e.id
    where e.id > ${after}::int8 order by e.id limit ${limit}
  `.execute(db);
  return rows;
}

/** Removes up to `limit` entries that are too old. Returns how many. */
export async function expireAuditEvents(
  db: Db,
  { signInsBefore, othersBefore }: Expiry,
  limit: number,
): Promise<number> {
  const { rows } = await sql<{ count: number }>`
    select expire_audit_events(
      ${signInsBefore}::timestamptz, ${othersBefore}::timestamptz, ${limit}::int
    ) as count
  `.execute(db);
  return rows[0]!.count;
}

/** Whether entries are too old. */
export async function hasExpiredAuditEvents(
  db: Db,
  { signInsBefore, othersBefore }: Expiry,
): Promise<boolean> {
  // The oldest other entry decides about the others. Sign-ins are found by their index.
  const { rows } = await sql<{ found: boolean }>`
    select exists (
      select from audit_events where at < ${othersBefore}::timestamptz
    ) or exists (
      select from audit_events where action in ('sign_in', 'sign_in_failed', 'sign_out', 'step_up',
        'second_step_failed', 'move_session', 'refuse_password', 'access_denied')
      and at < ${signInsBefore}::timestamptz
      and id <= (select id from audit_events
        where at < ${signInsBefore}::timestamptz + ${LONGEST_TRANSACTION} order by at desc limit 1)
    ) as found
  `.execute(db);
  return rows[0]!.found;
}
