import { type Selectable, sql } from "kysely";
import type { Db, Tx } from "@/lib/db/database.ts";
import type { AuditEventsTable } from "@/lib/db/operation_tables.ts";
import { emailKey } from "@/lib/shared/fold.ts";
import { type IdPage, idPageOf, type IdPageQuery } from "./id_pages.ts";
import { IS_UNDOABLE } from "./undo_log.ts";

/** A row of `audit_events`. */
export type AuditEvent = Selectable<AuditEventsTable>;

/** An entry of a page. */
export type ListedAuditEvent = AuditEvent & {
  /** Whether what it says can be taken back. */
  readonly undoable: boolean;
};

/** Entries per statement of {@linkcode insertAuditEvents}. */
const ROWS_PER_INSERT = 5_000;

/** Whom an entry is about, and what else differs between entries that are added together. */
export type AuditSubject = Pick<AuditEvent, "target_id" | "target_name" | "details">;

/** Who did what: the same in all entries that are added together. */
export type AuditedAction =
  & Pick<AuditEvent, "action" | "actor_name">
  & Partial<Omit<AuditEvent, "id" | "at" | keyof AuditSubject>>;

/** Adds an audit entry for each subject. Returns their numbers and whom they are about, in no order. */
export async function insertAuditEvents(
  db: Db,
  event: AuditedAction,
  subjects: readonly AuditSubject[],
): Promise<Pick<AuditEvent, "id" | "target_id">[]> {
  const inserted: Pick<AuditEvent, "id" | "target_id">[] = [];
  for (let start = 0; start < subjects.length; start += ROWS_PER_INSERT) {
    const portion = JSON.stringify(subjects.slice(start, start + ROWS_PER_INSERT));
    const { rows } = await sql<Pick<AuditEvent, "id" | "target_id">>`
      insert into audit_events (action, request_id, actor_id, actor_name, real_actor_id,
        real_actor_name, ip, browser, target_id, target_name, details)
      select ${event.action}, ${event.request_id}, ${event.actor_id}::bigint, ${event.actor_name},
        ${event.real_actor_id}::bigint, ${event.real_actor_name}, ${event.ip}, ${event.browser},
        target_id, target_name, details
      from jsonb_to_recordset(${portion}::jsonb)
        as subject (target_id bigint, target_name text, details jsonb)
      returning id, target_id
    `.execute(db);
    inserted.push(...rows);
  }
  return inserted;
}

/** Lists the newest entries, newest first, only of one user if `targetId` is given. */
export function listRecentAuditEvents(
  db: Db,
  { limit, targetId }: { limit: number; targetId?: number },
): Promise<AuditEvent[]> {
  return db.selectFrom("audit_events").selectAll()
    .$if(targetId !== undefined, (query) => query.where("target_id", "=", targetId ?? null))
    .orderBy("id", "desc").limit(limit).execute();
}

/** An entry without names and values, which outlives the erasure of a user. */
export type NumbersOfAuditEvent = Pick<AuditEvent, typeof NUMBERS[number]>;

const NUMBERS = [
  "id",
  "at",
  "request_id",
  "action",
  "actor_id",
  "real_actor_id",
  "target_id",
  "ip",
] as const;

/** Reads the numbers of entries, the oldest first. */
export function listNumbersOfAuditEvents(
  db: Db,
  ids: readonly number[],
): Promise<NumbersOfAuditEvent[]> {
  return db.selectFrom("audit_events").select(NUMBERS).where("id", "in", ids).orderBy("id")
    .execute();
}

/** Lists a page of the entries about a user, newest first, except those of some actions. */
export async function listAuditEventsOfUser(
  db: Db,
  targetId: number,
  query: IdPageQuery & { readonly without?: readonly string[] },
): Promise<IdPage<ListedAuditEvent>> {
  const { limit, after, before, without = [] } = query;
  const found = await db.selectFrom("audit_events")
    .selectAll().select(IS_UNDOABLE.as("undoable"))
    .where("target_id", "=", targetId)
    .$if(without.length > 0, (select) => select.where("action", "not in", without))
    .$if(after !== undefined, (select) => select.where("id", "<", after ?? 0))
    .$if(before !== undefined, (select) => select.where("id", ">", before ?? 0))
    .orderBy("id", before === undefined ? "desc" : "asc").limit(limit + 1).execute();
  return idPageOf(found, query);
}

/** Finds the newest entry of an action. */
export function findNewestAuditEvent(db: Db, action: string): Promise<AuditEvent | undefined> {
  return db.selectFrom("audit_events").selectAll().where("action", "=", action)
    .orderBy("id", "desc").limit(1).executeTakeFirst();
}

/** Finds the entry of the newest backup in a folder. */
export function findNewestBackupEvent(db: Db, folder: string): Promise<AuditEvent | undefined> {
  return db.selectFrom("audit_events").selectAll().where("action", "=", "make_backup")
    .where(sql`details ->> 'folder'`, "=", folder).orderBy("id", "desc").limit(1)
    .executeTakeFirst();
}

/**
 * Takes an erased user out of up to `limit` entries: the number stays, the name, address, browser and
 * details go. Returns how many it found.
 *
 * @throws if the user exists or can be restored
 */
export async function eraseAuditEvents(db: Db, userId: number, limit: number): Promise<number> {
  const { rows } = await sql<{ found: number }>`
    select erase_audit_events(${userId}::bigint, ${limit}::int) as found
  `.execute(db);
  return rows[0]!.found;
}

/**
 * Takes addresses out of the entries that name nobody else: invitations, and registrations with an
 * address that had an account. Leaves those that a user has, also a deleted one.
 */
export async function eraseAuditAddresses(tx: Tx, addresses: readonly string[]): Promise<void> {
  const keys = addresses.map(emailKey);
  await sql`select erase_audit_addresses(${keys}::text[])`.execute(tx);
}
